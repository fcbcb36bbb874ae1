/**
 * Puts the Opus sound of a WebM recording into an Ogg file, untouched. WhatsApp shows a voice note only for Ogg, and most
 * browsers record Opus in WebM: the sound is the same, only the box differs (Matroska, RFC 9559; Ogg, RFC 3533; Opus in Ogg, RFC 7845).
 */

const ID = { segment: 0x18538067, cluster: 0x1f43b675, tracks: 0x1654ae6b, track: 0xae, codecPrivate: 0x63a2, simpleBlock: 0xa3, blockGroup: 0xa0, block: 0xa1 }
const CONTAINERS = new Set([ID.segment, ID.cluster, ID.tracks, ID.track, ID.blockGroup])

interface Sound {
  head?: Uint8Array
  packets: Uint8Array[]
}

/** @throws when the bytes are no WebM with Opus in it. */
export function webmToOgg(webm: Uint8Array): Uint8Array<ArrayBuffer> {
  const sound: Sound = { packets: [] }
  walk(webm, 0, webm.length, sound)
  if (sound.packets.length === 0) throw new Error('no sound in the recording')
  return pages(sound.head ?? defaultHead(), sound.packets)
}

function vint(bytes: Uint8Array, at: number, keepMarker: boolean): { value: number; size: number; unknown: boolean } | undefined {
  const first = bytes[at]
  if (first === undefined || first === 0) return undefined
  const size = Math.clz32(first) - 23
  if (at + size > bytes.length) return undefined
  let value = keepMarker ? first : first & (0xff >> size)
  let ones = (first & (0xff >> size)) === 0xff >> size
  for (let i = 1; i < size; i++) {
    const byte = bytes[at + i] ?? 0
    value = value * 256 + byte
    ones = ones && byte === 0xff
  }
  return { value, size, unknown: ones }
}

function walk(bytes: Uint8Array, from: number, to: number, sound: Sound) {
  let at = from
  while (at < to) {
    const id = vint(bytes, at, true)
    if (!id) return
    const length = vint(bytes, at + id.size, false)
    if (!length) return
    const start = at + id.size + length.size
    // A live recording does not know its lengths: such an element goes on to the end of what holds it.
    const end = length.unknown ? to : Math.min(to, start + length.value)
    if (CONTAINERS.has(id.value)) {
      walk(bytes, start, end, sound)
    } else if (id.value === ID.codecPrivate) {
      sound.head ??= bytes.slice(start, end)
    } else if (id.value === ID.simpleBlock || id.value === ID.block) {
      const track = vint(bytes, start, false)
      // After the track: two bytes of time, one of flags. Browsers do not lace sound.
      if (track && start + track.size + 3 < end) sound.packets.push(bytes.slice(start + track.size + 3, end))
    }
    at = end
  }
}

/** Mono at 48 kHz, for a recording that carries no head of its own. */
function defaultHead() {
  const head = new Uint8Array(19)
  head.set(new TextEncoder().encode('OpusHead'))
  head.set([1, 1, 0x38, 0x01, 0x80, 0xbb, 0, 0, 0, 0, 0], 8)
  return head
}

const FRAME_MS = [10, 20, 40, 60, 10, 20, 40, 60, 10, 20, 40, 60, 10, 20, 10, 20, 2.5, 5, 10, 20, 2.5, 5, 10, 20, 2.5, 5, 10, 20, 2.5, 5, 10, 20]

/** Samples at 48 kHz in one packet, from its first bytes (RFC 6716, section 3.1). */
export function samplesOf(packet: Uint8Array) {
  const toc = packet[0] ?? 0
  const code = toc & 3
  const frames = code === 0 ? 1 : code === 3 ? (packet[1] ?? 0) & 63 : 2
  return (FRAME_MS[toc >> 3] ?? 20) * 48 * frames
}

const CRC = new Uint32Array(256).map((_, i) => {
  let crc = i << 24
  for (let k = 0; k < 8; k++) crc = crc & 0x80000000 ? (crc << 1) ^ 0x04c11db7 : crc << 1
  return crc >>> 0
})

function page(packets: Uint8Array[], flags: number, granule: number, sequence: number): Uint8Array {
  const lacing: number[] = []
  for (const packet of packets) {
    for (let left = packet.length; ; left -= 255) {
      lacing.push(Math.min(255, left))
      if (left < 255) break
    }
  }
  const size = packets.reduce((sum, p) => sum + p.length, 0)
  const out = new Uint8Array(27 + lacing.length + size)
  const view = new DataView(out.buffer)
  out.set(new TextEncoder().encode('OggS'))
  out[5] = flags
  view.setBigUint64(6, BigInt(Math.round(granule)), true)
  view.setUint32(14, 0x77617072, true)
  view.setUint32(18, sequence, true)
  out[26] = lacing.length
  out.set(lacing, 27)
  let at = 27 + lacing.length
  for (const packet of packets) {
    out.set(packet, at)
    at += packet.length
  }
  let crc = 0
  for (const byte of out) crc = ((crc << 8) ^ (CRC[((crc >>> 24) ^ byte) & 0xff] ?? 0)) >>> 0
  view.setUint32(22, crc, true)
  return out
}

/** About a second of sound a page. */
const PACKETS_A_PAGE = 50

function pages(head: Uint8Array, packets: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const tags = new Uint8Array(21)
  tags.set(new TextEncoder().encode('OpusTags'))
  new DataView(tags.buffer).setUint32(8, 5, true)
  tags.set(new TextEncoder().encode('wapro'), 12)
  const out = [page([head], 2, 0, 0), page([tags], 0, 0, 1)]
  let granule = 0
  let waiting: Uint8Array[] = []
  let segments = 0
  packets.forEach((packet, i) => {
    const own = Math.floor(packet.length / 255) + 1
    // A page has room for 255 segments.
    if (segments + own > 255) flush(0)
    waiting.push(packet)
    segments += own
    granule += samplesOf(packet)
    const last = i === packets.length - 1
    if (last || waiting.length >= PACKETS_A_PAGE) flush(last ? 4 : 0)
  })
  const whole = new Uint8Array(out.reduce((sum, p) => sum + p.length, 0))
  let at = 0
  for (const p of out) {
    whole.set(p, at)
    at += p.length
  }
  return whole

  function flush(flags: number) {
    out.push(page(waiting, flags, granule, out.length))
    waiting = []
    segments = 0
  }
}
