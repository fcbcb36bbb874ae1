import { z } from 'zod'

// Zod compiles schemas with `new Function` where it may; the portal's Content-Security-Policy forbids that, and each attempt is reported.
z.config({ jitless: true })

export { z }
