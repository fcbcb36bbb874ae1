import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'
import { readStored, writeStored } from '@/lib/hooks'
import en from './en'

export const LANGUAGES = [
  { code: 'en', label: 'English', dir: 'ltr' },
  { code: 'ar', label: 'العربية', dir: 'rtl' },
] as const
export type Language = (typeof LANGUAGES)[number]['code']

const KEY = 'wapro.language'
const isLanguage = (value: string | undefined): value is Language => LANGUAGES.some((l) => l.code === value)

function initial(): Language {
  const stored = readStored(KEY)
  if (isLanguage(stored)) return stored
  const browser = navigator.language.split('-')[0]
  return isLanguage(browser) ? browser : 'en'
}

/** English is in the bundle as the fallback; everything else is fetched when its language is chosen. */
async function load(language: Language) {
  if (i18next.hasResourceBundle(language, 'terms')) return
  if (language === 'ar') {
    const [strings, codes, terms] = await Promise.all([import('./ar'), import('./codes.ar.json'), import('./terms.ar.json'), import('@fontsource-variable/noto-sans-arabic/index.css')])
    addStrings('ar', strings.default)
    addSaid('ar', codes.default, terms.default)
  } else {
    const [codes, terms] = await Promise.all([import('./codes.en.json'), import('./terms.en.json')])
    addSaid('en', codes.default, terms.default)
  }
}

/** The shared words and each feature's: a section that several files have is put together. */
function addStrings(language: Language, files: object[]) {
  for (const strings of files) i18next.addResourceBundle(language, 'translation', strings, true)
}

/** What the server says by code or term: see `lib/said.ts`. */
function addSaid(language: Language, codes: object, terms: object) {
  i18next.addResourceBundle(language, 'codes', codes)
  i18next.addResourceBundle(language, 'terms', terms)
}

function applyDirection(language: Language) {
  document.documentElement.lang = language
  document.documentElement.dir = LANGUAGES.find((l) => l.code === language)?.dir ?? 'ltr'
}

export async function initI18n() {
  await i18next.use(initReactI18next).init({
    lng: 'en',
    fallbackLng: 'en',
    resources: {},
    interpolation: { escapeValue: false },
    returnNull: false,
  })
  addStrings('en', en)
  await setLanguage(initial(), false)
}

export async function setLanguage(language: Language, remember = true) {
  await load(language)
  await i18next.changeLanguage(language)
  applyDirection(language)
  if (remember) writeStored(KEY, language)
}

/** No choice of one's own any more: as the browser has it. */
export async function followBrowser() {
  writeStored(KEY, undefined)
  await setLanguage(initial(), false)
}
