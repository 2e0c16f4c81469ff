/** The list of keys: only the rows in view are drawn, and the keyboard does what the mouse does. */
import { Checkbox, VisuallyHidden } from '@mantine/core'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Key, Pool } from '../../../src-preload/contract/index.ts'
import { tracksOf } from '../../parts/columns/columns.ts'
import { rowHeights, useDensity } from '../../parts/use-density.ts'
import { useStable } from '../../parts/use-stable.ts'
import { numberColumns } from './key-cells.tsx'
import { columnGap, fixedColumns, type KeyColumn, keyColumns, needsFigures } from './key-columns.ts'
import { KeyMenu, type MenuAt } from './key-menu.tsx'
import { KeyRow, type RowCommand } from './key-row.tsx'
import classes from './key-table.module.css'
import { useKeyFigures } from './use-key-figures.ts'
import type { KeyList } from './use-key-list.ts'
import type { Selection } from './use-selection.ts'

export interface KeyTableProps {
  list: KeyList
  /** Says the same as long as the same keys are asked for: another list begins at its first row. */
  view: string
  pools: readonly Pool[]
  columns: readonly KeyColumn[]
  selection: Selection
  /** The key whose drawer is open. */
  openId: string | null
  onOpen: (key: Key) => void
  onCommand: (command: RowCommand, keys: readonly Key[]) => void
  onMove: (keys: readonly Key[], to: Pool) => void
  onTag: (keys: readonly Key[]) => void
  onExport: (ids: readonly string[]) => void
}

const commandOfKey: Partial<Record<string, RowCommand>> = {
  r: 'check',
  c: 'copy',
  e: 'toggle-enabled',
  Delete: 'remove',
  Backspace: 'remove',
}

export function KeyTable(props: KeyTableProps) {
  const { list, view, pools, columns, selection, openId, onOpen, onCommand, onMove, onTag, onExport } = props
  const { t } = useTranslation(['keys', 'common'])
  const { items, total, hasMore, loadMore } = list
  const scroller = useRef<HTMLDivElement>(null)
  const [active, setActive] = useState(0)
  const [menu, setMenu] = useState<MenuAt | null>(null)
  const [density] = useDensity()
  const rowHeight = rowHeights[density]
  // oxlint-disable-next-line react/incompatible-library -- no React compiler here; the virtualizer re-renders by itself
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 6,
  })
  useEffect(() => rows.measure(), [rows, rowHeight])
  const drawn = rows.getVirtualItems()
  const lastDrawn = drawn.at(-1)?.index ?? 0
  useEffect(() => {
    if (hasMore && lastDrawn >= items.length - 40) void loadMore()
  }, [hasMore, lastDrawn, items.length, loadMore])
  useEffect(() => {
    scroller.current?.scrollTo({ top: 0 })
    setActive(0)
  }, [view])
  const figuresOf = useKeyFigures(items, drawn[0]?.index ?? 0, lastDrawn, needsFigures(columns))

  const selected = items.filter((item) => selection.ids.has(item.id))
  const move = (to: number) => {
    const next = Math.max(0, Math.min(items.length - 1, to))
    setActive(next)
    rows.scrollToIndex(next)
  }
  const openMenu = useStable((index: number, x: number, y: number) => {
    const key = items[index]
    if (!key) return
    setActive(index)
    // A row that is selected stands for all that are.
    setMenu({ x, y, keys: selection.ids.has(key.id) ? selected : [key] })
  })
  const select = useStable((index: number, span: boolean) => {
    const id = items[index]?.id
    if (id === undefined) return
    setActive(index)
    if (span)
      selection.extendTo(
        id,
        items.map((key) => key.id),
      )
    else selection.toggle(id)
  })
  const open = useStable((index: number) => {
    setActive(index)
    const key = items[index]
    if (key) onOpen(key)
  })
  const command = useStable((index: number, name: RowCommand) => {
    const key = items[index]
    if (key) onCommand(name, [key])
  })
  const closeMenu = () => {
    setMenu(null)
    scroller.current?.focus({ preventScroll: true })
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const key = items[active]
    // While its menu is open, the keyboard is the menu's.
    if (!key || menu || event.ctrlKey || event.metaKey || event.altKey) return
    const moves: Partial<Record<string, number>> = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      PageDown: active + 15,
      PageUp: active - 15,
      Home: 0,
      End: items.length - 1,
    }
    const to = moves[event.key]
    const pressed = commandOfKey[event.key]
    if (to !== undefined) move(to)
    else if (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) {
      const row = document.getElementById(`key-row-${active}`)?.getBoundingClientRect()
      if (row) openMenu(active, row.left + 160, row.bottom)
    } else if (event.key === 'Enter') onOpen(key)
    else if (event.key === ' ') selection.toggle(key.id)
    else if (event.key === 'Escape' && selection.ids.size > 0) selection.clear()
    else if (pressed) onCommand(pressed, selected.length > 0 ? selected : [key])
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  return (
    <>
      <div
        ref={scroller}
        className={classes.scroller}
        style={gridOf(columns, density === 'comfortable' ? 1.1 : 1)}
        role="grid"
        tabIndex={0}
        aria-label={t('table.label')}
        aria-rowcount={total + 1}
        aria-multiselectable
        aria-activedescendant={drawn.some((row) => row.index === active) ? `key-row-${active}` : undefined}
        onKeyDown={onKeyDown}
        onContextMenu={(event) => event.preventDefault()}
      >
        <Head items={items} columns={columns} selection={selection} />
        <div role="rowgroup" className={classes.body} style={{ height: rows.getTotalSize() }}>
          {drawn.map((row) => {
            const key = items[row.index]
            return (
              key && (
                <KeyRow
                  key={key.id}
                  entry={key}
                  figures={figuresOf(key.id)}
                  pools={pools}
                  columns={columns}
                  index={row.index}
                  top={row.start}
                  height={rowHeight}
                  active={row.index === active}
                  open={key.id === openId}
                  selected={selection.ids.has(key.id)}
                  onSelect={select}
                  onOpen={open}
                  onCommand={command}
                  onMenu={openMenu}
                />
              )
            )
          })}
        </div>
      </div>
      <KeyMenu
        at={menu}
        pools={pools}
        onOpen={onOpen}
        onCommand={onCommand}
        onMove={onMove}
        onTag={onTag}
        onExport={(keys) => onExport(keys.map(({ id }) => id))}
        onClose={closeMenu}
      />
    </>
  )
}

