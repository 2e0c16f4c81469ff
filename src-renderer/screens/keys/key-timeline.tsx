/** What happened to a key: each change of its state, why in the provider's own words, and until when. */
import { Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { KeyEvent } from '../../../src-preload/contract/index.ts'
import { formatCountdown, formatTime } from '../../format.ts'
import { said } from '../../i18n/said.ts'
import { ErrorNotice } from '../../parts/error-notice.tsx'
import { SkeletonRows } from '../../parts/skeletons.tsx'
import { StateIcon } from '../../parts/state-badge.tsx'
import { useNow, useNowBy } from '../../parts/use-now.ts'
import { useApi } from '../../queries/api.tsx'
import classes from './key-timeline.module.css'

export function KeyTimeline({ id }: { id: string }) {
  const { t } = useTranslation(['keys'])
  const { orpc } = useApi()
  const events = useQuery(orpc.keys.timeline.queryOptions({ input: { id } }))
  return (
    <Stack gap="xs" component="section" aria-label={t('timeline.title')}>
      <Title order={3}>{t('timeline.title')}</Title>
      {events.error ? (
        <ErrorNotice error={events.error} onRetry={() => void events.refetch()} />
      ) : !events.data ? (
        <SkeletonRows rows={3} />
      ) : events.data.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t('timeline.none')}
        </Text>
      ) : (
        <ol className={classes.list}>
          {events.data.map((event, index) => (
            <Event key={`${event.at} ${index}`} event={event} newest={index === 0} />
          ))}
        </ol>
      )}
    </Stack>
  )
}

function Event({ event, newest }: { event: KeyEvent; newest: boolean }) {
  const { t, i18n } = useTranslation(['keys', 'common'])
  const now = useNowBy(60_000)
  const { at, state, model, reason } = event
  const expired = state === 'disabled' && reason === 'expired'
  return (
    <li className={classes.event}>
      <StateIcon state={state} />
      <div className={classes.words}>
        <Text size="sm">
          <b>{t(`common:states.${state}`)}</b>
          {model !== null && ` · ${model}`}
          <Until event={event} newest={newest} />
        </Text>
        {expired ? (
          <Text size="sm">{t('timeline.expired')}</Text>
        ) : (
          reason !== null && (
            <Text size="sm" ff="monospace" c="dimmed" className={classes.reason}>
              {said(reason)}
            </Text>
          )
        )}
      </div>
      <time className={classes.time} dateTime={new Date(at).toISOString()}>
        {formatTime(at, now, i18n.language)}
      </time>
    </li>
  )
}

/** Only what holds now counts down; of what is over it is said how long it was to last. */
function Until({ event: { until }, newest }: { event: KeyEvent; newest: boolean }) {
  const { t, i18n } = useTranslation(['keys'])
  const now = useNow()
  if (until === null) return null
  const time = formatTime(until, now, i18n.language)
  if (!newest || until <= now) return ` · ${t('timeline.until', { time })}`
  return ` · ${t('timeline.untilIn', { time, left: formatCountdown(until - now, i18n.language) })}`
}
