/** Languages of the page: English and Chinese, each loaded when it is first shown. */
import { createInstance, type i18n } from 'i18next'
import { initReactI18next } from 'react-i18next'
import type { en } from './en/index.ts'

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

const load = {
  en: async () => (await import('./en/index.ts')).en,
  zh: async () => (await import('./zh/index.ts')).zh,
}

/** Its texts are there when this resolves. */
export async function createI18n(language: Language): Promise<i18n> {
  const texts = await load[language]()
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
  for (const [area, texts] of Object.entries(await load[language]())) instance.addResourceBundle(language, area, texts)
  await instance.changeLanguage(language)
}
