/** What can be done with the selected keys; takes the place of the filters, so that nothing jumps. */
import { Button, type ButtonProps, CloseButton, Group, Menu, Text } from '@mantine/core'
import {
  IconArrowRight,
  IconDownload,
  IconPlayerPause,
  IconPlayerPlay,
  type IconProps,
  IconStethoscope,
  IconTag,
  IconTrash,
} from '@tabler/icons-react'
import type { ComponentType, Ref } from 'react'
import { useTranslation } from 'react-i18next'
import type { Pool } from '../../../src-preload/contract/index.ts'
import classes from './selection-bar.module.css'

export interface SelectionBarProps {
  count: number
  /** How many match the filter; offered when more than are selected. */
  total: number
  /** Pools that they could be moved to. */
  targets: readonly Pool[]
  onSelectAll: () => void
  onCheck: () => void
  onEnable: (enabled: boolean) => void
  onMove: (to: Pool) => void
  onTag: () => void
  onExport: () => void
  onRemove: () => void
  onClear: () => void
}

export function SelectionBar(props: SelectionBarProps) {
  const { count, total, targets, onSelectAll, onCheck, onEnable, onMove, onTag, onExport, onRemove, onClear } = props
  const { t } = useTranslation(['keys'])
  return (
    <Group gap={6} mih={28} wrap="nowrap" role="toolbar" aria-label={t('selected', { count })} className={classes.bar}>
      <CloseButton size="sm" aria-label={t('unselect')} onClick={onClear} />
      <Text size="sm" fw={600} role="status" className={classes.count}>
        {t('selected', { count })}
      </Text>
      {total > count && (
        <Button size="compact-sm" variant="subtle" onClick={onSelectAll} className={classes.count}>
          {t('selectEverything', { count: total })}
        </Button>
      )}
      <Action icon={IconStethoscope} label={t('check')} onClick={onCheck} />
      <Action icon={IconPlayerPlay} label={t('enable')} onClick={() => onEnable(true)} />
      <Action icon={IconPlayerPause} label={t('disable')} onClick={() => onEnable(false)} />
      {targets.length > 0 && (
        <Menu position="bottom-start" withinPortal={false}>
          <Menu.Target>
            <Action icon={IconArrowRight} label={t('menu.move')} />
          </Menu.Target>
          <Menu.Dropdown aria-label={t('menu.move')} mah={320} style={{ overflowY: 'auto' }}>
            {targets.map((pool) => (
              <Menu.Item key={pool.slug} onClick={() => onMove(pool)}>
                {pool.name}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
      <Action icon={IconTag} label={t('menu.tag')} onClick={onTag} />
      <Action icon={IconDownload} label={t('menu.export')} onClick={onExport} />
      <Action icon={IconTrash} label={t('remove')} onClick={onRemove} />
    </Group>
  )
}

interface ActionProps extends Omit<ButtonProps, 'children'> {
  icon: ComponentType<IconProps>
  label: string
  onClick?: () => void
  ref?: Ref<HTMLButtonElement>
}

/** In a narrow window only the icon; its name stays for whoever cannot see it, and as a hint. */
function Action({ icon: Icon, label, ...others }: ActionProps) {
  return (
    <Button {...others} size="compact-sm" variant="default" title={label} aria-label={label} className={classes.action}>
      <Icon size={14} aria-hidden />
      <span className={classes.word}>{label}</span>
    </Button>
  )
}
