/** Who or what cost how much: by model, pool, client or key. */
import { SegmentedControl } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ShareQuery, UsageShares } from '../../../../src-preload/contract/index.ts'
import { formatCount, formatMoney, formatPercent, formatPool, formatShort } from '../../../format.ts'
import { CardSkeleton } from '../../../parts/charts/card-skeleton.tsx'
import { ChartCard } from '../../../parts/charts/chart-card.tsx'
import classes from '../../../parts/charts/charts.module.css'
import type { Figures } from '../../../parts/charts/figures.ts'
import { ErrorNotice } from '../../../parts/error-notice.tsx'
import { useApi } from '../../../queries/api.tsx'
import type { TrafficFilter } from '../../traffic/filter.ts'
import { queryOf, type Scope, trafficHref } from '../scope.ts'

const kinds = ['model', 'pool', 'client', 'key'] as const satisfies readonly ShareQuery['by'][]
type Kind = (typeof kinds)[number]
type Row = UsageShares['rows'][number]

const nanosPerUsd = 1e9

export function SharesCard({ scope }: { scope: Scope }) {
  const { t } = useTranslation('overview')
  const { orpc } = useApi()
  const [by, setBy] = useState<Kind>('model')
  const input = { ...queryOf(scope), by, order: 'cost', limit: 12 } as const
  const answer = useQuery(orpc.usage.shares.queryOptions({ input, placeholderData: keepPreviousData }))
  const figures = useShareFigures(answer.data, by, scope)
  const says = useSharesSentence(answer.data, figures)
  if (answer.isError) return <ErrorNotice error={answer.error} onRetry={() => void answer.refetch()} />
  if (!answer.data) return <CardSkeleton />
  return (
    <div className={classes.wide}>
      <ChartCard
        title={t('shares.title')}
        how={[t('shares.how'), t('tiles.costHow'), (by === 'key' || by === 'client') && t('shares.hours')]
          .filter(Boolean)
          .join(' ')}
        says={says}
        file={`cost-by-${by}`}
        empty={answer.data.rows.length === 0 ? t('empty.title') : null}
        controls={
          <SegmentedControl
            size="xs"
            aria-label={t('shares.by')}
            data={kinds.map((kind) => ({ value: kind, label: t(`shares.kinds.${kind}`) }))}
            value={by}
            onChange={(chosen) => setBy(kinds.find((kind) => kind === chosen) ?? by)}
          />
        }
        chart={null}
        figures={() => figures}
      />
    </div>
  )
}

function useSharesSentence(shares: UsageShares | undefined, { rows }: Figures): string {
  const { t, i18n } = useTranslation('overview')
  if (!shares) return ''
  const all = [...shares.rows, ...(shares.others ? [shares.others] : [])]
  const total = all.reduce((sum, { costNanos }) => sum + (costNanos ?? 0), 0)
  const unknown = all.reduce((sum, { costUnknown }) => sum + costUnknown, 0)
  const first = shares.rows[0]?.costNanos ?? 0
  const parts = [
    total > 0 ? t('says.cost', { amount: formatMoney(total, i18n.language) }) : t('says.costUnknown'),
    first > 0 && t('says.costMost', { model: rows[0]?.label ?? '', share: formatPercent(first / total, i18n.language) }),
    unknown > 0 && t('charts.unknownCalls', { count: unknown, text: formatCount(unknown, i18n.language) }),
  ]
  return parts.filter(Boolean).join(' ')
}

function useShareFigures(shares: UsageShares | undefined, by: Kind, scope: Scope): Figures {
  const { t, i18n } = useTranslation('overview')
  const { orpc } = useApi()
  const pools = useQuery(orpc.pools.list.queryOptions()).data
  const { rows = [], others = null } = shares ?? {}
  const all = [...rows, ...(others ? [others] : [])]
  const total = all.reduce((sum, { costNanos }) => sum + (costNanos ?? 0), 0)
  const labelOf = ({ name, label }: Row): string => {
    if (by === 'model') return name || t('charts.unknownModel')
    if (by === 'pool') return pools?.find(({ slug }) => slug === name)?.name ?? formatPool(name)
    return label ?? t('shares.deleted', { id: name.slice(-4) })
  }
  const hrefOf = (name: string, filter: Pick<TrafficFilter, 'outcome' | 'cost'> = {}): string | null => {
    if (name === '' || !shares) return null
    const hours = by === 'key' || by === 'client'
    return trafficHref(scope, { [by]: name, ...filter }, hours ? { kind: 'custom', from: shares.from, to: shares.to } : undefined)
  }
  const count = (value: number | null) => formatCount(value, i18n.language)
  const cellsOf = (
    { calls, failed, inputTokens, outputTokens, costNanos, costUnknown }: Omit<Row, 'name' | 'label'>,
    name: string,
  ) => [
    { value: costNanos, href: hrefOf(name) },
    { value: costNanos === null || total === 0 ? null : costNanos / total },
    { value: costUnknown, href: costUnknown > 0 ? hrefOf(name, { cost: 'unknown' }) : null },
    { value: calls, href: hrefOf(name) },
    { value: failed, href: failed > 0 ? hrefOf(name, { outcome: 'failed' }) : null, bad: failed > 0 },
    { value: inputTokens + outputTokens, href: hrefOf(name) },
  ]
  return {
    head: { label: t(`shares.kinds.${by}`), names: [by, 'name'] },
    columns: [
      {
        name: 'cost_usd',
        label: t('tiles.cost'),
        text: (value) => (value === null ? t('tiles.unknown') : formatMoney(value, i18n.language)),
        filed: (nanos) => nanos / nanosPerUsd,
      },
      { name: 'share', label: t('charts.share'), text: (value) => formatPercent(value, i18n.language) },
      { name: 'calls_of_unknown_cost', label: t('charts.unknownCost'), text: count },
      {
        name: by === 'key' ? 'attempts' : 'requests',
        label: t(by === 'key' ? 'charts.attempts' : 'tiles.requests'),
        text: count,
      },
      { name: 'failed', label: t('charts.failed'), text: count },
      { name: 'tokens', label: t('tiles.tokens'), text: (value) => formatShort(value, i18n.language) },
    ],
    rows: [
      ...rows.map((row) => ({
        id: row.name,
        label: labelOf(row),
        href: hrefOf(row.name),
        filed: [row.name, labelOf(row)],
        cells: cellsOf(row, row.name),
      })),
      ...(others
        ? [
            {
              id: ' others',
              label: t('shares.others', { count: others.names }),
              href: null,
              filed: ['', ''],
              cells: cellsOf(others, ''),
            },
          ]
        : []),
    ],
  }
}
