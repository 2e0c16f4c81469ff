/** Everything that is known about one request: which key, why, how long, what it used. */
import { ActionIcon, Anchor, Drawer, Stack, Text, Title } from '@mantine/core'
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { TFunction } from 'i18next'
import type { KeyboardEvent, ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { RequestRow } from '../../../src-preload/contract/index.ts'
import { formatBytes, formatCount, formatCredits, formatDateTime, formatDuration, formatMoney, formatPool } from '../../format.ts'
import { CopyButton } from '../../parts/copy-button.tsx'
import { ErrorNotice } from '../../parts/error-notice.tsx'
import { SkeletonRows } from '../../parts/skeletons.tsx'
import { useApi } from '../../queries/api.tsx'
import { hrefOf } from '../../route.ts'
import { AttemptList } from './attempt-list.tsx'
import classes from './drawer.module.css'
import { fellBack } from './fell-back.ts'
import { GatewayPart, hasGatewayPart } from './gateway-part.tsx'
import { OutcomeBadge } from './outcome.tsx'
import { Pairs } from './pairs.tsx'
import type { Traffic } from './use-traffic.ts'

export interface RequestDrawerProps {
  /** Null = closed. */
  id: string | null
  traffic: Traffic
  /** Opens another one; null closes it. */
  onShow: (id: string | null) => void
}

/** What the list has already is shown at once; the arrow keys go to the requests before and after it there. */
export function RequestDrawer({ id, traffic, onShow }: RequestDrawerProps) {
  const { t } = useTranslation(['traffic', 'common'])
  const { rows, hasMore, loadMore } = traffic
  const index = rows.findIndex((row) => row.id === id)
  const step = (by: 1 | -1) => {
    if (index < 0) return
    const next = rows[index + by]
    if (next) onShow(next.id)
    if (hasMore && index + by >= rows.length - 2) loadMore()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
    step(event.key === 'ArrowDown' ? 1 : -1)
    event.preventDefault()
  }
  return (
    <Drawer
      opened={id !== null}
      onClose={() => onShow(null)}
      size={480}
      title={
        <span className={classes.title}>
          {t('traffic:detail.title')}
          {index >= 0 && (
            <>
              <Step label={t('traffic:detail.newer')} disabled={index === 0} onClick={() => step(-1)}>
                <IconChevronUp size={16} />
              </Step>
              <Step label={t('traffic:detail.older')} disabled={index === rows.length - 1} onClick={() => step(1)}>
                <IconChevronDown size={16} />
              </Step>
            </>
          )}
        </span>
      }
      closeButtonProps={{ 'aria-label': t('common:close') }}
      onKeyDown={onKeyDown}
    >
      {id !== null && <Content id={id} row={rows[index]} />}
    </Drawer>
  )
}

interface StepProps {
  label: string
  disabled: boolean
  onClick: () => void
  children: ReactNode
}

/** At the end of the list it does nothing but stays where it is: the focus may be on it. */
function Step({ label, disabled, onClick, children }: StepProps) {
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="md"
      aria-label={label}
      title={label}
      aria-disabled={disabled}
      data-disabled={disabled}
      onClick={onClick}
    >
      {children}
    </ActionIcon>
  )
}

function Content({ id, row }: { id: string; row: RequestRow | undefined }) {
  const { orpc } = useApi()
  const answer = useQuery(orpc.requests.get.queryOptions({ input: { id }, enabled: row === undefined, retry: false }))
  const shown = row ?? answer.data
  if (answer.isError && !shown) return <ErrorNotice error={answer.error} onRetry={() => void answer.refetch()} />
  if (!shown) return <SkeletonRows rows={10} />
  return <Detail row={shown} />
}

function Detail({ row }: { row: RequestRow }) {
  const { t } = useTranslation('traffic')
  return (
    <Stack gap="lg">
      <div>
        <div className={classes.head}>
          <OutcomeBadge outcome={row.outcome} />
          <Text fw={600}>{row.status ?? t(row.outcome === 'aborted' ? 'detail.left' : 'detail.noStatus')}</Text>
        </div>
        <Text ff="monospace" size="sm" className={classes.path}>
          {row.method} {row.path}
        </Text>
      </div>
      <Part title={t('detail.attempts')}>
        <AttemptList row={row} />
      </Part>
      {hasGatewayPart(row) && (
        <Part title={t('detail.gateway')}>
          <GatewayPart row={row} />
        </Part>
      )}
      <Part title={t('detail.timing')}>
        <Timing row={row} />
      </Part>
      <Part title={t('detail.tokens')}>
        <Tokens row={row} />
      </Part>
      <Part title={t('detail.facts')}>
        <Facts row={row} />
      </Part>
    </Stack>
  )
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title}>
      <Title order={3} mb={6}>
        {title}
      </Title>
      {children}
    </section>
  )
}

