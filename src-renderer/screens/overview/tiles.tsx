/** The five figures: keys, requests, tokens, cost, latency. */
import { SimpleGrid, Skeleton } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { KeyState, UsageSummary } from '../../../src-preload/contract/index.ts'
import { formatCount, formatDuration, formatMoney, formatPercent, formatShort } from '../../format.ts'
import { hrefOf } from '../../route.ts'
import classes from './overview.module.css'
import { type Scope, slowHref, trafficHref } from './scope.ts'
import { FigureLink, Tile } from './tile.tsx'

export interface TilesProps {
  scope: Scope
  /** How many keys are in each state; undefined while it is not known. */
  counts: Record<KeyState, number> | undefined
  summary: UsageSummary | undefined
}

export function Tiles({ scope, counts, summary }: TilesProps) {
  const { t } = useTranslation('overview')
  if (!counts || !summary)
    return (
      <SimpleGrid cols={5} spacing={12} aria-busy>
        {Array.from({ length: 5 }, (_, index) => (
          <Skeleton key={index} height={98} animate={false} />
        ))}
      </SimpleGrid>
    )
  return (
    <section className={classes.tiles} aria-label={t('tiles.label')}>
      <KeysTile scope={scope} counts={counts} />
      <RequestsTile scope={scope} summary={summary} />
      <TokensTile scope={scope} summary={summary} />
      <CostTile scope={scope} summary={summary} />
      <LatencyTile scope={scope} summary={summary} />
    </section>
  )
}

interface UsageTileProps {
  scope: Scope
  summary: UsageSummary
}

function KeysTile({ scope, counts }: { scope: Scope; counts: Record<KeyState, number> }) {
  const { t, i18n } = useTranslation('overview')
  const count = (state: KeyState) => formatCount(counts[state], i18n.language)
  const href = (state: KeyState) => hrefOf('keys', { pool: scope.pool, state })
  // What is zero is left out, except the three that are always asked for.
  const others = (['exhausted', 'unchecked'] as const).filter((state) => counts[state] > 0)
  return (
    <Tile
      title={t('tiles.keys')}
      how={t('tiles.keysHow')}
      value={
        <FigureLink href={href('ready')}>
          {count('ready')} {t('tiles.ready')}
        </FigureLink>
      }
    >
      <FigureLink href={href('cooling')}>
        {count('cooling')} {t('tiles.cooling')}
      </FigureLink>
      <FigureLink href={href('invalid')} bad={counts.invalid > 0}>
        {count('invalid')} {t('tiles.broken')}
      </FigureLink>
      {others.map((state) => (
        <FigureLink key={state} href={href(state)}>
          {count(state)} {t(`tiles.${state}`)}
        </FigureLink>
      ))}
    </Tile>
  )
}

function RequestsTile({ scope, summary }: UsageTileProps) {
  const { t, i18n } = useTranslation('overview')
  const { requests, ok, failed } = summary
  return (
    <Tile
      title={t('tiles.requests')}
      how={t('tiles.requestsHow')}
      value={<FigureLink href={trafficHref(scope)}>{formatShort(requests, i18n.language)}</FigureLink>}
    >
      <FigureLink href={trafficHref(scope, { outcome: 'ok' })}>
        {t('tiles.success', { share: formatPercent(requests === 0 ? null : ok / requests, i18n.language) })}
      </FigureLink>
      <FigureLink href={trafficHref(scope, { outcome: 'failed' })} bad={failed > 0}>
        {t('tiles.failed', { text: formatShort(failed, i18n.language) })}
      </FigureLink>
    </Tile>
  )
}

function TokensTile({ scope, summary }: UsageTileProps) {
  const { t, i18n } = useTranslation('overview')
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens } = summary
  const short = (count: number) => ({ text: formatShort(count, i18n.language) })
  const cached = cacheReadTokens + cacheWriteTokens
  const rows = trafficHref(scope)
  return (
    <Tile
      title={t('tiles.tokens')}
      how={t('tiles.tokensHow')}
      value={<FigureLink href={rows}>{short(inputTokens + outputTokens + cached).text}</FigureLink>}
    >
      <FigureLink href={rows}>{t('tiles.in', short(inputTokens))}</FigureLink>
      <FigureLink href={rows}>{t('tiles.out', short(outputTokens))}</FigureLink>
      <FigureLink href={rows}>{t('tiles.cache', short(cached))}</FigureLink>
    </Tile>
  )
}

function CostTile({ scope, summary }: UsageTileProps) {
  const { t, i18n } = useTranslation('overview')
  const { costNanos, costUnknown, requests } = summary
  // Without a call nothing was spent; with calls of which none has a price, the sum is unknown.
  const known = costNanos ?? (costUnknown === 0 ? 0 : null)
  return (
    <Tile
      title={t('tiles.cost')}
      how={t('tiles.costHow')}
      value={
        <FigureLink href={trafficHref(scope, known === null ? { cost: 'unknown' } : {})}>
          {known === null ? t('tiles.unknown') : formatMoney(known, i18n.language)}
        </FigureLink>
      }
    >
      {costUnknown > 0 ? (
        <FigureLink href={trafficHref(scope, { cost: 'unknown' })}>
          {t('tiles.costUnknown', { count: costUnknown, text: formatCount(costUnknown, i18n.language) })}
        </FigureLink>
      ) : (
        t(requests > 0 ? 'tiles.costAll' : 'tiles.costNone')
      )}
    </Tile>
  )
}

function LatencyTile({ scope, summary }: UsageTileProps) {
  const { t, i18n } = useTranslation('overview')
  const time = (ms: number | null) => formatDuration(ms, i18n.language)
  return (
    <Tile
      title={t('tiles.latency')}
      how={t('tiles.latencyHow')}
      value={<FigureLink href={trafficHref(scope)}>{time(summary.p50Ms)}</FigureLink>}
    >
      <FigureLink href={slowHref(scope, summary.p95Ms)}>{t('tiles.p95', { time: time(summary.p95Ms) })}</FigureLink>
    </Tile>
  )
}
