/** Values over time, as areas, bars or lines. */
import { AreaChart, BarChart, LineChart } from '@mantine/charts'
import { useTranslation } from 'react-i18next'
import { navigate, parseRoute } from '../../../route.ts'
import { ChartCard, type ChartCardProps } from './chart-card.tsx'
import classes from './charts.module.css'
import type { FigureColumn } from './figures.ts'
import { type Grid, ticksOf } from './grid.ts'
import { type FillOf, type Look, Swatch, useFills } from './look.tsx'
import type { Plot } from './plot.ts'
import type { Step } from './series.ts'
import { Stage } from './stage.tsx'
import { timeLabel, timeTick } from './time-text.ts'

export interface TimeSeries {
  /** In the file. */
  name: string
  label: string
  look: Look
  dashed?: boolean
  /** Of the whole range, as text. */
  value: string
  /** The requests behind the series. */
  href: string | null
}

interface TimeUnit {
  /** In lists. */
  text: (value: number | null) => string
  /** On the axis. */
  tick: (value: number) => string
  filed?: (value: number) => number
}

export interface TimeChartProps extends Pick<ChartCardProps, 'title' | 'order' | 'how' | 'says' | 'note' | 'empty' | 'file'> {
  kind: 'areas' | 'bars' | 'lines'
  series: readonly TimeSeries[]
  steps: readonly Step[]
  days: Grid
  unit: TimeUnit
  /** More columns of the table, each with a value per step. */
  more?: readonly (FigureColumn & { values: readonly number[] })[]
  /** The requests behind one step. */
  hrefOf: (step: Step) => string
  onZoom: (from: number, to: number) => void
  /** Leaves a stretch that was looked at; absent = there is no way back from here. */
  onBack?: () => void
}

const height = 210
const margin = { top: 8, right: 12, bottom: 0, left: 0 }
const axis = { width: 56, height: 30 }

export function TimeChart(props: TimeChartProps) {
  const { title, order, how, says, note, empty, file, series, steps, kind } = props
  const { t } = useTranslation('overview')
  const { defs, fillOf } = useFills(series.map(({ look }) => look))
  // A single place makes no area and no line.
  const shape = steps.length < 3 && kind === 'areas' ? 'bars' : kind
  return (
    <ChartCard
      title={title}
      {...(order && { order })}
      how={`${how} ${t('charts.use')}`}
      says={says}
      note={note}
      empty={empty}
      file={file}
      legend={{ entries: series, fillOf }}
      chart={
        <>
          {defs}
          <Drawn {...props} kind={shape} fillOf={fillOf} />
        </>
      }
      figures={useFigures(props)}
    />
  )
}

function useFigures({ series, steps, days, unit, more = [], hrefOf }: TimeChartProps): ChartCardProps['figures'] {
  const { t, i18n } = useTranslation('overview')
  const filled = steps
    .map((step, index) => ({ step, extra: more.map(({ values }) => values[index] ?? 0) }))
    .filter(({ step, extra }) => [...step.values, ...extra].some((value) => value !== null && value !== 0))
  return {
    head: { label: t('charts.time'), names: ['from', 'to'] },
    columns: [
      ...series.map(({ name, label }) => ({ name, label, text: unit.text, ...(unit.filed && { filed: unit.filed }) })),
      ...more,
    ],
    rows: filled.map(({ step, extra }) => ({
      id: String(step.at),
      label: timeLabel(step, days, i18n.language),
      href: hrefOf(step),
      filed: [new Date(step.at).toISOString(), new Date(step.end).toISOString()],
      cells: [...step.values, ...extra].map((value) => ({ value })),
    })),
  }
}

