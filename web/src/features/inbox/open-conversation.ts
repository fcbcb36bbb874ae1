// What an open conversation needs, in one file to load.
export { ContactPanel } from './contact-panel'
export { ThreadPane } from './thread-pane'
