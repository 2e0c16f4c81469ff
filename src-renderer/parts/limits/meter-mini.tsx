/** The nearest limit in one line of a list: how full, and on asking which one and until when. */
import { useTranslation } from 'react-i18next'
import type { Meter } from '../../../src-preload/contract/index.ts'
import { formatClock, formatPercent } from '../../format.ts'
import { useNowBy } from '../use-now.ts'
import classes from './meter.module.css'
import { meterLevel, meterShare } from './meters.ts'
import { useMeterWords } from './use-meter-words.ts'

export function MeterMini({ meter }: { meter: Meter }) {
  const { t, i18n } = useTranslation(['limits'])
  const words = useMeterWords()
  const now = useNowBy(60_000)
  const level = meterLevel(meter)
  const share = meterShare(meter)
  const value =
    level === 'none' ? t('nothing') : t('of', { used: words.amount(meter, meter.used), limit: words.amount(meter, meter.limit) })
  const ends = meter.endsAt === null ? '' : ` · ${t('until', { time: formatClock(meter.endsAt, now, i18n.language) })}`
  const text = `${words.full(meter)}: ${value}${ends}`
  return (
    <span data-tip={text} className={classes.mini} data-level={level}>
      <span
        className={classes.track}
        role="meter"
        aria-label={words.full(meter)}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(share * 100)}
        aria-valuetext={value}
      >
        <span className={classes.used} style={{ width: `${share * 100}%` }} />
      </span>
      {/* No percentage of nothing. */}
      <span className={classes.share} aria-hidden>
        {level === 'none' ? '0' : formatPercent(Math.floor(share * 100) / 100, i18n.language)}
      </span>
    </span>
  )
}
