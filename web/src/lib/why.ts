import type { TFunction } from 'i18next'

/** WhatsApp's error codes by what they mean to somebody who writes with customers (Cloud API: error code table). */
const CODES = {
  token: [0, 102, 104, 190],
  permission: [3, 10, 200, 131005],
  numberGone: [33],
  value: [100, 131008, 131009],
  policy: [368],
  twice: [506],
  slower: [4, 17, 32, 613, 80007, 80008, 130429, 2494055],
  blockedByUs: [130403],
  experiment: [130472],
  country: [130497],
  trouble: [1, 2, 131000, 131016],
  tooLong: [131001],
  ownNumber: [131021],
  undeliverable: [131026],
  testList: [131030],
  locked: [131031, 141014],
  displayName: [131037],
  payment: [131042, 141006],
  expired: [131043],
  register: [131045, 133010],
  window: [131047],
  spam: [131048],
  enough: [131049],
  stopped: [131050],
  kind: [131051],
  file: [131014, 131053],
  pair: [131056],
  maintenance: [131057],
  needsPhone: [131062],
  category: [131064],
  templateValues: [132000, 132012, 132008, 132007, 132018],
  templateGone: [132001, 141002],
  templateLong: [132005],
  templatePaused: [132015],
  templateDisabled: [132016],
  flow: [132068, 132069],
  identity: [137000],
  noReason: [135000],
} as const

const BY_CODE = new Map<number, string>(Object.entries(CODES).flatMap(([reason, codes]) => codes.map((code) => [code, reason] as const)))

/** What happened and what to do, in the reader's language; nothing for a code that is not known here. */
export function whyOf(code: number | undefined, t: TFunction) {
  const reason = code === undefined ? undefined : BY_CODE.get(code)
  return reason ? { title: t(`failure.why.${reason}.title`), advice: t(`failure.why.${reason}.advice`) } : undefined
}

/** The code at the end of a reason that the server has written out: "… (WhatsApp said: …, code 131031)". */
export const codeIn = (reason: string) => Number(/\bcode (\d+)\)?\.?$/.exec(reason)?.[1]) || undefined
