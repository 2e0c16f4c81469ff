/** Values over time, stacked: as areas or bars, and as a table. */
import { AreaChart, BarChart } from '@mantine/charts'
import { getThemeColor, Table, useMantineTheme } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { formatShort } from '../../format.ts'
import { ChartCard } from './chart-card.tsx'
import classes from './overview.module.css'
import type { Step } from './series.ts'
import { timeLabel, timeTick } from './time-text.ts'

interface TimeSeries {
  /** Mantine colour, e.g. `indigo.4`. */
  color: string
  label: string
  sum: number
  /** The requests behind the series. */
  href: string | null
}

export interface TimeChartProps {
  title: string
  how: string
  kind: 'areas' | 'bars'
  series: readonly TimeSeries[]
  steps: readonly Step[]
  /** Length of a step in ms. */
  step: number
  /** The requests behind one step. */
  hrefOfStep: (at: number) => string
  empty: string
}

export function TimeChart({ title, how, kind, series, steps, step, hrefOfStep, empty }: TimeChartProps) {
  const { i18n } = useTranslation()
  const theme = useMantineTheme()
  const short = (value: number) => formatShort(value, i18n.language)
  // Recharts and Mantine read a dot in a series' name as a path, and model names have dots: series are named by their place.
  const chartSeries = series.map(({ color, label }, index) => ({ name: `s${index}`, color, label }))
  const open = ({ activeLabel }: { activeLabel?: string | number | undefined }) => {
    if (activeLabel !== undefined) location.hash = hrefOfStep(Number(activeLabel))
  }
  const shared = {
    h: 220,
    className: classes.chart,
    data: steps.map(({ at, values }) => ({ at, ...Object.fromEntries(values.map((value, index) => [`s${index}`, value])) })),
    dataKey: 'at',
    series: chartSeries,
    valueFormatter: short,
    accessibilityLayer: false,
    xAxisProps: { tickFormatter: (at: number) => timeTick(at, step, i18n.language), minTickGap: 24 },
    yAxisProps: { width: 44, allowDecimals: false },
    // Recharts also asks while no point is pointed at.
    tooltipProps: { labelFormatter: (at: unknown) => (typeof at === 'number' ? timeLabel(at, step, i18n.language) : '') },
  }
  return (
    <ChartCard
      title={title}
      how={how}
      empty={steps.length === 0 || series.length === 0 ? empty : null}
      legend={series.map(({ color, label, sum, href }, index) => ({
        name: `s${index}`,
        label,
        color: getThemeColor(color, theme),
        value: short(sum),
        href,
      }))}
      chart={
        // The table says the same to a screen reader; the drawing would only be a heap of numbers.
        <div aria-hidden>
          {kind === 'areas' ? (
            <AreaChart
              {...shared}
              type="stacked"
              curveType="linear"
              withDots={false}
              fillOpacity={0.8}
              // A line would mark even a series that is zero here, as high as all others together.
              strokeWidth={0}
              areaChartProps={{ onClick: open }}
            />
          ) : (
            <BarChart {...shared} type="stacked" barChartProps={{ onClick: open }} />
          )}
        </div>
      }
      table={<StepTable {...{ title, series, steps, step, hrefOfStep }} />}
    />
  )
}

function StepTable({
  title,
  series,
  steps,
  step,
  hrefOfStep,
}: Pick<TimeChartProps, 'title' | 'series' | 'steps' | 'step' | 'hrefOfStep'>) {
  const { t, i18n } = useTranslation('overview')
  const filled = steps.filter(({ values }) => values.some((value) => value > 0))
  return (
    <Table stickyHeader aria-label={title}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t('charts.time')}</Table.Th>
          {series.map(({ label }) => (
            <Table.Th key={label} className={classes.number}>
              {label}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {filled.map(({ at, values }) => (
          <Table.Tr key={at}>
            <Table.Td>
              <a className={classes.link} href={hrefOfStep(at)}>
                {timeLabel(at, step, i18n.language)}
              </a>
            </Table.Td>
            {values.map((value, index) => (
              <Table.Td key={series[index]?.label} className={classes.number}>
                {formatShort(value, i18n.language)}
              </Table.Td>
            ))}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}