function Head({ items, columns, selection }: { items: readonly Key[]; columns: readonly KeyColumn[]; selection: Selection }) {
  const { t } = useTranslation(['keys'])
  const allSelected = items.length > 0 && items.every((key) => selection.ids.has(key.id))
  return (
    <div className={classes.head} role="row" aria-rowindex={1}>
      <div role="columnheader" className={classes.select}>
        <Checkbox
          size="xs"
          tabIndex={-1}
          aria-label={t('table.selectAll')}
          checked={allSelected}
          indeterminate={!allSelected && selection.ids.size > 0}
          onChange={() => (allSelected ? selection.clear() : selection.set(items.map((key) => key.id)))}
        />
      </div>
      <div role="columnheader">{t('table.state')}</div>
      <div role="columnheader" className={classes.key}>
        {t('table.key')}
      </div>
      {columns.map((name) => (
        <div key={name} role="columnheader" data-number={numberColumns.has(name) || undefined}>
          {t(`table.${name}`)}
        </div>
      ))}
      <div role="columnheader" className={classes.actions}>
        <VisuallyHidden>{t('table.actions')}</VisuallyHidden>
      </div>
    </div>
  )
}

/** Tracks of head and rows; more than fit are scrolled to. */
function gridOf(columns: readonly KeyColumn[], scale: number): Record<string, string> {
  const { select, state, key, menu } = fixedColumns
  const chosen = keyColumns.filter(({ name }) => columns.includes(name))
  const tracks = [
    `${select}px`,
    `${Math.round(state * scale)}px`,
    `minmax(${Math.round(key * scale)}px, 2fr)`,
    ...tracksOf(keyColumns, columns, scale),
    `${menu}px`,
  ]
  const least = chosen.reduce(
    (sum, { width }) => sum + width * scale + columnGap,
    (state + key) * scale + select + menu + 3 * columnGap,
  )
  return { '--tracks': tracks.join(' '), '--least': `${Math.round(least)}px`, '--gap': `${columnGap}px` }
}
