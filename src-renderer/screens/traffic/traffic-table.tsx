/** The log as a virtualised table: only what is in view is in the page. */
import { useVirtualizer } from '@tanstack/react-virtual'
import { memo, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { RequestRow } from '../../../src-preload/contract/index.ts'
import { formatDateTime } from '../../format.ts'
import { dateFormat } from '../../formatters.ts'
import { rowHeights, useDensity } from '../../parts/use-density.ts'
import { useStable } from '../../parts/use-stable.ts'
import classes from './traffic.module.css'
import { trafficCells } from './traffic-cells.tsx'
import { numberColumns, type TrafficColumn, timeWidth, trafficColumns } from './traffic-columns.ts'
import { useRowFocus } from './use-row-focus.ts'
import type { Traffic } from './use-traffic.ts'

/** Rows before the end at which older ones are asked for. */
const loadAhead = 20

export interface TrafficTableProps {
  traffic: Traffic
  columns: readonly TrafficColumn[]
  openId: string | null
  onOpen: (id: string) => void
  /** Somebody reads in it, or no more. */
  onReading: (reading: boolean) => void
}

export function TrafficTable({ traffic, columns, openId, onOpen, onReading }: TrafficTableProps) {
  const { t } = useTranslation('traffic')
  const { view, rows, hasMore, loadingMore, loadMore } = traffic
  const panel = useRef<HTMLDivElement>(null)
  const [density] = useDensity()
  const rowHeight = rowHeights[density]
  const open = useStable(onOpen)
  const reading = useReading(panel, onReading)
  // oxlint-disable-next-line react/incompatible-library -- no React compiler here; the virtualizer re-renders by itself
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => panel.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  })
  useEffect(() => virtual.measure(), [virtual, rowHeight])
  const rowFocus = useRowFocus(panel, {
    count: rows.length,
    first: () => Math.ceil((panel.current?.scrollTop ?? 0) / rowHeight),
    reveal: (index) => virtual.scrollToIndex(index),
  })
  const items = virtual.getVirtualItems()
  const last = items.at(-1)?.index ?? 0
  useEffect(() => {
    if (hasMore && !loadingMore && last >= rows.length - loadAhead) loadMore()
  }, [hasMore, loadingMore, loadMore, last, rows.length])
  // Another look at the log begins at its newest row.
  useEffect(() => {
    panel.current?.scrollTo({ top: 0 })
  }, [view])
  const above = items[0]?.start ?? 0
  const below = virtual.getTotalSize() - (items.at(-1)?.end ?? 0)
  return (
    // Scrollable regions must be reachable by keyboard.
    <div
      ref={panel}
      id="traffic-log"
      className={classes.panel}
      style={heightOf(rowHeight)}
      data-stale={traffic.stale || undefined}
      tabIndex={0}
      role="region"
      aria-label={t('list')}
      {...reading}
      {...rowFocus}
    >
      <table className={classes.table} style={{ minWidth: leastWidth(columns) }} aria-rowcount={hasMore ? -1 : rows.length + 1}>
        <Head columns={columns} />
        <tbody>
          {above > 0 && <Gap height={above} />}
          {items.map(({ index }) => {
            const row = rows[index]
            return row && <Row key={row.id} row={row} index={index} columns={columns} open={row.id === openId} onOpen={open} />
          })}
          {below > 0 && <Gap height={below} />}
        </tbody>
      </table>
      <Foot traffic={traffic} />
    </div>
  )
}

/** Of a cell: a line lies between two. */
function heightOf(rowHeight: number): Record<string, string> {
  return { '--row': `${rowHeight - 1}px` }
}

/** A list is read where it is scrolled, under the pointer, and with the focus in it. */
function useReading(panel: React.RefObject<HTMLDivElement | null>, onReading: (reading: boolean) => void) {
  const why = useRef({ scrolled: false, pointed: false, focused: false })
  const tell = useStable((change: Partial<typeof why.current>) => {
    why.current = { ...why.current, ...change }
    onReading(Object.values(why.current).some(Boolean))
  })
  useEffect(() => () => tell({ scrolled: false, pointed: false, focused: false }), [tell])
  return {
    onScroll: () => tell({ scrolled: (panel.current?.scrollTop ?? 0) > 0 }),
    onPointerEnter: () => tell({ pointed: true }),
    onPointerLeave: () => tell({ pointed: false }),
    // The focus on the list as a whole reads nothing yet.
    onFocus: (event: React.FocusEvent) => tell({ focused: event.target !== panel.current }),
    onBlur: () => tell({ focused: false }),
  }
}

function leastWidth(columns: readonly TrafficColumn[]): number {
  return trafficColumns.reduce((sum, { name, width }) => (columns.includes(name) ? sum + width : sum), timeWidth)
}

function Foot({ traffic: { hasMore, lookedTo } }: { traffic: Traffic }) {
  const { t, i18n } = useTranslation('traffic')
  return (
    <div className={classes.foot}>
      {!hasMore
        ? t('end')
        : lookedTo === null
          ? t('loadingMore')
          : t('lookedTo', { time: formatDateTime(lookedTo, i18n.language) })}
    </div>
  )
}

function Head({ columns }: { columns: readonly TrafficColumn[] }) {
  const { t } = useTranslation('traffic')
  return (
    <thead>
      <tr>
        <th style={{ width: timeWidth }}>{t('columns.time')}</th>
        {trafficColumns.map(
          ({ name, width, grow }) =>
            columns.includes(name) && (
              <th key={name} className={numberColumns.has(name) ? classes.number : undefined} style={grow > 0 ? {} : { width }}>
                {t(`columns.${name}`)}
              </th>
            ),
        )}
      </tr>
    </thead>
  )
}

/** Stands for the rows that are out of view. */
function Gap({ height }: { height: number }) {
  return (
    <tr className={classes.gap} aria-hidden>
      <td style={{ height }} />
    </tr>
  )
}

interface RowProps {
  row: RequestRow
  index: number
  columns: readonly TrafficColumn[]
  open: boolean
  /** Must stay the same from one drawing to the next. */
  onOpen: (id: string) => void
}

/** Drawn anew only when something of it has changed. */
const Row = memo(function Row({ row, index, columns, open, onOpen }: RowProps) {
  const { t, i18n } = useTranslation(['traffic'])
  const time = rowTime(row.at, i18n.language)
  return (
    <tr className={classes.row} data-open={open || undefined} aria-rowindex={index + 2} onClick={() => onOpen(row.id)}>
      <td>
        <button type="button" className={classes.time} aria-label={t('open', { time })} aria-expanded={open}>
          {time}
        </button>
      </td>
      {columns.map((name) => {
        const Cell = trafficCells[name]
        return (
          <td key={name} className={numberColumns.has(name) ? classes.number : undefined}>
            <Cell row={row} />
          </td>
        )
      })}
    </tr>
  )
})

/** The time of day; on other days the date is worth more than the seconds. */
function rowTime(at: number, language: string): string {
  const today = new Date(at).toDateString() === new Date().toDateString()
  const parts = today ? ({ second: '2-digit' } as const) : ({ month: 'short', day: 'numeric' } as const)
  return dateFormat(language, { ...parts, hour: '2-digit', minute: '2-digit' }).format(at)
}
