/** The list of keys: only the rows in view are drawn, and the keyboard does what the mouse does. */
import { Checkbox, VisuallyHidden } from '@mantine/core'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Key, Pool } from '../../../src-preload/contract/index.ts'
import { KeyMenu, type MenuAt } from './key-menu.tsx'
import { KeyRow, type RowCommand } from './key-row.tsx'
import classes from './key-table.module.css'
import type { KeyList } from './use-key-list.ts'
import type { Selection } from './use-selection.ts'

export interface KeyTableProps {
  list: KeyList
  pools: readonly Pool[]
  selection: Selection
  /** The key whose drawer is open. */
  openId: string | null
  onOpen: (key: Key) => void
  onCommand: (command: RowCommand, keys: readonly Key[]) => void
  onMove: (keys: readonly Key[], to: Pool) => void
}

const rowHeight = 36
const commandOfKey: Partial<Record<string, RowCommand>> = {
  r: 'check',
  c: 'copy',
  e: 'toggle-enabled',
  Delete: 'remove',
  Backspace: 'remove',
}

export function KeyTable({ list, pools, selection, openId, onOpen, onCommand, onMove }: KeyTableProps) {
  const { t } = useTranslation(['keys', 'common'])
  const { items, total, hasMore, loadMore } = list
  const scroller = useRef<HTMLDivElement>(null)
  const [active, setActive] = useState(0)
  const [menu, setMenu] = useState<MenuAt | null>(null)
  // oxlint-disable-next-line react/incompatible-library -- no React compiler here; the virtualizer re-renders by itself
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  })
  const drawn = rows.getVirtualItems()
  const lastDrawn = drawn.at(-1)?.index ?? 0
  useEffect(() => {
    if (hasMore && lastDrawn >= items.length - 40) void loadMore()
  }, [hasMore, lastDrawn, items.length, loadMore])

  const order = items.map((key) => key.id)
  const move = (to: number) => {
    const next = Math.max(0, Math.min(items.length - 1, to))
    setActive(next)
    rows.scrollToIndex(next)
  }
  const selected = items.filter((item) => selection.ids.has(item.id))
  const openMenu = (index: number, x: number, y: number) => {
    const key = items[index]
    if (!key) return
    setActive(index)
    // A row that is selected stands for all that are.
    setMenu({ x, y, keys: selection.ids.has(key.id) ? selected : [key] })
  }
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
    const command = commandOfKey[event.key]
    if (to !== undefined) move(to)
    else if (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) {
      const row = document.getElementById(`key-row-${active}`)?.getBoundingClientRect()
      if (row) openMenu(active, row.left + 160, row.bottom)
    } else if (event.key === 'Enter') onOpen(key)
    else if (event.key === ' ') selection.toggle(key.id)
    else if (event.key === 'Escape' && selection.ids.size > 0) selection.clear()
    else if (command) onCommand(command, selected.length > 0 ? selected : [key])
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  const allSelected = items.length > 0 && items.every((key) => selection.ids.has(key.id))

  return (
    <>
      <div
        ref={scroller}
        className={classes.scroller}
        role="grid"
        tabIndex={0}
        aria-label={t('table.label')}
        aria-rowcount={total + 1}
        aria-multiselectable
        aria-activedescendant={drawn.some((row) => row.index === active) ? `key-row-${active}` : undefined}
        onKeyDown={onKeyDown}
        onContextMenu={(event) => event.preventDefault()}
      >
        <div className={classes.head} role="row" aria-rowindex={1}>
          <div role="columnheader" className={classes.select}>
            <Checkbox
              size="xs"
              tabIndex={-1}
              aria-label={t('table.selectAll')}
              checked={allSelected}
              indeterminate={!allSelected && selection.ids.size > 0}
              onChange={() => (allSelected ? selection.clear() : selection.set(order))}
            />
          </div>
          {(['state', 'key', 'pools', 'used', 'tags'] as const).map((column) => (
            <div key={column} role="columnheader" className={classes[column]}>
              {t(`table.${column}`)}
            </div>
          ))}
          <div role="columnheader">
            <VisuallyHidden>{t('table.actions')}</VisuallyHidden>
          </div>
        </div>
        <div role="rowgroup" className={classes.body} style={{ height: rows.getTotalSize() }}>
          {drawn.map((row) => {
            const key = items[row.index]
            return (
              key && (
                <KeyRow
                  key={key.id}
                  entry={key}
                  pools={pools}
                  index={row.index}
                  top={row.start}
                  height={rowHeight}
                  active={row.index === active}
                  open={key.id === openId}
                  selected={selection.ids.has(key.id)}
                  onSelect={(span) => (span ? selection.extendTo(key.id, order) : selection.toggle(key.id))}
                  onOpen={() => {
                    setActive(row.index)
                    onOpen(key)
                  }}
                  onCommand={(command) => onCommand(command, [key])}
                  onMenu={(x, y) => openMenu(row.index, x, y)}
                />
              )
            )
          })}
        </div>
      </div>
      <KeyMenu at={menu} pools={pools} onOpen={onOpen} onCommand={onCommand} onMove={onMove} onClose={closeMenu} />
    </>
  )
}
