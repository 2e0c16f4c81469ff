/** Languages of the page: English and Chinese, each loaded when it is first shown. */
import { createInstance, type i18n } from 'i18next'
import { initReactI18next } from 'react-i18next'
import type { en } from './en/index.ts'
import { speak } from './said.ts'

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'common'
    resources: typeof en
  }
}

export type Language = 'en' | 'zh'

/** The language to show: the setting, or the system's own. */
export function languageOf(setting: 'system' | Language): Language {
  if (setting !== 'system') return setting
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en'
}

/** The texts of the page, and what the application's own sentences are; those are English. */
const load = {
  en: async () => ({ texts: (await import('./en/index.ts')).en, said: null }),
  zh: async () => ({ texts: (await import('./zh/index.ts')).zh, said: (await import('./zh/said.ts')).said }),
}

/** Its texts are there when this resolves. */
export async function createI18n(language: Language): Promise<i18n> {
  const { texts, said } = await load[language]()
  speak(said)
  const instance = createInstance()
  await instance.use(initReactI18next).init({
    lng: language,
    // Each language has every text.
    fallbackLng: false,
    defaultNS: 'common',
    ns: Object.keys(texts),
    resources: { [language]: texts },
    // React escapes what it renders.
    interpolation: { escapeValue: false },
  })
  return instance
}

/** The page goes on in the old language until the texts of the new one are there. */
export async function showLanguage(instance: i18n, language: Language): Promise<void> {
  if (instance.language === language) return
  const { texts, said } = await load[language]()
  for (const [area, words] of Object.entries(texts)) instance.addResourceBundle(language, area, words)
  speak(said)
  await instance.changeLanguage(language)
}
