/** Every try of a request: the key, how it ended, how long it took, and the provider's own words. */
import { Anchor, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Attempt } from '../../../src-preload/contract/index.ts'
import { formatDuration } from '../../format.ts'
import { hrefOf } from '../../route.ts'
import { ChargeText } from './charge-mark.tsx'
import classes from './drawer.module.css'
import { OutcomeBadge } from './outcome.tsx'

export function AttemptList({ attempts }: { attempts: readonly Attempt[] }) {
  const { t, i18n } = useTranslation('traffic')
  if (attempts.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {t('detail.noAttempts')}
      </Text>
    )
  return (
    <ol className={classes.attempts}>
      {attempts.map((attempt, index) => {
        const { keyId, keyLabel, outcome, status, ms, message, pool, model } = attempt
        const place = [pool, model].filter(Boolean).join(' · ')
        return (
          <li key={index} className={classes.attempt}>
            <div className={classes.attemptHead}>
              <Anchor href={hrefOf('keys', { key: keyId })} size="sm" fw={500} underline="always">
                {keyLabel}
              </Anchor>
              <OutcomeBadge outcome={outcome} />
              <span className={classes.attemptEnd}>
                {status ?? t('detail.noStatus')} · {formatDuration(ms, i18n.language)}
              </span>
            </div>
            {place !== '' && (
              <Text size="sm" c="dimmed">
                {t('detail.sentTo', { place })}
              </Text>
            )}
            <ChargeText attempt={attempt} />
            {message !== null && (
              <Text size="sm" c="dimmed" className={classes.message}>
                {message}
              </Text>
            )}
          </li>
        )
      })}
    </ol>
  )
}
