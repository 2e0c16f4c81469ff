/** The charts of the overview, each asking for what it draws. Loaded apart: they bring a library of their own. */
import overview from '../overview.module.css'
import { CostChart } from './cost-chart.tsx'
import { KeysChart } from './keys-chart.tsx'
import { LatencyChart } from './latency-chart.tsx'
import { OutcomesChart } from './outcomes-chart.tsx'
import { RunwayCard } from './runway-card.tsx'
import { SharesCard } from './shares-card.tsx'
import { TokensChart } from './tokens-chart.tsx'
import type { ChartProps } from './use-charts.ts'

export function Charts(props: ChartProps) {
  const { scope } = props
  return (
    <div className={overview.charts}>
      <OutcomesChart {...props} />
      <CostChart {...props} />
      <TokensChart {...props} />
      <LatencyChart {...props} />
      <KeysChart scope={scope} />
      <RunwayCard scope={scope} />
      <SharesCard scope={scope} />
    </div>
  )
}
