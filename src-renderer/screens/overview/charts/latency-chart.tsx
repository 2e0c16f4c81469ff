/** How long calls took over time: the middle one, and the one that 95 of 100 do not exceed. */
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { formatDuration } from '../../../format.ts'
import { CardSkeleton } from '../../../parts/charts/card-skeleton.tsx'
import { coarser, utcDays } from '../../../parts/charts/grid.ts'
import { badLook, mainLook } from '../../../parts/charts/look.tsx'
import { TimeChart } from '../../../parts/charts/time-chart.tsx'
import { timeLabel } from '../../../parts/charts/time-text.ts'
import { ErrorNotice } from '../../../parts/error-notice.tsx'
import { useApi } from '../../../queries/api.tsx'
import { gridOfScope, seriesOf, summaryOf } from '../questions.ts'
import { slowHref, trafficHref, wholeOf } from '../scope.ts'
import { latencySteps } from './series.ts'
import { type ChartProps, useTimeProps } from './use-charts.ts'

const slowLook = { ...badLook, color: 'var(--keywheel-chart-3)', texture: 'plain' } as const

export function LatencyChart(props: ChartProps) {
  const { scope } = props
  const { orpc } = useApi()
  const { t, i18n } = useTranslation('overview')
  const whole = useQuery(summaryOf(orpc, wholeOf(scope))).data
  const fine = gridOfScope(scope)
  // Percentiles of days cannot be made into those of weeks, and the log has them by days of UTC.
  const grid = fine.bucket === 'day' ? utcDays(scope) : coarser(fine)
  const answer = useQuery(seriesOf(orpc, scope, grid, true))
  const { how, ...time } = useTimeProps(props, grid)
  if (answer.isError) return <ErrorNotice error={answer.error} onRetry={() => void answer.refetch()} />
  if (!answer.data || !whole) return <CardSkeleton />
  const steps = latencySteps(answer.data, grid)
  const duration = (ms: number | null) => formatDuration(ms, i18n.language)
  const slowest = steps.filter(({ values }) => values[1] != null).toSorted((a, b) => (b.values[1] ?? 0) - (a.values[1] ?? 0))[0]
  const says = [
    t('says.latency', { median: duration(whole.p50Ms), most: duration(whole.p95Ms) }),
    slowest && t('says.slowest', { time: timeLabel(slowest, grid, i18n.language), text: duration(slowest.values[1] ?? null) }),
  ]
  return (
    <TimeChart
      {...time}
      title={t('charts.latency')}
      how={how(t('tiles.latencyHow'))}
      says={says.filter(Boolean).join(' ')}
      file="latency"
      kind="lines"
      unit={{ text: duration, tick: duration, filed: Math.round }}
      series={[
        {
          name: 'median_ms',
          label: t('charts.median'),
          look: mainLook,
          value: duration(whole.p50Ms),
          href: trafficHref(scope),
        },
        {
          name: 'p95_ms',
          label: t('charts.p95'),
          look: slowLook,
          dashed: true,
          value: duration(whole.p95Ms),
          href: slowHref(scope, whole.p95Ms),
        },
      ]}
      steps={steps}
      empty={slowest ? null : t('empty.title')}
    />
  )
}
