import shared from './en.json'

/** English: the words of the shell and of what features share, and those of each feature's folder. */
export default [shared, ...Object.values(import.meta.glob<object>('../features/**/en.json', { eager: true, import: 'default' }))]
