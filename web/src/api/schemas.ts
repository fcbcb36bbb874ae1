import type { components } from './schema'

/** The generated shapes. Each file of a resource names those that the screens use, so that a new schema is met in one place. */
export type Schemas = components['schemas']
