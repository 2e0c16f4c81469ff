/** What it cost, by model over time; what nobody knows the price of is said beside it, never taken for nothing. */
import { Anchor, Group } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { formatCount, formatMoney, formatPercent } from '../../../format.ts'
import { CardSkeleton } from '../../../parts/charts/card-skeleton.tsx'
import classes from '../../../parts/charts/charts.module.css'
import { coarser } from '../../../parts/charts/grid.ts'
import { busiest } from '../../../parts/charts/steps.ts'
import { TimeChart } from '../../../parts/charts/time-chart.tsx'
import { timeLabel } from '../../../parts/charts/time-text.ts'
import { ErrorNotice } from '../../../parts/error-notice.tsx'
import { useApi } from '../../../queries/api.tsx'
import { hrefOf } from '../../../route.ts'
import { gridOfScope, modelsOf } from '../questions.ts'
import { type Scope, trafficHref } from '../scope.ts'
import { useModelSeries } from './model-series.ts'
import { type Costs, foldCosts } from './series.ts'
import { type ChartProps, useTimeProps } from './use-charts.ts'

const nanosPerUsd = 1e9

export function CostChart(props: ChartProps) {
  const { scope } = props
  const { orpc } = useApi()
  const { t, i18n } = useTranslation('overview')
  const grid = coarser(gridOfScope(scope))
  const answer = useQuery(modelsOf(orpc, scope, grid))
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
      note={<Unknown scope={scope} costs={costs} label={models.label} />}
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

/** Models named in the note; the table has them all. */
const namedUnknown = 3

/** How many calls are not in the sum, of which models, and where their price is set. */
function Unknown({ scope, costs, label }: { scope: Scope; costs: Costs; label: (model: string) => string }) {
  const { t, i18n } = useTranslation('overview')
  const { unknownModels } = costs
  const count = (calls: number) => formatCount(calls, i18n.language)
  const calls = unknownModels.reduce((sum, one) => sum + one.calls, 0)
  if (calls === 0) return null
  return (
    <Group gap="2px 10px" fz="xs">
      <a className={classes.link} href={trafficHref(scope, { cost: 'unknown' })}>
        {t('charts.unknownCalls', { count: calls, text: count(calls) })}
      </a>
      {unknownModels.slice(0, namedUnknown).map(({ model, calls: own }) => (
        <span key={model}>
          {model === '' ? (
            label(model)
          ) : (
            <a className={classes.link} href={trafficHref(scope, { model, cost: 'unknown' })}>
              {label(model)}
            </a>
          )}{' '}
          <b>{count(own)}</b>
        </span>
      ))}
      <Anchor inherit underline="always" href={hrefOf('settings', { section: 'models' })}>
        {t('charts.setPrice')}
      </Anchor>
    </Group>
  )
}
