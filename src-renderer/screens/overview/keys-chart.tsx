/** Attempts by key, the failed part in red: shows at once which key is out of step. */
import { BarChart } from '@mantine/charts'
import { getThemeColor, Table, useMantineTheme } from '@mantine/core'
import { keepPreviousData, useQueries, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { KeyUsage } from '../../../src-preload/contract/index.ts'
import { formatCount, formatDateTime, formatShort } from '../../format.ts'
import { ErrorNotice } from '../../parts/error-notice.tsx'
import { SkeletonBlock } from '../../parts/skeletons.tsx'
import { useApi } from '../../queries/api.tsx'
import { ChartCard } from './chart-card.tsx'
import classes from './overview.module.css'
import { queryOf, type Scope, trafficHref } from './scope.ts'

const shownKeys = 12
const okColor = 'indigo.4'
const failedColor = 'red.6'

interface NamedUsage extends KeyUsage {
  label: string
}

export function KeysChart({ scope }: { scope: Scope }) {
  const { t, i18n } = useTranslation('overview')
  const { orpc } = useApi()
  const theme = useMantineTheme()
  const answer = useQuery(orpc.usage.keys.queryOptions({ input: queryOf(scope), placeholderData: keepPreviousData }))
  const used = (answer.data ?? []).toSorted((a, b) => b.attempts - a.attempts)
  const rows = useLabels(used.slice(0, shownKeys))
  if (answer.isError) return <ErrorNotice error={answer.error} onRetry={() => void answer.refetch()} />
  if (!answer.data) return <SkeletonBlock height={220} />

  const failed = used.reduce((sum, key) => sum + key.failed, 0)
  const ok = used.reduce((sum, key) => sum + key.attempts, 0) - failed
  const more = used.length > shownKeys ? t('charts.moreKeys', { shown: shownKeys, total: used.length }) : null
  return (
    <ChartCard
      title={t('charts.keys')}
      how={[t('charts.keysHow'), more].filter(Boolean).join(' ')}
      empty={rows.length === 0 ? t('charts.noAttempts') : null}
      legend={[
        {
          name: 'ok',
          label: t('charts.ok'),
          color: getThemeColor(okColor, theme),
          value: formatShort(ok, i18n.language),
          href: null,
        },
        {
          name: 'failed',
          label: t('charts.failed'),
          color: getThemeColor(failedColor, theme),
          value: formatShort(failed, i18n.language),
          href: null,
        },
      ]}
      chart={<Bars rows={rows} scope={scope} />}
      table={<KeysTable rows={rows} scope={scope} />}
    />
  )
}

/** The keys' labels; a key that is gone keeps its numbers and is called deleted. */
function useLabels(usage: readonly KeyUsage[]): NamedUsage[] {
  const { t } = useTranslation('overview')
  const { orpc } = useApi()
  // One page holds the keys of most people; only beyond it each key is asked for.
  const page = useQuery(orpc.keys.list.queryOptions({ input: { limit: 200 } })).data
  const listed = new Map(page?.items.map(({ id, label }) => [id, label]))
  const others = page?.nextCursor ? usage.filter(({ keyId }) => !listed.has(keyId)) : []
  const answers = useQueries({
    queries: others.map(({ keyId }) => orpc.keys.get.queryOptions({ input: { id: keyId }, retry: false })),
  })
  const labelOf = ({ keyId }: KeyUsage): string => {
    const answer = answers[others.findIndex((other) => other.keyId === keyId)]
    const known = listed.get(keyId) ?? answer?.data?.label
    if (known !== undefined) return known
    return page === undefined || answer?.isPending ? keyId.slice(-4) : t('charts.deletedKey', { id: keyId.slice(-4) })
  }
  return usage.map((row) => ({ ...row, label: labelOf(row) }))
}

function Bars({ rows, scope }: { rows: readonly NamedUsage[]; scope: Scope }) {
  const { t, i18n } = useTranslation('overview')
  const label = (keyId: unknown) => rows.find((row) => row.keyId === keyId)?.label ?? ''
  const open = ({ activeLabel }: { activeLabel?: string | number | undefined }) => {
    if (activeLabel !== undefined) location.hash = trafficHref(scope, { key: String(activeLabel) })
  }
  return (
    <div aria-hidden>
      <BarChart
        className={classes.chart}
        h={34 + rows.length * 26}
        data={rows.map(({ keyId, attempts, failed }) => ({ keyId, ok: attempts - failed, failed }))}
        dataKey="keyId"
        type="stacked"
        orientation="vertical"
        series={[
          { name: 'ok', label: t('charts.ok'), color: okColor },
          { name: 'failed', label: t('charts.failed'), color: failedColor },
        ]}
        maxBarWidth={16}
        accessibilityLayer={false}
        valueFormatter={(value) => formatShort(value, i18n.language)}
        xAxisProps={{ allowDecimals: false }}
        yAxisProps={{ width: 130, tickFormatter: (keyId: unknown) => shorten(label(keyId)) }}
        tooltipProps={{ labelFormatter: label }}
        barChartProps={{ onClick: open }}
      />
    </div>
  )
}

function KeysTable({ rows, scope }: { rows: readonly NamedUsage[]; scope: Scope }) {
  const { t, i18n } = useTranslation('overview')
  return (
    <Table stickyHeader aria-label={t('charts.keys')}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t('charts.key')}</Table.Th>
          <Table.Th className={classes.number}>{t('charts.ok')}</Table.Th>
          <Table.Th className={classes.number}>{t('charts.failed')}</Table.Th>
          <Table.Th className={classes.number}>{t('charts.lastUsed')}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map(({ keyId, label, attempts, failed, lastAt }) => (
          <Table.Tr key={keyId}>
            <Table.Td>
              <a className={classes.link} href={trafficHref(scope, { key: keyId })}>
                {label}
              </a>
            </Table.Td>
            <Table.Td className={classes.number}>{formatCount(attempts - failed, i18n.language)}</Table.Td>
            <Table.Td className={classes.number}>
              <a className={classes.link} href={trafficHref(scope, { key: keyId, outcome: 'failed' })}>
                {formatCount(failed, i18n.language)}
              </a>
            </Table.Td>
            <Table.Td className={classes.number}>{lastAt === null ? '' : formatDateTime(lastAt, i18n.language)}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}

function shorten(text: string): string {
  return text.length > 18 ? `${text.slice(0, 17)}…` : text
}
