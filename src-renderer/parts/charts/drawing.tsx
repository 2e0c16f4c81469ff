/** Values over time as areas, bars or lines: the shapes are Recharts', the axes plain elements. */
import { useLayoutEffect, useRef, useState } from 'react'
import { Area, AreaChart, Bar, BarChart, getNiceTickValues, Line, LineChart, XAxis, YAxis } from 'recharts'
import { Axes } from './axes.tsx'
import classes from './charts.module.css'
import type { FillOf, Look } from './look.tsx'
import type { Plot } from './plot.ts'
import type { Step } from './steps.ts'

type Kind = 'areas' | 'bars' | 'lines'

export interface DrawingProps {
  kind: Kind
  /** In the order of the steps' values; areas and bars are stacked. */
  series: readonly { name: string; look: Look; dashed?: boolean }[]
  steps: readonly Step[]
  fillOf: FillOf
  /** Which steps are named, at most so many, and how. */
  namedOf: (most: number) => readonly number[]
  nameOf: (at: number) => string
  /** A value on the axis. */
  valueText: (value: number) => string
}

/** Pixels. */
const height = 210
/** Room for the name of a step, with the gap to the next one. */
const nameWidth = 62
const valueCount = 5

/** Where the steps of such a drawing lie. */
export function plotOf(kind: Kind, count: number): Plot {
  return { count, kind: kind === 'bars' ? 'bands' : 'points', left: 56, right: 12, top: 8, bottom: 30 }
}

export function Drawing({ namedOf, nameOf, valueText, ...shapes }: DrawingProps) {
  const { ref, width } = useWidth()
  const { kind, steps } = shapes
  const plot = plotOf(kind, steps.length)
  const values: number[] = getNiceTickValues([0, highest(kind, steps)], valueCount, false)
  const most = Math.max(1, Math.floor((width - plot.left - plot.right) / nameWidth))
  const named = new Set(width > 0 ? namedOf(most) : [])
  return (
    <div ref={ref} className={classes.drawing} style={{ height }}>
      <Axes
        plot={plot}
        values={values.map((value) => ({ value, text: valueText(value) }))}
        names={steps.flatMap(({ at }, index) => (named.has(at) ? { index, text: nameOf(at) } : []))}
      />
      {width > 0 && <Shapes {...shapes} plot={plot} top={values.at(-1) ?? 1} width={width} />}
    </div>
  )
}

/** Known before the first picture: a chart that is drawn once more when it has its place costs twice. */
function useWidth() {
  const ref = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(0)
  useLayoutEffect(() => {
    const element = ref.current
    if (!element) return
    const measure = () => setWidth(element.clientWidth)
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return { ref, width }
}

function highest(kind: Kind, steps: readonly Step[]): number {
  const of = ({ values }: Step) =>
    kind === 'lines'
      ? Math.max(0, ...values.map((value) => value ?? 0))
      : values.reduce<number>((sum, value) => sum + (value ?? 0), 0)
  return steps.reduce((most, step) => Math.max(most, of(step)), 0)
}

const stacked = { stackId: 'all' }
const still = { isAnimationActive: false, activeDot: false, dot: false }
const valueOf = (index: number) => (step: Step) => step.values[index]

interface ShapesProps extends Pick<DrawingProps, 'kind' | 'series' | 'steps' | 'fillOf'> {
  plot: Plot
  /** The value at the upper edge. */
  top: number
  width: number
}

function Shapes({ kind, series, steps, fillOf, plot: { left, right, top, bottom }, top: most, width }: ShapesProps) {
  const shared = { width, height, margin: { left, right, top, bottom }, data: [...steps], accessibilityLayer: false }
  // The library's own axes measure each name, and take as long as the rest of the drawing.
  const axes = (
    <>
      <XAxis dataKey="at" hide />
      <YAxis domain={[0, most]} hide />
    </>
  )
  switch (kind) {
    case 'areas':
      return (
        <AreaChart {...shared}>
          {axes}
          {series.map(({ name, look }, index) => (
            // A line would mark even a series that is zero here, as high as all others together.
            <Area key={name} dataKey={valueOf(index)} fill={fillOf(look)} fillOpacity={1} stroke="none" {...stacked} {...still} />
          ))}
        </AreaChart>
      )
    case 'bars':
      return (
        <BarChart {...shared}>
          {axes}
          {series.map(({ name, look }, index) => (
            <Bar key={name} dataKey={valueOf(index)} fill={fillOf(look)} {...stacked} isAnimationActive={false} />
          ))}
        </BarChart>
      )
    case 'lines':
      return (
        <LineChart {...shared}>
          {axes}
          {series.map(({ name, look, dashed }, index) => (
            <Line
              key={name}
              dataKey={valueOf(index)}
              stroke={look.color}
              strokeWidth={2}
              {...(dashed && { strokeDasharray: '5 4' })}
              {...still}
              dot={{ r: 1.5, fill: look.color, strokeWidth: 0 }}
            />
          ))}
        </LineChart>
      )
  }
}
