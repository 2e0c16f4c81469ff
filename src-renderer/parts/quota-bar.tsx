/** One quota as a thin bar: how many credits of the interval are used, and when it starts anew. */
import { useTranslation } from 'react-i18next'
import type { QuotaStanding } from '../../src-preload/contract/index.ts'
import { formatCountdown, formatCredits } from '../format.ts'
import classes from './limits/meter.module.css'
import { quotaLevel, quotaShare } from './quotas.ts'
import { useNow } from './use-now.ts'

export function QuotaBar({ quota }: { quota: QuotaStanding }) {
  const { t, i18n } = useTranslation('fields')
  const now = useNow()
  const { duration, credits, used, renewsAt } = quota
  const title = t(`quotas.per.${duration}`)
  const amount = (value: number) => formatCredits(value, i18n.language)
  const value =
    credits < 0 ? t('quotas.counted', { used: amount(used) }) : t('quotas.of', { used: amount(used), credits: amount(credits) })
  const level = quotaLevel(quota)
  return (
    <div className={classes.meter} data-level={level}>
      <div className={classes.line}>
        <span className={classes.title}>{title}</span>
        <span className={classes.value}>
          {value}
          {level === 'full' && ` · ${t('quotas.spent')}`}
        </span>
      </div>
      {credits >= 0 && (
        <div
          className={classes.track}
          role="meter"
          aria-label={title}
          aria-valuemin={0}
          aria-valuemax={Math.max(credits, 1)}
          aria-valuenow={Math.min(used, Math.max(credits, 1))}
          aria-valuetext={value}
        >
          <span className={classes.used} style={{ width: `${100 * quotaShare(quota)}%` }} />
        </div>
      )}
      {renewsAt > now && (
        <div className={classes.foot}>{t('quotas.renews', { time: formatCountdown(renewsAt - now, i18n.language) })}</div>
      )}
    </div>
  )
}
