/** Requests by outcome over time. */
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { formatCount, formatPercent, formatShort } from '../../../format.ts'
import { CardSkeleton } from '../../../parts/charts/card-skeleton.tsx'
import { busiest } from '../../../parts/charts/steps.ts'
import { TimeChart } from '../../../parts/charts/time-chart.tsx'
import { timeLabel } from '../../../parts/charts/time-text.ts'
import { ErrorNotice } from '../../../parts/error-notice.tsx'
import { useApi } from '../../../queries/api.tsx'
import { gridOfScope, seriesOf } from '../questions.ts'
import { trafficHref } from '../scope.ts'
import { outcomeLooks } from './outcome-looks.ts'
import { foldOutcomes } from './series.ts'
import { type ChartProps, useTimeProps } from './use-charts.ts'

export function OutcomesChart(props: ChartProps) {
  const { scope } = props
  const { orpc } = useApi()
  const { t, i18n } = useTranslation(['overview', 'charts', 'common'])
  const grid = gridOfScope(scope)
  const answer = useQuery(seriesOf(orpc, scope, grid, false))
  const { how, ...time } = useTimeProps(props, grid)
  if (answer.isError) return <ErrorNotice error={answer.error} onRetry={() => void answer.refetch()} />
  if (!answer.data) return <CardSkeleton />
  const { series, steps } = foldOutcomes(answer.data, grid)
  const name = (outcome: (typeof series)[number]['name']) => t(`common:outcomes.${outcome}`)
  const total = series.reduce((sum, one) => sum + one.sum, 0)
  const ok = series.find((one) => one.name === 'ok')?.sum ?? 0
  const worst = series.filter((one) => one.name !== 'ok').toSorted((a, b) => b.sum - a.sum)[0]
  const peak = busiest(steps)
  const says = [
    t('overview:says.outcomes', {
      count: total,
      text: formatCount(total, i18n.language),
      share: formatPercent(total === 0 ? null : ok / total, i18n.language),
    }),
    worst && t('overview:says.failure', { outcome: name(worst.name), text: formatCount(worst.sum, i18n.language) }),
    peak &&
      t('charts:says.busiest', { time: timeLabel(peak.step, grid, i18n.language), text: formatCount(peak.sum, i18n.language) }),
  ]
  return (
    <TimeChart
      {...time}
      title={t('overview:charts.outcomes')}
      how={how(t('overview:charts.outcomesHow'))}
      says={says.filter(Boolean).join(' ')}
      file="requests-by-outcome"
      kind="areas"
      unit={{
        text: (value) => formatCount(value, i18n.language),
        tick: (value) => formatShort(value, i18n.language),
      }}
      series={series.map((one) => ({
        name: one.name,
        label: name(one.name),
        look: outcomeLooks[one.name],
        value: formatShort(one.sum, i18n.language),
        href: trafficHref(scope, { outcome: one.name }),
      }))}
      steps={steps}
      empty={total === 0 ? t('overview:empty.title') : null}
    />
  )
}
