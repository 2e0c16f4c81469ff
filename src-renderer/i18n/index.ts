/** Languages of the page: English and Chinese, both always loaded. */
import { createInstance, type i18n } from 'i18next'
import { initReactI18next } from 'react-i18next'
import { en } from './en/index.ts'
import { zh } from './zh/index.ts'

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

/** Texts are ready when this returns: nothing is fetched. */
export function createI18n(language: Language): i18n {
  const instance = createInstance()
  void instance.use(initReactI18next).init({
    lng: language,
    fallbackLng: 'en',
    defaultNS: 'common',
    ns: Object.keys(en),
    resources: { en, zh },
    initAsync: false,
    // React escapes what it renders.
    interpolation: { escapeValue: false },
  })
  return instance
}
