/** What a browser calls itself, by the header `User-Agent`; the first that fits. Others pretend to be Safari or Chrome as well. */
const BROWSERS: [RegExp, string][] = [
  [/\bEdgA?\//, 'Edge'],
  [/\b(?:OPR|Opera)\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(?:Firefox|FxiOS)\//, 'Firefox'],
  [/\b(?:Chrome|CriOS|Chromium|HeadlessChrome)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
]
const SYSTEMS: [RegExp, string][] = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b/, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
]
const first = (list: [RegExp, string][], text: string) => list.find(([pattern]) => pattern.test(text))?.[1]

/** The browser and the system it runs on, in words. Undefined if it is none that is known. */
export function browserOf(agent: string | undefined): { name: string; system?: string; phone: boolean } | undefined {
  const name = agent && first(BROWSERS, agent)
  if (!name) return undefined
  return { name, system: first(SYSTEMS, agent), phone: /\b(?:iPhone|Android|Mobile)\b/.test(agent) }
}
