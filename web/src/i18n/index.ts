import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'
import { readStored, writeStored } from '@/lib/hooks'
import en from './en.json'

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

/** English is in the bundle as the fallback; other languages are fetched when chosen. */
async function load(language: Language) {
  if (language === 'ar' && !i18next.hasResourceBundle('ar', 'translation')) {
    const [strings, codes] = await Promise.all([import('./ar.json'), import('./codes.ar.json'), import('@fontsource-variable/noto-sans-arabic/index.css')])
    i18next.addResourceBundle('ar', 'translation', strings.default)
    i18next.addResourceBundle('ar', 'codes', codes.default)
  }
}

function applyDirection(language: Language) {
  document.documentElement.lang = language
  document.documentElement.dir = LANGUAGES.find((l) => l.code === language)?.dir ?? 'ltr'
}

export async function initI18n() {
  await i18next.use(initReactI18next).init({
    lng: 'en',
    fallbackLng: 'en',
    resources: { en: { translation: en } },
    interpolation: { escapeValue: false },
    returnNull: false,
  })
  await setLanguage(initial(), false)
}

export async function setLanguage(language: Language, remember = true) {
  await load(language)
  await i18next.changeLanguage(language)
  applyDirection(language)
  if (remember) writeStored(KEY, language)
}
