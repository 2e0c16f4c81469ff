/** The charts of the overview, each asking for what it draws. Loaded apart: they bring a library of their own. */
import { useQuery } from '@tanstack/react-query'
import { memo } from 'react'
import { CardSkeleton } from '../../../parts/charts/card-skeleton.tsx'
import { coarser } from '../../../parts/charts/grid.ts'
import { useOneByOne } from '../../../parts/when-idle.ts'
import { useApi } from '../../../queries/api.tsx'
import overview from '../overview.module.css'
import { gridOfScope, modelsOf, seriesOf } from '../questions.ts'
import { CostChart } from './cost-chart.tsx'
import { KeysChart } from './keys-chart.tsx'
import { LatencyChart } from './latency-chart.tsx'
import { OutcomesChart } from './outcomes-chart.tsx'
import { RunwayCard } from './runway-card.tsx'
import { SharesCard } from './shares-card.tsx'
import { TokensChart } from './tokens-chart.tsx'
import type { ChartProps } from './use-charts.ts'

/** The library makes every bar anew when its chart is drawn again: neither the next card nor the figures above are a reason to. */
const isSame = (before: ChartProps, after: ChartProps) =>
  before.zoom.zoomTo === after.zoom.zoomTo &&
  before.zoom.back === after.zoom.back &&
  JSON.stringify(before.scope) === JSON.stringify(after.scope)

/** In the order of the page; each takes the place of its skeleton. */
const cards = Object.entries({
  outcomes: OutcomesChart,
  cost: CostChart,
  tokens: TokensChart,
  latency: LatencyChart,
  keys: KeysChart,
  runway: RunwayCard,
  shares: SharesCard,
}).map(([name, Card]) => [name, memo(Card, isSame)] as const)
/** What a window shows at first. */
const inView = 2

export function Charts(props: ChartProps) {
  const { orpc } = useApi()
  const grid = gridOfScope(props.scope)
  const outcomes = useQuery(seriesOf(orpc, props.scope, grid, false))
  const models = useQuery(modelsOf(orpc, props.scope, coarser(grid)))
  // What lies below does not draw, or ask, before what is in view has its answers.
  const drawn = useOneByOne(inView, outcomes.isPending || models.isPending ? inView : cards.length)
  return (
    <div className={overview.charts}>
      {cards.map(([name, Card], index) => (index < drawn ? <Card key={name} {...props} /> : <CardSkeleton key={name} />))}
    </div>
  )
}
