/** Every try of a request: the key, how it ended, when and how long, how long it was sent away, and the provider's own words. */
import { Anchor, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Attempt, RequestRow } from '../../../src-preload/contract/index.ts'
import { formatDuration, formatPool } from '../../format.ts'
import { said } from '../../i18n/said.ts'
import { hrefOf } from '../../route.ts'
import { type AttemptTime, attemptTimes, scaleOf } from './attempt-times.ts'
import { ChargeText } from './charge-mark.tsx'
import classes from './drawer.module.css'
import { OutcomeBadge } from './outcome.tsx'

export function AttemptList({ row }: { row: RequestRow }) {
  const { t } = useTranslation('traffic')
  const { attempts } = row
  if (attempts.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {t('detail.noAttempts')}
      </Text>
    )
  const times = attemptTimes(row)
  const scale = scaleOf(row)
  return (
    <ol className={classes.attempts}>
      {attempts.map((attempt, index) => (
        <Entry key={index} attempt={attempt} time={times[index]} scale={scale} />
      ))}
    </ol>
  )
}

function Entry({ attempt, time, scale }: { attempt: Attempt; time: AttemptTime | undefined; scale: number }) {
  const { t, i18n } = useTranslation('traffic')
  const { keyId, keyLabel, outcome, status, ms, message, pool, model, holdMs } = attempt
  const place = [pool && formatPool(pool), model].filter(Boolean).join(' · ')
  const duration = (length: number) => formatDuration(length, i18n.language)
  return (
    <li className={classes.attempt}>
      <div className={classes.attemptHead}>
        <Anchor href={hrefOf('keys', { key: keyId })} size="sm" fw={500} underline="always">
          {keyLabel}
        </Anchor>
        <OutcomeBadge outcome={outcome} />
        <span className={classes.attemptEnd}>
          {status ?? t('detail.noStatus')} · {duration(ms)}
        </span>
      </div>
      {time && <Bar time={time} scale={scale} outcome={outcome} />}
      {place !== '' && (
        <Text size="sm" c="dimmed">
          {t('detail.sentTo', { place })}
        </Text>
      )}
      {holdMs !== undefined && <Text size="sm">{t('detail.hold', { time: duration(holdMs) })}</Text>}
      <ChargeText attempt={attempt} />
      {message !== null && (
        <Text size="sm" c="dimmed" className={classes.message}>
          {said(message)}
        </Text>
      )}
    </li>
  )
}

/** Where in the time of the request it lies; in words only when it did not begin at once. */
function Bar({ time: { start, ms }, scale, outcome }: { time: AttemptTime; scale: number; outcome: Attempt['outcome'] }) {
  const { t, i18n } = useTranslation('traffic')
  const share = (length: number) => `${(100 * length) / scale}%`
  return (
    <span className={classes.track} title={t('detail.began', { time: formatDuration(start, i18n.language) })} aria-hidden>
      <span
        className={classes.bar}
        data-failed={outcome !== 'ok' || undefined}
        style={{ marginLeft: share(start), width: share(ms) }}
      />
    </span>
  )
}
