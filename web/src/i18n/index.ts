import { createI18n } from 'vue-i18n'
import type { Locale } from '@/api/types'

export const locales: Locale[] = ['de', 'en', 'hu']
const chunks = { de: () => import('./de'), en: () => import('./en'), hu: () => import('./hu') }

export const i18n = createI18n({ legacy: false, locale: 'en', fallbackLocale: 'en', messages: {}, missingWarn: false, fallbackWarn: false })

export const isLocale = (word: unknown): word is Locale => locales.includes(word as Locale)

export function browserLocale(): Locale {
  const kept = localStorage.getItem('locale')
  if (isLocale(kept)) return kept
  return navigator.languages.map(tag => tag.slice(0, 2)).find(isLocale) ?? 'en'
}

/** Words that only the settings need come with them: the first screen is to be light. */
const settings = { de: () => import('../features/settings/de.json'), en: () => import('../features/settings/en.json'), hu: () => import('../features/settings/hu.json') }
let withSettings = false
/** Another language may come while they are on their way: it brings its own. */
export async function useSettingsWords() {
  withSettings = true
  const locale = i18n.global.locale.value as Locale
  i18n.global.mergeLocaleMessage(locale, (await settings[locale]()).default as never)
}

export async function useLanguage(locale: Locale) {
  const common = await chunks[locale]()
  const more = withSettings ? await settings[locale]() : null
  i18n.global.setLocaleMessage(locale, { ...common.default, ...more?.default } as never)
  i18n.global.locale.value = locale as never
  document.documentElement.lang = locale
  localStorage.setItem('locale', locale)
}
