/** One key in the list. */
import { Checkbox } from '@mantine/core'
import { IconDots, IconPlayerPause, IconPlayerPlay, IconStethoscope, IconTrash } from '@tabler/icons-react'
import { type MouseEvent, memo, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Key, KeyFigures, Pool } from '../../../src-preload/contract/index.ts'
import { keyCells, numberColumns } from './key-cells.tsx'
import type { KeyColumn } from './key-columns.ts'
import { KeyState } from './key-state.tsx'
import classes from './key-table.module.css'

export type RowCommand = 'check' | 'copy' | 'toggle-enabled' | 'remove'

export interface KeyRowProps {
  entry: Key
  figures: KeyFigures | undefined
  pools: readonly Pool[]
  columns: readonly KeyColumn[]
  index: number
  /** Offset and height in pixels. */
  top: number
  height: number
  active: boolean
  open: boolean
  selected: boolean
  /** These four must stay the same from one drawing to the next. */
  onSelect: (index: number, span: boolean) => void
  onOpen: (index: number) => void
  onCommand: (index: number, command: RowCommand) => void
  /** Opens the menu of this row at a point of the window. */
  onMenu: (index: number, x: number, y: number) => void
}

/**
 * Drawn anew only when something of it has changed: a list of thousands is scrolled past it. Plain elements where there are
 * many: a screen of Mantine's takes a tenth of a second longer.
 */
export const KeyRow = memo(function KeyRow(props: KeyRowProps) {
  const { entry, figures, pools, columns, index, top, height, active, open, selected, onSelect, onOpen, onMenu } = props
  const { t } = useTranslation(['keys'])
  return (
    <div
      id={`key-row-${index}`}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selected}
      className={classes.row}
      data-active={active || undefined}
      data-open={open || undefined}
      data-off={!entry.enabled || undefined}
      style={{ height, transform: `translateY(${top}px)` }}
      onClick={() => onOpen(index)}
      onContextMenu={(event) => onMenu(index, event.clientX, event.clientY)}
    >
      <div role="gridcell" className={classes.select} onClick={(event) => event.stopPropagation()}>
        <Checkbox
          size="xs"
          tabIndex={-1}
          aria-label={t('table.select', { label: entry.label })}
          checked={selected}
          onChange={(event) => onSelect(index, event.nativeEvent instanceof MouseEvent && event.nativeEvent.shiftKey)}
        />
      </div>
      <div role="gridcell" className={classes.state}>
        <KeyState entry={entry} pools={pools} />
      </div>
      <div role="gridcell" className={classes.key}>
        <span className={classes.label} title={entry.label}>
          {entry.label}
        </span>
        <span className={classes.hint}>{entry.hint}</span>
      </div>
      {columns.map((name) => {
        const Cell = keyCells[name]
        return (
          <div key={name} role="gridcell" className={classes.cell} data-number={numberColumns.has(name) || undefined}>
            <Cell entry={entry} figures={figures} />
          </div>
        )
      })}
      <Actions {...props} />
    </div>
  )
})

/** The menu is always there; what is done most comes beside it for the row that one is at. */
function Actions({ entry, index, onCommand, onMenu }: KeyRowProps) {
  const { t } = useTranslation(['keys'])
  return (
    <div role="gridcell" className={classes.actions} onClick={(event) => event.stopPropagation()}>
      <span className={classes.often}>
        <RowAction label={t('check')} onClick={() => onCommand(index, 'check')}>
          <IconStethoscope size={15} />
        </RowAction>
        <RowAction label={entry.enabled ? t('disable') : t('enable')} onClick={() => onCommand(index, 'toggle-enabled')}>
          {entry.enabled ? <IconPlayerPause size={15} /> : <IconPlayerPlay size={15} />}
        </RowAction>
        <RowAction label={t('remove')} onClick={() => onCommand(index, 'remove')}>
          <IconTrash size={15} />
        </RowAction>
      </span>
      <RowAction
        label={t('menu.more')}
        onClick={({ currentTarget }) => {
          const { left, bottom } = currentTarget.getBoundingClientRect()
          onMenu(index, left, bottom)
        }}
      >
        <IconDots size={15} />
      </RowAction>
    </div>
  )
}

interface RowActionProps {
  label: string
  onClick: (event: MouseEvent<HTMLElement>) => void
  children: ReactNode
}

function RowAction({ label, onClick, children }: RowActionProps) {
  return (
    <button type="button" className={classes.action} tabIndex={-1} aria-label={label} title={label} onClick={onClick}>
      {children}
    </button>
  )
}
