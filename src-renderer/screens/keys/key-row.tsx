/** One key in the list. */
import { ActionIcon, Badge, Checkbox, Text } from '@mantine/core'
import { IconPlayerPause, IconPlayerPlay, IconStethoscope, IconTrash } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Key } from '../../../src-preload/contract/index.ts'
import { Ago } from '../../parts/ago.tsx'
import { StateBadge } from '../../parts/state-badge.tsx'
import classes from './key-table.module.css'

export type RowCommand = 'check' | 'copy' | 'toggle-enabled' | 'remove'

export interface KeyRowProps {
  entry: Key
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
}

export function KeyRow({ entry, index, top, height, active, open, selected, onSelect, onOpen, onCommand }: KeyRowProps) {
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
        <StateBadge state={entry.state} until={entry.until} reason={entry.reason} />
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
        {entry.tags.map((tag) => (
          <Badge key={tag} size="sm" color="gray">
            {tag}
          </Badge>
        ))}
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
      </div>
    </div>
  )
}

function RowAction({ label, onClick, children }: { label: string; onClick: () => void; children: ReactNode }) {
  return (
    <ActionIcon variant="subtle" color="gray" size="md" tabIndex={-1} aria-label={label} title={label} onClick={onClick}>
      {children}
    </ActionIcon>
  )
}
