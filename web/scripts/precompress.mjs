// Writes a Brotli and a gzip copy beside each built file that they make smaller: the server sends them as they are.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

/** Fonts and pictures are compressed by their format. */
const TEXT = /\.(?:js|css|html|svg|json|txt|webmanifest)$/
/** Below this the headers weigh more. */
const LEAST = 512

function walk(folder) {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    return statSync(path).isDirectory() ? walk(path) : [path]
  })
}

/** As a plugin of Vite: after everything has been written. */
export function precompress(folder) {
  return {
    name: 'precompress',
    apply: 'build',
    closeBundle() {
      for (const path of walk(folder).filter((name) => TEXT.test(name))) {
        const bytes = readFileSync(path)
        if (bytes.length < LEAST) continue
        const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length, [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT }
        for (const [extension, copy] of [['.br', brotliCompressSync(bytes, { params })], ['.gz', gzipSync(bytes, { level: 9 })]]) {
          if (copy.length < bytes.length) writeFileSync(path + extension, copy)
        }
      }
    },
  }
}
