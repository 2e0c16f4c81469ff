/** The menu of a key, or of all that are selected: what the row's buttons and keys do, and moving to another pool. */
import { Kbd, Menu } from '@mantine/core'
import {
  IconArrowRight,
  IconCopy,
  IconDownload,
  IconListDetails,
  IconPlayerPause,
  IconPlayerPlay,
  IconStethoscope,
  IconTag,
  IconTrash,
} from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Key, Pool } from '../../../src-preload/contract/index.ts'
import type { RowCommand } from './key-row.tsx'
import { moveTargets } from './use-move-keys.ts'

/** Where the menu is open, in pixels of the window, and for which keys. */
export interface MenuAt {
  x: number
  y: number
  keys: readonly Key[]
}

export interface KeyMenuProps {
  /** Null = closed. */
  at: MenuAt | null
  pools: readonly Pool[]
  onOpen: (key: Key) => void
  onCommand: (command: RowCommand, keys: readonly Key[]) => void
  onMove: (keys: readonly Key[], to: Pool) => void
  onTag: (keys: readonly Key[]) => void
  onExport: (keys: readonly Key[]) => void
  onClose: () => void
}

export function KeyMenu({ at, pools, onOpen, onCommand, onMove, onTag, onExport, onClose }: KeyMenuProps) {
  const { t } = useTranslation(['keys'])
  const [first] = at?.keys ?? []
  if (!at || !first) return null
  const { keys } = at
  const run = (command: RowCommand) => () => onCommand(command, keys)
  return (
    <Menu
      opened
      onClose={onClose}
      position="bottom-start"
      offset={2}
      width={210}
      // Inside the page's landmarks, and not cut off by the list.
      withinPortal={false}
      floatingStrategy="fixed"
      transitionProps={{ duration: 0 }}
    >
      <Menu.Target>
        <span aria-hidden style={{ position: 'fixed', left: at.x, top: at.y }} />
      </Menu.Target>
      <Menu.Dropdown aria-label={t('menu.label')}>
        {keys.length === 1 && (
          <Menu.Item
            leftSection={<IconListDetails size={15} />}
            rightSection={<Kbd size="xs">Enter</Kbd>}
            onClick={() => onOpen(first)}
          >
            {t('menu.open')}
          </Menu.Item>
        )}
        <Menu.Item leftSection={<IconStethoscope size={15} />} rightSection={<Kbd size="xs">R</Kbd>} onClick={run('check')}>
          {t('check')}
        </Menu.Item>
        {keys.length === 1 && (
          <Menu.Item leftSection={<IconCopy size={15} />} rightSection={<Kbd size="xs">C</Kbd>} onClick={run('copy')}>
            {t('menu.copy')}
          </Menu.Item>
        )}
        <Menu.Item
          leftSection={first.enabled ? <IconPlayerPause size={15} /> : <IconPlayerPlay size={15} />}
          rightSection={<Kbd size="xs">E</Kbd>}
          onClick={run('toggle-enabled')}
        >
          {first.enabled ? t('disable') : t('enable')}
        </Menu.Item>
        <MoveTo keys={keys} pools={pools} onMove={(to) => onMove(keys, to)} />
        <Menu.Item leftSection={<IconTag size={15} />} onClick={() => onTag(keys)}>
          {t('menu.tag')}
        </Menu.Item>
        <Menu.Item leftSection={<IconDownload size={15} />} onClick={() => onExport(keys)}>
          {t('menu.export')}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item
          c="var(--mantine-color-error)"
          leftSection={<IconTrash size={15} />}
          rightSection={<Kbd size="xs">Del</Kbd>}
          onClick={run('remove')}
        >
          {t('remove')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

interface MoveToProps {
  keys: readonly Key[]
  pools: readonly Pool[]
  onMove: (to: Pool) => void
}

/** Left out where there is nowhere to go. */
function MoveTo({ keys, pools, onMove }: MoveToProps) {
  const { t } = useTranslation(['keys'])
  const targets = moveTargets(keys, pools)
  if (targets.length === 0) return null
  return (
    <Menu.Sub>
      <Menu.Sub.Target>
        <Menu.Sub.Item leftSection={<IconArrowRight size={15} />}>{t('menu.move')}</Menu.Sub.Item>
      </Menu.Sub.Target>
      <Menu.Sub.Dropdown aria-label={t('menu.move')} mah={320} style={{ overflowY: 'auto' }}>
        {targets.map((pool) => (
          <Menu.Item key={pool.slug} onClick={() => onMove(pool)}>
            {pool.name}
          </Menu.Item>
        ))}
      </Menu.Sub.Dropdown>
    </Menu.Sub>
  )
}
