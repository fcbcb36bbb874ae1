import shared from './ar.json'

/** Arabic: the words of the shell and of what features share, and those of each feature's folder. */
export default [shared, ...Object.values(import.meta.glob<object>('../features/**/ar.json', { eager: true, import: 'default' }))]