function Drawn({ title, kind, series, steps, days, unit, hrefOf, onZoom, onBack, fillOf }: TimeChartProps & { fillOf: FillOf }) {
  const { t, i18n } = useTranslation('overview')
  const plot: Plot = {
    count: steps.length,
    kind: kind === 'bars' ? 'bands' : 'points',
    left: axis.width,
    right: margin.right,
    top: margin.top,
    bottom: axis.height,
  }
  const nameOf = (step: Step | undefined) => (step ? timeLabel(step, days, i18n.language) : '')
  const told = (step: Step | undefined) =>
    series.flatMap((one, index) => {
      const value = step?.values[index] ?? null
      return value === null || value === 0 ? [] : [{ ...one, text: unit.text(value) }]
    })
  return (
    <Stage
      label={title}
      plot={plot}
      wordsOf={(index) => {
        const step = steps[index]
        const values = told(step).map(({ label, text }) => `${label} ${text}`)
        return `${nameOf(step)}: ${values.join(', ') || t('charts.nothing')}`
      }}
      stretchOf={(first, last) => {
        const [from, to] = [steps[first], steps[last]]
        return from && to ? timeLabel({ at: from.at, end: to.end }, days, i18n.language) : ''
      }}
      renderReadout={(index) => (
        <Readout title={nameOf(steps[index])} entries={told(steps[index])} fillOf={fillOf} nothing={t('charts.nothing')} />
      )}
      onOpen={(index) => {
        const step = steps[index]
        if (step) open(hrefOf(step))
      }}
      onZoom={(first, last) => {
        const [from, to] = [steps[first], steps[last]]
        if (from && to) onZoom(from.at, to.end)
      }}
      {...(onBack && { onBack })}
    >
      <Drawing
        {...{ kind, series, steps, fillOf, unit }}
        ticks={ticksOf(days)}
        tick={(at) => timeTick(at, days, i18n.language)}
      />
    </Stage>
  )
}

function open(href: string): void {
  const { place, params } = parseRoute(href)
  if (place) navigate(place, Object.fromEntries(params))
}

interface DrawingProps extends Pick<TimeChartProps, 'kind' | 'series' | 'steps' | 'unit'> {
  fillOf: FillOf
  /** The steps that are named, and their names. */
  ticks: readonly number[]
  tick: (at: number) => string
}

function Drawing({ kind, series, steps, unit, fillOf, ticks, tick }: DrawingProps) {
  // Recharts and Mantine read a dot in a series' name as a path, and model names have dots: series are named by their place.
  const drawn = series.map(({ look, label, dashed }, index) => ({
    name: `s${index}`,
    label,
    color: look.color,
    ...(dashed && { strokeDasharray: '5 4' }),
  }))
  const fill = ({ name }: { name: string }) => fillOf(series[Number(name.slice(1))]?.look ?? { color: 'none', texture: 'plain' })
  const shared = {
    h: height,
    data: steps.map(({ at, values }) => ({ at, ...Object.fromEntries(values.map((value, index) => [`s${index}`, value])) })),
    dataKey: 'at',
    series: drawn,
    accessibilityLayer: false,
    withTooltip: false,
    xAxisProps: {
      ticks: [...ticks],
      tickFormatter: tick,
      minTickGap: 12,
      interval: 'preserveStart' as const,
      height: axis.height,
    },
    // A tick of two words would be set in two lines.
    yAxisProps: {
      width: axis.width,
      allowDecimals: false,
      tickFormatter: (value: number) => unit.tick(value).replaceAll(' ', '\u00a0'),
    },
  }
  switch (kind) {
    case 'areas':
      return (
        <AreaChart
          {...shared}
          type="stacked"
          curveType="linear"
          withDots={false}
          // A line would mark even a series that is zero here, as high as all others together.
          areaProps={(one) => ({ fill: fill(one), strokeWidth: 0 })}
          areaChartProps={{ margin }}
        />
      )
    case 'bars':
      return <BarChart {...shared} type="stacked" barProps={(one) => ({ fill: fill(one) })} barChartProps={{ margin }} />
    case 'lines':
      return (
        <LineChart
          {...shared}
          curveType="linear"
          connectNulls={false}
          strokeWidth={2}
          withDots
          dotProps={{ r: 1.5, strokeWidth: 0 }}
          lineChartProps={{ margin }}
        />
      )
  }
}

interface ReadoutProps {
  title: string
  entries: readonly { name: string; label: string; look: Look; dashed?: boolean; text: string }[]
  fillOf: FillOf
  nothing: string
}

function Readout({ title, entries, fillOf, nothing }: ReadoutProps) {
  return (
    <>
      <div>
        <b>{title}</b>
      </div>
      {/* As they lie in the stack, the topmost first. */}
      {entries.toReversed().map(({ name, label, look, dashed = false, text }) => (
        <div key={name}>
          <Swatch look={look} fillOf={fillOf} dashed={dashed} />
          <span className={classes.name}>{label}</span>
          <b>{text}</b>
        </div>
      ))}
      {entries.length === 0 && <div>{nothing}</div>}
    </>
  )
}