/** Three spans on one scale: the bars begin where they began in truth. */
function Timing({ row }: { row: RequestRow }) {
  const { t, i18n } = useTranslation('traffic')
  const { msQueued, msFirstByte, msTotal } = row
  const share = (ms: number) => `${msTotal === 0 ? 0 : Math.min(100, (ms / msTotal) * 100)}%`
  const spans = [
    { word: t('detail.queued'), from: 0, ms: msQueued },
    { word: t('detail.firstByte'), from: msQueued, ms: msFirstByte },
    { word: t('detail.total'), from: 0, ms: msTotal },
  ]
  return (
    <Pairs
      pairs={spans.map(({ word, from, ms }) => [
        word,
        <span key={word} className={classes.span}>
          <span className={classes.track} aria-hidden>
            <span className={classes.bar} style={{ marginLeft: share(from), width: share(Math.max(0, (ms ?? 0) - from)) }} />
          </span>
          {formatDuration(ms, i18n.language)}
        </span>,
      ])}
    />
  )
}

function Tokens({ row }: { row: RequestRow }) {
  const { t, i18n } = useTranslation('traffic')
  // What was refused has no cost to know.
  const unpriced = row.costNanos === null && (row.outcome === 'ok' || row.outcome === 'aborted')
  const count = (tokens: number | null) => formatCount(tokens, i18n.language)
  return (
    <Pairs
      pairs={[
        [t('detail.estimated'), count(row.estimatedTokens)],
        [t('detail.input'), count(row.inputTokens)],
        [t('detail.output'), count(row.outputTokens)],
        [t('detail.reasoning'), count(row.reasoningTokens)],
        [t('detail.cacheRead'), count(row.cacheReadTokens)],
        [t('detail.cacheWrite'), count(row.cacheWriteTokens)],
        [t('detail.cost'), unpriced ? t('detail.costUnknown') : formatMoney(row.costNanos, i18n.language)],
        [t('detail.price'), priceText(t, row.priceVersion)],
        // Most clients have no quotas.
        ...(row.credits === null ? [] : [[t('detail.credits'), formatCredits(row.credits, i18n.language)] as const]),
      ]}
    />
  )
}

/** Where the price of a call is from. */
function priceText(t: TFunction<'traffic'>, version: string | null): string {
  if (version === null) return t('price.none')
  return version === 'own' ? t('price.own') : version
}

function Facts({ row }: { row: RequestRow }) {
  const { t, i18n } = useTranslation(['traffic', 'common'])
  const none = t('common:none')
  const chosenBy = (Object.keys(strategyWords) as (keyof typeof strategyWords)[]).find((name) => name === row.chosenBy)
  return (
    <Pairs
      pairs={[
        [t('traffic:detail.time'), formatDateTime(row.at, i18n.language)],
        [t('traffic:detail.client'), row.clientName ?? none],
        [t('traffic:detail.lane'), t(`common:lanes.${row.lane}`)],
        [
          t('traffic:detail.pool'),
          <PlaceLink key="pool" href={hrefOf('keys', { pool: row.pool })} text={formatPool(row.pool)} />,
        ],
        [
          t('traffic:detail.key'),
          row.keyId === null ? (
            none
          ) : (
            <PlaceLink
              key="key"
              href={hrefOf('keys', { key: row.keyId })}
              text={row.keyLabel ?? t('traffic:detail.unknownKey')}
            />
          ),
        ],
        [t('traffic:detail.chosenBy'), chosenBy ? t(strategyWords[chosenBy]) : (row.chosenBy ?? none)],
        [t('traffic:detail.modelAsked'), row.modelAsked ?? none],
        [
          t('traffic:detail.modelServed'),
          fellBack(row) ? `${row.modelServed} · ${t('traffic:detail.fellBack')}` : (row.modelServed ?? none),
        ],
        [t('traffic:detail.streamed'), t(row.streamed ? 'common:yes' : 'common:no')],
        [t('traffic:detail.bytesIn'), formatBytes(row.bytesIn, i18n.language)],
        [t('traffic:detail.bytesOut'), formatBytes(row.bytesOut, i18n.language)],
        [t('traffic:detail.error'), row.errorCode ?? none],
        [
          t('traffic:detail.id'),
          <span key="id" className={classes.id}>
            {row.id}
            <CopyButton value={row.id} label={t('traffic:detail.copyId')} />
          </span>,
        ],
      ]}
    />
  )
}

const strategyWords = {
  random: 'common:strategies.random',
  round_robin: 'common:strategies.round_robin',
  least_used: 'common:strategies.least_used',
  lru: 'common:strategies.lru',
  weighted: 'common:strategies.weighted',
  priority: 'common:strategies.priority',
  sticky: 'common:strategies.sticky',
  least_latency: 'common:strategies.least_latency',
  session: 'traffic:detail.bySession',
  reservation: 'traffic:detail.byReservation',
} as const

function PlaceLink({ href, text }: { href: string; text: string }) {
  return (
    <Anchor href={href} size="sm" underline="always">
      {text}
    </Anchor>
  )
}
