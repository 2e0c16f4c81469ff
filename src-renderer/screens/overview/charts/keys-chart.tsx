/** Attempts by key, the failed part in red: shows at once which key is out of step. */
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { UsageShares } from '../../../../src-preload/contract/index.ts'
import { formatClock, formatCount, formatPercent, formatShort } from '../../../format.ts'
import { BarList } from '../../../parts/charts/bar-list.tsx'
import { CardSkeleton } from '../../../parts/charts/card-skeleton.tsx'
import { ChartCard } from '../../../parts/charts/chart-card.tsx'
import type { Figures } from '../../../parts/charts/figures.ts'
import { badLook, mainLook, useFills } from '../../../parts/charts/look.tsx'
import { ErrorNotice } from '../../../parts/error-notice.tsx'
import { useApi } from '../../../queries/api.tsx'
import { queryOf, type Scope, trafficHref } from '../scope.ts'

/** Bars that fit in the height of the charts beside. */
const shownKeys = 8

type Row = UsageShares['rows'][number]

export function KeysChart({ scope }: { scope: Scope }) {
  const { orpc } = useApi()
  const input = { ...queryOf(scope), by: 'key', order: 'calls', limit: shownKeys } as const
  const answer = useQuery(orpc.usage.shares.queryOptions({ input, placeholderData: keepPreviousData }))
  if (answer.isError) return <ErrorNotice error={answer.error} onRetry={() => void answer.refetch()} />
  if (!answer.data) return <CardSkeleton />
  return <Keys scope={scope} shares={answer.data} />
}

function Keys({ scope, shares: { rows, others, from, to } }: { scope: Scope; shares: UsageShares }) {
  const { t, i18n } = useTranslation('overview')
  const { defs, fillOf } = useFills([mainLook, badLook])
  const labelOf = ({ name, label }: Row) => label ?? t('charts.deletedKey', { id: name.slice(-4) })
  const all = [...rows, ...(others ? [others] : [])]
  const calls = all.reduce((sum, one) => sum + one.calls, 0)
  const failed = all.reduce((sum, one) => sum + one.failed, 0)
  // Keys are counted by whole hours: the requests behind a bar are those of the same hours.
  const hrefOf = (key: string, outcome?: 'failed') =>
    trafficHref(scope, { key, ...(outcome && { outcome }) }, { kind: 'custom', from, to })
  const short = (count: number) => formatShort(count, i18n.language)
  const counted = t('charts.keysFrom', { time: formatClock(from, scope.now, i18n.language) })
  const figures = useKeyFigures({ rows, others, calls, labelOf, hrefOf })
  const more = others && t('charts.moreKeys', { shown: rows.length, total: rows.length + others.names })
  return (
    <ChartCard
      title={t('charts.byKey')}
      how={[t('charts.byKeyHow'), counted, more].filter(Boolean).join(' ')}
      says={useKeysSentence({ rows, calls, failed, labelOf })}
      empty={rows.length === 0 ? t('charts.noAttempts') : null}
      file="attempts-by-key"
      legend={{
        fillOf,
        entries: [
          { name: 'ok', label: t('charts.ok'), look: mainLook, value: short(calls - failed), href: null },
          { name: 'failed', label: t('charts.failed'), look: badLook, value: short(failed), href: null },
        ],
      }}
      chart={
        <>
          {defs}
          <BarList
            fillOf={fillOf}
            rows={rows.map((row) => ({
              id: row.name,
              label: labelOf(row),
              href: hrefOf(row.name),
              parts: [
                { value: row.calls - row.failed, look: mainLook },
                { value: row.failed, look: badLook },
              ],
              text: formatCount(row.calls, i18n.language),
              ...(row.failed > 0 && {
                bad: { text: t('tiles.failed', { text: short(row.failed) }), href: hrefOf(row.name, 'failed') },
              }),
            }))}
          />
        </>
      }
      figures={() => figures}
    />
  )
}

interface Sums {
  rows: readonly Row[]
  calls: number
  labelOf: (row: Row) => string
}

function useKeysSentence({ rows, calls, failed, labelOf }: Sums & { failed: number }): string {
  const { t, i18n } = useTranslation(['overview', 'charts'])
  const share = (part: number, whole: number) => formatPercent(whole === 0 ? null : part / whole, i18n.language)
  const [first] = rows
  const worst = rows.toSorted((a, b) => b.failed / b.calls - a.failed / a.calls)[0]
  const parts = [
    t('charts:says.attempts', { text: formatCount(calls, i18n.language), share: share(failed, calls) }),
    first && t('says.busiestKey', { key: labelOf(first), share: share(first.calls, calls) }),
    worst && worst.failed > 0 && t('says.worstKey', { key: labelOf(worst), share: share(worst.failed, worst.calls) }),
  ]
  return parts.filter(Boolean).join(' ')
}

interface KeyFiguresInput extends Sums {
  others: UsageShares['others']
  hrefOf: (key: string, outcome?: 'failed') => string
}

function useKeyFigures({ rows, others, calls, labelOf, hrefOf }: KeyFiguresInput): Figures {
  const { t, i18n } = useTranslation('overview')
  const count = (value: number | null) => formatCount(value, i18n.language)
  const percent = (value: number | null) => formatPercent(value, i18n.language)
  const cells = (row: Omit<Row, 'name' | 'label'>, href: { all: string; failed: string } | null) => [
    { value: row.calls, href: href?.all ?? null },
    { value: row.calls / calls },
    { value: row.failed, href: href?.failed ?? null, bad: row.failed > 0 },
    { value: row.calls === 0 ? null : row.failed / row.calls },
  ]
  return {
    head: { label: t('charts.key'), names: ['key', 'key_id'] },
    columns: [
      { name: 'attempts', label: t('charts.attempts'), text: count },
      { name: 'share', label: t('charts.share'), text: percent },
      { name: 'failed', label: t('charts.failed'), text: count },
      { name: 'failed_share', label: t('charts.failedShare'), text: percent },
    ],
    rows: [
      ...rows.map((row) => ({
        id: row.name,
        label: labelOf(row),
        href: hrefOf(row.name),
        filed: [labelOf(row), row.name],
        cells: cells(row, { all: hrefOf(row.name), failed: hrefOf(row.name, 'failed') }),
      })),
      ...(others
        ? [
            {
              id: '',
              label: t('charts.otherKeys', { count: others.names }),
              href: null,
              filed: ['', ''],
              cells: cells(others, null),
            },
          ]
        : []),
    ],
  }
}
