/** One backup: when, why, what is in it, and what can be done with it. */
import { ActionIcon, Button, Group, Table, Text } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Backup } from '../../../../src-preload/contract/index.ts'
import { formatBytes, formatDateTime } from '../../../format.ts'

export interface BackupRowProps {
  backup: Backup
  onRestore: () => void
  onRemove: () => void
}

export function BackupRow({ backup: { at, why, bytes, holds }, onRestore, onRemove }: BackupRowProps) {
  const { t, i18n } = useTranslation('settings')
  const time = formatDateTime(at, i18n.language)
  return (
    <Table.Tr>
      <Table.Td>{time}</Table.Td>
      <Table.Td>{t(`backups.whys.${why}`)}</Table.Td>
      <Table.Td>
        {holds
          ? `${t('backups.pools', { count: holds.pools })}, ${t('backups.keys', { count: holds.keys })}`
          : t('backups.unusable')}
        {holds?.vault === 'other' && (
          <Text size="xs" c="dimmed">
            {t('backups.otherVault')}
          </Text>
        )}
      </Table.Td>
      <Table.Td>{formatBytes(bytes, i18n.language)}</Table.Td>
      <Table.Td>
        <Group gap={4} wrap="nowrap">
          <Button
            variant="default"
            size="compact-xs"
            onClick={onRestore}
            disabled={holds === null}
            aria-label={t('backups.restoreName', { time })}
          >
            {t('backups.restore')}
          </Button>
          <ActionIcon
            data-tip={t('backups.remove')}
            variant="subtle"
            color="gray"
            onClick={onRemove}
            aria-label={t('backups.removeName', { time })}
          >
            <IconTrash size={15} />
          </ActionIcon>
        </Group>
      </Table.Td>
    </Table.Tr>
  )
}
