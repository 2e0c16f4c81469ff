/** Values over time, as areas, bars or lines. */
import { useTranslation } from 'react-i18next'
import { formatList } from '../../format.ts'
import { navigate, parseRoute } from '../../route.ts'
import { ChartCard, type ChartCardProps, type Series } from './chart-card.tsx'
import classes from './charts.module.css'
import { Drawing, plotOf } from './drawing.tsx'
import type { FigureColumn } from './figures.ts'
import { type Grid, ticksOf } from './grid.ts'
import { type FillOf, type Look, Swatch, useFills } from './look.tsx'
import { Stage } from './stage.tsx'
import type { Step } from './steps.ts'
import { timeLabel, timeTick } from './time-text.ts'

interface TimeUnit {
  /** In lists. */
  text: (value: number | null) => string
  /** On the axis. */
  tick: (value: number) => string
  filed?: (value: number) => number
}

export interface TimeChartProps extends Pick<ChartCardProps, 'title' | 'order' | 'how' | 'says' | 'note' | 'empty' | 'file'> {
  kind: 'areas' | 'bars' | 'lines'
  series: readonly Series[]
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

export function TimeChart(props: TimeChartProps) {
  const { title, order, how, says, note, empty, file, series, steps, kind } = props
  const { t } = useTranslation('charts')
  const { defs, fillOf } = useFills(series.map(({ look }) => look))
  // A single place makes no area and no line.
  const shape = steps.length < 3 && kind === 'areas' ? 'bars' : kind
  return (
    <ChartCard
      title={title}
      {...(order && { order })}
      how={`${how} ${t('use')}`}
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
  const { t, i18n } = useTranslation('charts')
  return () => {
    const filled = steps
      .map((step, index) => ({ step, extra: more.map(({ values }) => values[index] ?? 0) }))
      .filter(({ step, extra }) => [...step.values, ...extra].some((value) => value !== null && value !== 0))
    return {
      head: { label: t('time'), names: ['from', 'to'] },
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
}

function Drawn({ title, kind, series, steps, days, unit, hrefOf, onZoom, onBack, fillOf }: TimeChartProps & { fillOf: FillOf }) {
  const { t, i18n } = useTranslation('charts')
  const plot = plotOf(kind, steps.length)
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
        return `${nameOf(step)}: ${formatList(values, i18n.language) || t('nothing')}`
      }}
      stretchOf={(first, last) => {
        const [from, to] = [steps[first], steps[last]]
        return from && to ? timeLabel({ at: from.at, end: to.end }, days, i18n.language) : ''
      }}
      renderReadout={(index) => (
        <Readout title={nameOf(steps[index])} entries={told(steps[index])} fillOf={fillOf} nothing={t('nothing')} />
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
        {...{ kind, series, steps, fillOf }}
        namedOf={(most) => ticksOf(days, most)}
        nameOf={(at) => timeTick(at, days, i18n.language)}
        valueText={unit.tick}
      />
    </Stage>
  )
}

function open(href: string): void {
  const { place, params } = parseRoute(href)
  if (place) navigate(place, Object.fromEntries(params))
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
