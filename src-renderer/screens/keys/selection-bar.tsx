/** What can be done with the selected keys; takes the place of the filters, so that nothing jumps. */
import { Button, CloseButton, Group, Text } from '@mantine/core'
import { IconPlayerPause, IconPlayerPlay, IconStethoscope, IconTrash } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'

export interface SelectionBarProps {
  count: number
  /** How many match the filter; offered when more than are selected. */
  total: number
  onSelectAll: () => void
  onCheck: () => void
  onEnable: (enabled: boolean) => void
  onRemove: () => void
  onClear: () => void
}

export function SelectionBar({ count, total, onSelectAll, onCheck, onEnable, onRemove, onClear }: SelectionBarProps) {
  const { t } = useTranslation(['keys'])
  const button = { size: 'compact-sm', variant: 'default' } as const
  return (
    <Group gap={6} mih={28}>
      <CloseButton size="sm" aria-label={t('unselect')} onClick={onClear} />
      <Text size="sm" fw={600} role="status">
        {t('selected', { count })}
      </Text>
      {total > count && (
        <Button size="compact-sm" variant="subtle" onClick={onSelectAll}>
          {t('selectEverything', { count: total })}
        </Button>
      )}
      <Button {...button} leftSection={<IconStethoscope size={14} />} onClick={onCheck}>
        {t('check')}
      </Button>
      <Button {...button} leftSection={<IconPlayerPlay size={14} />} onClick={() => onEnable(true)}>
        {t('enable')}
      </Button>
      <Button {...button} leftSection={<IconPlayerPause size={14} />} onClick={() => onEnable(false)}>
        {t('disable')}
      </Button>
      <Button {...button} leftSection={<IconTrash size={14} />} onClick={onRemove}>
        {t('remove')}
      </Button>
    </Group>
  )
}
