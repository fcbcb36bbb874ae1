// Pictures to send, drawn here: a cup of coffee from above. PNG, as small as a flat drawing is.
import { deflateSync } from 'node:zlib'

const CRC = Array.from({ length: 256 }, (_, n) => {
  let c = n
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1
  return c >>> 0
})
const crc = (bytes) => (bytes.reduce((c, byte) => CRC[(c ^ byte) & 255] ^ (c >>> 8), 0xffffffff) ^ 0xffffffff) >>> 0

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type), data])
  const out = Buffer.alloc(body.length + 8)
  out.writeUInt32BE(data.length)
  body.copy(out, 4)
  out.writeUInt32BE(crc(body), body.length + 4)
  return out
}

const TABLE = [222, 196, 168]
const SAUCER = [250, 247, 242]
const SHADE = [205, 178, 150]
const COFFEE = [92, 58, 36]
const CREMA = [196, 148, 98]

/** What lies at this place of a table with a cup on it; from -1 to 1, the shorter side. */
function colour(x, y, table) {
  const d = Math.hypot(x, y)
  const handle = Math.abs(Math.hypot(x - 0.62, y + 0.3) - 0.16) < 0.055 && d > 0.56
  if (d < 0.47) {
    // A heart in the crema.
    const [hx, hy] = [x * 2.9, 0.35 - y * 2.9]
    const heart = (hx * hx + hy * hy - 0.55) ** 3 - hx * hx * hy ** 3 < 0
    return heart ? SAUCER : d > 0.43 ? CREMA : COFFEE
  }
  if (d < 0.58 || handle) return [255, 255, 255]
  if (d < 0.63) return SHADE
  if (d < 0.84) return SAUCER
  if (Math.hypot(x - 0.03, y - 0.05) < 0.86) return table.map((part) => part - 28)
  return table
}

/** A picture in the given size. */
export function cup({ width = 640, height = 420, table = TABLE } = {}) {
  const rows = Buffer.alloc((width * 3 + 1) * height)
  const half = Math.min(width, height) / 2
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * (width * 3 + 1) + 1 + x * 3
      // Four looks a point make round edges smooth.
      const looks = [0.25, 0.75].flatMap((dx) => [0.25, 0.75].map((dy) => colour((x + dx - width / 2) / half, (y + dy - height / 2) / half, table)))
      rows.set([0, 1, 2].map((part) => looks.reduce((sum, look) => sum + look[part], 0) / 4), at)
    }
  }
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width)
  head.writeUInt32BE(height, 4)
  head.set([8, 2, 0, 0, 0], 8)
  return Buffer.concat([Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]), chunk('IHDR', head), chunk('IDAT', deflateSync(rows, { level: 9 })), chunk('IEND', Buffer.alloc(0))])
}
