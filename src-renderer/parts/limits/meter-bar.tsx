/** One limit as a thin bar: how much is used, when it starts anew, and how long it lasts at this pace. */
import { Fragment } from 'react'
import { useTranslation } from 'react-i18next'
import type { Meter } from '../../../src-preload/contract/index.ts'
import { formatClock, formatCountdown } from '../../format.ts'
import { useNow } from '../use-now.ts'
import classes from './meter.module.css'
import { meterLevel } from './meters.ts'
import { useMeterWords } from './use-meter-words.ts'

export interface MeterBarProps {
  meter: Meter
  /** Says the model in front; elsewhere a heading does. */
  named?: boolean
  /** Says who set it, even a person: where the provider has announced some as well. */
  sourced?: boolean
}

export function MeterBar({ meter, named = false, sourced = false }: MeterBarProps) {
  const { t } = useTranslation(['limits'])
  const words = useMeterWords()
  const { used, reserved, limit } = meter
  const level = meterLevel(meter)
  const width = (amount: number) => `${limit === 0 ? 100 : Math.min(100, (100 * amount) / limit)}%`
  const title = named ? words.full(meter) : words.title(meter)
  const value = level === 'none' ? t('nothing') : t('of', { used: words.amount(meter, used), limit: words.amount(meter, limit) })
  const underWay = reserved > 0 ? t('underWay', { reserved: words.amount(meter, reserved) }) : undefined
  return (
    <div className={classes.meter} data-level={level} title={underWay}>
      <div className={classes.line}>
        <span className={classes.title}>{title}</span>
        <span className={classes.value}>
          {value}
          {level === 'full' && ` · ${t('usedUp')}`}
        </span>
      </div>
      <div
        className={classes.track}
        role="meter"
        aria-label={title}
        aria-valuemin={0}
        aria-valuemax={Math.max(limit, 1)}
        aria-valuenow={Math.min(used + reserved, Math.max(limit, 1))}
        aria-valuetext={underWay ? `${value}, ${underWay}` : value}
      >
        <span className={classes.used} style={{ width: width(used) }} />
        <span className={classes.reserved} style={{ width: width(reserved) }} />
      </div>
      <Times meter={meter} sourced={sourced} />
    </div>
  )
}

function Times({ meter: { resetsAt, endsAt, source }, sourced }: { meter: Meter; sourced: boolean }) {
  const { t, i18n } = useTranslation(['limits'])
  const now = useNow()
  const facts = [
    resetsAt !== null && resetsAt > now && t('resets', { time: formatCountdown(resetsAt - now, i18n.language) }),
    endsAt !== null && endsAt > now && t('until', { time: formatClock(endsAt, now, i18n.language) }),
    (sourced || source !== 'set') && t(`source.${source}`),
  ].filter((text) => text !== false)
  if (facts.length === 0) return null
  return (
    <div className={classes.foot}>
      {facts.map((fact, index) => (
        <Fragment key={fact}>
          {index > 0 && ' · '}
          <span className={classes.fact}>{fact}</span>
        </Fragment>
      ))}
    </div>
  )
}
