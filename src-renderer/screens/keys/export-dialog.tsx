/** Exporting the keys that were chosen. */
import { Modal } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { ExportForm } from '../settings/export-form.tsx'

/** `ids` null = closed. */
export function ExportDialog({ ids, onClose }: { ids: readonly string[] | null; onClose: () => void }) {
  const { t } = useTranslation(['keys', 'common'])
  return (
    <Modal
      opened={ids !== null}
      onClose={onClose}
      size="lg"
      title={t('exportTitle', { count: ids?.length ?? 0 })}
      closeButtonProps={{ 'aria-label': t('common:close') }}
    >
      {ids && <ExportForm keys={ids} onDone={onClose} />}
    </Modal>
  )
}
