/** The log as a virtualised table: only what is in view is in the page. */
import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { RequestRow } from '../../../src-preload/contract/index.ts'
import { formatDateTime, formatDuration, formatMoney, formatShort } from '../../format.ts'
import { LaneMark } from '../../parts/lane-mark.tsx'
import { AttemptsDots } from './attempts-dots.tsx'
import { uncertainAttempts } from './billing.ts'
import { ChargeMark } from './charge-mark.tsx'
import { KeptMark } from './kept-mark.tsx'
import { ModelCell } from './model-cell.tsx'
import { OutcomeIcon } from './outcome.tsx'
import classes from './traffic.module.css'
import type { Traffic } from './use-traffic.ts'

const rowHeight = 35
/** Rows before the end at which older ones are asked for. */
const loadAhead = 20

export interface TrafficTableProps {
  traffic: Traffic
  openId: string | null
  onOpen: (id: string) => void
}

export function TrafficTable({ traffic, openId, onOpen }: TrafficTableProps) {
  const { t, i18n } = useTranslation('traffic')
  const { at, rows, hasMore, loadingMore, loadMore } = traffic
  const panel = useRef<HTMLDivElement>(null)
  // oxlint-disable-next-line react/incompatible-library -- no React compiler here; the virtualizer re-renders by itself
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => panel.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  })
  const items = virtual.getVirtualItems()
  const last = items.at(-1)?.index ?? 0
  useEffect(() => {
    if (hasMore && !loadingMore && last >= rows.length - loadAhead) loadMore()
  }, [hasMore, loadingMore, loadMore, last, rows.length])
  // Another look at the log begins at its newest row.
  useEffect(() => {
    panel.current?.scrollTo({ top: 0 })
  }, [at])
  const above = items[0]?.start ?? 0
  const below = virtual.getTotalSize() - (items.at(-1)?.end ?? 0)
  return (
    // Scrollable regions must be reachable by keyboard.
    <div
      ref={panel}
      className={classes.panel}
      data-stale={traffic.stale || undefined}
      tabIndex={0}
      role="region"
      aria-label={t('list')}
    >
      <table className={classes.table} aria-rowcount={hasMore ? -1 : rows.length + 1}>
        <Columns />
        <tbody>
          {above > 0 && <Gap height={above} />}
          {items.map(({ index }) => {
            const row = rows[index]
            return row && <Row key={row.id} row={row} index={index} open={row.id === openId} onOpen={onOpen} />
          })}
          {below > 0 && <Gap height={below} />}
        </tbody>
      </table>
      <div className={classes.foot}>
        {!hasMore
          ? t('end')
          : traffic.lookedTo === null
            ? t('loadingMore')
            : t('lookedTo', { time: formatDateTime(traffic.lookedTo, i18n.language) })}
      </div>
    </div>
  )
}

function Columns() {
  const { t } = useTranslation('traffic')
  return (
    <thead>
      <tr>
        <th style={{ width: 136 }}>{t('columns.time')}</th>
        <th className={classes.wide} style={{ width: 120 }}>
          {t('columns.client')}
        </th>
        <th>{t('columns.model')}</th>
        <th>{t('columns.key')}</th>
        <th style={{ width: 76 }}>{t('columns.attempts')}</th>
        <th style={{ width: 76 }}>{t('columns.status')}</th>
        <th className={classes.number} style={{ width: 130 }}>
          {t('columns.timing')}
        </th>
        <th className={classes.number} style={{ width: 118 }}>
          {t('columns.tokens')}
        </th>
        <th className={`${classes.number} ${classes.wide}`} style={{ width: 106 }}>
          {t('columns.cost')}
        </th>
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
  open: boolean
  onOpen: (id: string) => void
}

function Row({ row, index, open, onOpen }: RowProps) {
  const { t, i18n } = useTranslation(['traffic', 'common'])
  const { language } = i18n
  const time = rowTime(row.at, language)
  return (
    <tr className={classes.row} data-open={open || undefined} aria-rowindex={index + 2} onClick={() => onOpen(row.id)}>
      <td>
        <button
          type="button"
          className={classes.time}
          aria-label={t('traffic:open', { time })}
          aria-expanded={open}
          onKeyDown={moveFocus}
        >
          {time}
        </button>
      </td>
      <td className={classes.wide} title={row.clientName ?? undefined}>
        <LaneMark lane={row.lane} /> {row.clientName ?? t('common:none')}
      </td>
      <td title={`${row.method} ${row.path}`}>
        <ModelCell row={row} />
      </td>
      <td title={`${row.pool} → ${row.keyLabel ?? ''}`}>
        <span className={classes.dimmed}>{row.pool} → </span>
        {row.keyLabel ?? t('common:none')}
      </td>
      <td>
        {row.cache === 'hit' ? <KeptMark /> : <AttemptsDots attempts={row.attempts} />}{' '}
        <ChargeMark count={uncertainAttempts(row)} />
      </td>
      <td>
        <span className={classes.outcome} title={t(`common:outcomes.${row.outcome}`)}>
          <OutcomeIcon outcome={row.outcome} size={14} />
          {row.status ?? t('common:none')}
        </span>
      </td>
      <td className={classes.number}>
        <span className={classes.dimmed}>{formatDuration(row.msFirstByte, language)} / </span>
        {formatDuration(row.msTotal, language)}
      </td>
      <td className={classes.number}>
        {formatShort(row.inputTokens, language)} / {formatShort(row.outputTokens, language)}
      </td>
      <td className={`${classes.number} ${classes.wide}`}>{formatMoney(row.costNanos, language)}</td>
    </tr>
  )
}

/** Arrow keys go from row to row; rows just out of view are in the page, and the browser scrolls to what has the focus. */
function moveFocus(event: KeyboardEvent<HTMLButtonElement>) {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
  const row = event.currentTarget.closest('tr')
  const next = event.key === 'ArrowDown' ? row?.nextElementSibling : row?.previousElementSibling
  next?.querySelector('button')?.focus()
  event.preventDefault()
}

/** The time of day; on other days the date is worth more than the seconds. */
function rowTime(at: number, language: string): string {
  const today = new Date(at).toDateString() === new Date().toDateString()
  const parts = today ? ({ second: '2-digit' } as const) : ({ month: 'short', day: 'numeric' } as const)
  return new Intl.DateTimeFormat(language, { ...parts, hour: '2-digit', minute: '2-digit' }).format(at)
}
