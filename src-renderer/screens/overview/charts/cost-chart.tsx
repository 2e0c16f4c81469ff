/** What it cost, by model over time; what nobody knows the price of is said beside it, never taken for nothing. */
import { Anchor, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { formatCount, formatMoney, formatPercent } from '../../../format.ts'
import { ErrorNotice } from '../../../parts/error-notice.tsx'
import { hrefOf } from '../../../route.ts'
import { CardSkeleton } from './card-skeleton.tsx'
import { coarser } from './grid.ts'
import { useModelSeries } from './model-series.ts'
import { busiest, type Costs, foldCosts } from './series.ts'
import { TimeChart } from './time-chart.tsx'
import { timeLabel } from './time-text.ts'
import { type ChartProps, gridOfScope, useModels, useTimeProps } from './use-charts.ts'

const nanosPerUsd = 1e9

export function CostChart(props: ChartProps) {
  const { scope } = props
  const { t, i18n } = useTranslation('overview')
  const grid = coarser(gridOfScope(scope))
  const answer = useModels(scope, grid)
  const { how, ...time } = useTimeProps(props, grid)
  const models = useModelSeries(scope)
  if (answer.isError) return <ErrorNotice error={answer.error} onRetry={() => void answer.refetch()} />
  if (!answer.data) return <CardSkeleton />
  const costs = foldCosts(answer.data, grid)
  const { series, steps, unknown, unknownModels } = costs
  const money = (nanos: number | null) => formatMoney(nanos, i18n.language)
  const total = series.reduce((sum, one) => sum + one.sum, 0)
  const [first] = series
  const peak = busiest(steps)
  const says = [
    total > 0 ? t('says.cost', { amount: money(total) }) : t('says.costUnknown'),
    first && t('says.costMost', { model: models.label(first.name), share: formatPercent(first.sum / total, i18n.language) }),
    peak && t('says.dearest', { time: timeLabel(peak.step, grid, i18n.language), amount: money(peak.sum) }),
  ]
  return (
    <TimeChart
      {...time}
      title={t('charts.cost')}
      how={how(t('tiles.costHow'))}
      says={says.filter(Boolean).join(' ')}
      note={<Unknown costs={costs} label={models.label} />}
      file="cost-by-model"
      kind="bars"
      unit={{ text: money, tick: money, filed: (nanos) => nanos / nanosPerUsd }}
      series={models.seriesOf(series, money)}
      steps={steps}
      more={
        unknownModels.length === 0
          ? []
          : [
              {
                name: 'calls_of_unknown_cost',
                label: t('charts.unknownCost'),
                text: (value) => formatCount(value, i18n.language),
                values: unknown,
              },
            ]
      }
      empty={total === 0 && unknownModels.length === 0 ? t('tiles.costNone') : null}
    />
  )
}

/** How many calls are not in the sum, of which models, and where their price is set. */
function Unknown({ costs: { unknownModels }, label }: { costs: Costs; label: (model: string) => string }) {
  const { t, i18n } = useTranslation('overview')
  const calls = unknownModels.reduce((sum, one) => sum + one.calls, 0)
  const [first, ...others] = unknownModels
  if (!first) return null
  return (
    <Text size="xs">
      {t('charts.unknownCalls', { count: calls, text: formatCount(calls, i18n.language) })}{' '}
      {others.length === 0
        ? t('charts.ofModel', { model: label(first.model) })
        : t('charts.ofModels', { model: label(first.model), count: others.length })}{' '}
      <Anchor inherit underline="always" href={hrefOf('settings', { section: 'models' })}>
        {t('charts.setPrice')}
      </Anchor>
    </Text>
  )
}
