/** How long ago something was, kept true by the shared clock; the exact time on hover. */
import { useTranslation } from 'react-i18next'
import { formatAge, formatDateTime } from '../format.ts'
import { useNow } from './use-now.ts'

/** `at` in milliseconds since 1970; null = never. */
export function Ago({ at }: { at: number | null }) {
  const { t, i18n } = useTranslation()
  const now = useNow()
  if (at === null) return <span>{t('time.never')}</span>
  const age = now - at
  return (
    <time dateTime={new Date(at).toISOString()} title={formatDateTime(at, i18n.language)}>
      {age < 5000 ? t('time.now') : t('time.ago', { time: formatAge(age, i18n.language) })}
    </time>
  )
}
