/** A limit in words: what it counts over which time, and its amounts. */
import { useTranslation } from 'react-i18next'
import type { Meter } from '../../../src-preload/contract/index.ts'
import { formatDuration, formatMoney, formatShort } from '../../format.ts'

export function useMeterWords() {
  const { t, i18n } = useTranslation(['limits'])
  const title = ({ unit, per, windowSeconds }: Meter): string => {
    const name = t(`units.${unit}`)
    if (per !== 'other') return t(`per.${per}`, { unit: name })
    if (windowSeconds === null) return t('per.announced', { unit: name })
    return t('per.other', { unit: name, time: formatDuration(windowSeconds * 1000, i18n.language) })
  }
  return {
    /** Without the model, e.g. "Tokens per day". */
    title,
    /** With the model in front. */
    full: (meter: Meter) => (meter.model === null ? title(meter) : `${meter.model} · ${title(meter)}`),
    amount: ({ unit }: Meter, amount: number) =>
      unit === 'usd' ? formatMoney(amount * 1e9, i18n.language) : formatShort(Math.round(amount), i18n.language),
  }
}
