/** The language that numbers and dates are written in. */
import { useTranslation } from 'react-i18next'

export function useLanguage(): string {
  return useTranslation().i18n.language
}
