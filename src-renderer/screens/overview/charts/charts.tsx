/** The charts of the overview, each asking for what it draws. Loaded apart: they bring a library of their own. */
import { memo } from 'react'
import { useOneByOne } from '../../../parts/when-idle.ts'
import overview from '../overview.module.css'
import { CardSkeleton } from './card-skeleton.tsx'
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
  const drawn = useOneByOne(inView, cards.length)
  return (
    <div className={overview.charts}>
      {cards.map(([name, Card], index) => (index < drawn ? <Card key={name} {...props} /> : <CardSkeleton key={name} />))}
    </div>
  )
}
