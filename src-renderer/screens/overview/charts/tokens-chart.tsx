/** Tokens by model over time. */
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { formatCount, formatPercent, formatShort } from '../../../format.ts'
import { CardSkeleton } from '../../../parts/charts/card-skeleton.tsx'
import { coarser } from '../../../parts/charts/grid.ts'
import { busiest } from '../../../parts/charts/steps.ts'
import { TimeChart } from '../../../parts/charts/time-chart.tsx'
import { timeLabel } from '../../../parts/charts/time-text.ts'
import { ErrorNotice } from '../../../parts/error-notice.tsx'
import { useApi } from '../../../queries/api.tsx'
import { gridOfScope, modelsOf } from '../questions.ts'
import { useModelSeries } from './model-series.ts'
import { foldTokens } from './series.ts'
import { type ChartProps, useTimeProps } from './use-charts.ts'

export function TokensChart(props: ChartProps) {
  const { scope } = props
  const { orpc } = useApi()
  const { t, i18n } = useTranslation(['overview', 'charts'])
  const grid = coarser(gridOfScope(scope))
  const answer = useQuery(modelsOf(orpc, scope, grid))
  const { how, ...time } = useTimeProps(props, grid)
  const models = useModelSeries(scope)
  if (answer.isError) return <ErrorNotice error={answer.error} onRetry={() => void answer.refetch()} />
  if (!answer.data) return <CardSkeleton />
  const { series, steps } = foldTokens(answer.data, grid)
  const short = (count: number) => formatShort(count, i18n.language)
  const total = series.reduce((sum, one) => sum + one.sum, 0)
  const [first] = series
  const peak = busiest(steps)
  const says = [
    t('says.tokens', { text: short(total) }),
    first && t('says.mostBy', { model: models.label(first.name), share: formatPercent(first.sum / total, i18n.language) }),
    peak && t('charts:says.busiest', { time: timeLabel(peak.step, grid, i18n.language), text: short(peak.sum) }),
  ]
  return (
    <TimeChart
      {...time}
      title={t('charts.models')}
      how={how(t('charts.modelsHow'))}
      says={says.filter(Boolean).join(' ')}
      file="tokens-by-model"
      kind="bars"
      unit={{ text: (value) => formatCount(value, i18n.language), tick: short }}
      series={models.seriesOf(series, short)}
      steps={steps}
      empty={total === 0 ? t('charts.noTokens') : null}
    />
  )
}
