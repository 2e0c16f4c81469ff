/** Says what putting a backup back means, before it is done. */
import { Alert, Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Backup } from '../../../../src-preload/contract/index.ts'
import { formatDateTime } from '../../../format.ts'

export interface RestoreDialogProps {
  /** Null = closed. */
  backup: Backup | null
  busy: boolean
  onConfirm: (backup: Backup) => void
  onClose: () => void
}

export function RestoreDialog({ backup, busy, onConfirm, onClose }: RestoreDialogProps) {
  const { t, i18n } = useTranslation(['settings', 'common'])
  return (
    <Modal
      opened={backup !== null}
      onClose={onClose}
      title={backup && t('settings:backups.askTitle', { time: formatDateTime(backup.at, i18n.language) })}
      closeButtonProps={{ 'aria-label': t('common:close') }}
    >
      {backup && (
        <Stack>
          <Text size="sm">{t('settings:backups.ask')}</Text>
          <Text size="sm">{t('settings:backups.askTokens')}</Text>
          {backup.holds?.vault === 'other' && <Alert color="amber">{t('settings:backups.askOther')}</Alert>}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose} disabled={busy}>
              {t('common:cancel')}
            </Button>
            <Button onClick={() => onConfirm(backup)} loading={busy} data-autofocus>
              {t('settings:backups.submit')}
            </Button>
          </Group>
        </Stack>
      )}
    </Modal>
  )
}
