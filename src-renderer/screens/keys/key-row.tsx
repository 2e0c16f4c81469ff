/** One key in the list. */
import { ActionIcon, Badge, Checkbox, Text } from '@mantine/core'
import { IconDots, IconPlayerPause, IconPlayerPlay, IconStethoscope, IconTrash } from '@tabler/icons-react'
import type { MouseEvent, ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Key, Pool } from '../../../src-preload/contract/index.ts'
import { Ago } from '../../parts/ago.tsx'
import { KeyState } from './key-state.tsx'
import classes from './key-table.module.css'

export type RowCommand = 'check' | 'copy' | 'toggle-enabled' | 'remove'

export interface KeyRowProps {
  entry: Key
  pools: readonly Pool[]
  index: number
  /** Offset and height in pixels. */
  top: number
  height: number
  active: boolean
  open: boolean
  selected: boolean
  onSelect: (span: boolean) => void
  onOpen: () => void
  onCommand: (command: RowCommand) => void
  /** Opens the menu of this row at a point of the window. */
  onMenu: (x: number, y: number) => void
}

export function KeyRow(props: KeyRowProps) {
  const { entry, pools, index, top, height, active, open, selected, onSelect, onOpen, onCommand, onMenu } = props
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
      onClick={onOpen}
      onContextMenu={(event) => onMenu(event.clientX, event.clientY)}
    >
      <div role="gridcell" className={classes.select} onClick={(event) => event.stopPropagation()}>
        <Checkbox
          size="xs"
          tabIndex={-1}
          aria-label={t('table.select', { label: entry.label })}
          checked={selected}
          onChange={(event) => onSelect(event.nativeEvent instanceof MouseEvent && event.nativeEvent.shiftKey)}
        />
      </div>
      <div role="gridcell" className={classes.state}>
        <KeyState entry={entry} pools={pools} />
      </div>
      <div role="gridcell" className={classes.key}>
        <Text size="sm" fw={500} truncate>
          {entry.label}
        </Text>
        <Text size="xs" c="dimmed" ff="monospace" className={classes.hint}>
          {entry.hint}
        </Text>
      </div>
      <div role="gridcell" className={classes.pools}>
        <Text size="sm" truncate>
          {entry.pools.map((membership) => membership.pool).join(', ')}
        </Text>
      </div>
      <div role="gridcell" className={classes.used}>
        <Ago at={entry.lastUsedAt} />
      </div>
      <div role="gridcell" className={classes.tags}>
        <Tags tags={entry.tags} />
      </div>
      <div role="gridcell" className={classes.actions} onClick={(event) => event.stopPropagation()}>
        <RowAction label={t('check')} onClick={() => onCommand('check')}>
          <IconStethoscope size={15} />
        </RowAction>
        <RowAction label={entry.enabled ? t('disable') : t('enable')} onClick={() => onCommand('toggle-enabled')}>
          {entry.enabled ? <IconPlayerPause size={15} /> : <IconPlayerPlay size={15} />}
        </RowAction>
        <RowAction label={t('remove')} onClick={() => onCommand('remove')}>
          <IconTrash size={15} />
        </RowAction>
        <RowAction
          label={t('menu.more')}
          onClick={({ currentTarget }) => {
            const { left, bottom } = currentTarget.getBoundingClientRect()
            onMenu(left, bottom)
          }}
        >
          <IconDots size={15} />
        </RowAction>
      </div>
    </div>
  )
}

/** The first one; the others are counted, and named on hover. */
function Tags({ tags }: { tags: readonly string[] }) {
  const [first] = tags
  if (first === undefined) return null
  return (
    <span className={classes.tagLine} title={tags.join(', ')}>
      <Badge size="sm" color="gray">
        {first}
      </Badge>
      {tags.length > 1 && <span className={classes.moreTags}>+{tags.length - 1}</span>}
    </span>
  )
}

interface RowActionProps {
  label: string
  onClick: (event: MouseEvent<HTMLElement>) => void
  children: ReactNode
}

function RowAction({ label, onClick, children }: RowActionProps) {
  return (
    <ActionIcon variant="subtle" color="gray" size="md" tabIndex={-1} aria-label={label} title={label} onClick={onClick}>
      {children}
    </ActionIcon>
  )
}
