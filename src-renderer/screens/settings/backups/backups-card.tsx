/** Backups: what there is, making one, putting one back. */
import { Button, NumberInput, Table, Text } from '@mantine/core'
import { IconDatabaseExport } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Backup } from '../../../../src-preload/contract/index.ts'
import { ErrorNotice } from '../../../parts/error-notice.tsx'
import { Section } from '../../../parts/page.tsx'
import { SkeletonRows } from '../../../parts/skeletons.tsx'
import { useApi } from '../../../queries/api.tsx'
import { FieldDefault } from '../field-default.tsx'
import { type Draft, defaultSettings } from '../use-draft.ts'
import { BackupRow } from './backup-row.tsx'
import { RestoreDialog } from './restore-dialog.tsx'
import { useBackupActions } from './use-backup-actions.ts'

export function BackupsCard({ draft }: { draft: Draft }) {
  const { t } = useTranslation('settings')
  const { orpc } = useApi()
  const list = useQuery(orpc.backups.list.queryOptions())
  const { make, remove, restore } = useBackupActions()
  const [chosen, setChosen] = useState<Backup | null>(null)
  return (
    <Section
      title={t('backups.title')}
      description={t('backups.text')}
      actions={
        <Button
          variant="default"
          leftSection={<IconDatabaseExport size={15} />}
          onClick={() => make.mutate()}
          loading={make.isPending}
        >
          {t('backups.make')}
        </Button>
      }
    >
      {list.isError && <ErrorNotice error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && <SkeletonRows rows={3} />}
      {list.data?.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('backups.none')}
        </Text>
      )}
      {list.data && list.data.length > 0 && (
        <Table.ScrollContainer minWidth={560} maxHeight={320}>
          <Table aria-label={t('backups.title')} stickyHeader>
            <Table.Thead>
              <Table.Tr>
                {(['when', 'why', 'holds', 'size', 'actions'] as const).map((column) => (
                  <Table.Th key={column}>{t(`backups.${column}`)}</Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {list.data.map((backup) => (
                <BackupRow
                  key={backup.name}
                  backup={backup}
                  onRestore={() => setChosen(backup)}
                  onRemove={() => remove.mutate(backup)}
                />
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      <Kept draft={draft} />
      <RestoreDialog
        backup={chosen}
        busy={restore.isPending}
        onConfirm={(backup) => restore.mutate(backup, { onSettled: () => setChosen(null) })}
        onClose={() => setChosen(null)}
      />
    </Section>
  )
}

function Kept({ draft: { value, set, errors } }: { draft: Draft }) {
  const { t } = useTranslation('settings')
  if (!value) return null
  return (
    <div>
      <NumberInput
        label={t('backups.kept')}
        description={t('backups.keptHint')}
        value={value.backupsKept}
        onChange={(count) => set('backupsKept', Number(count))}
        min={0}
        max={365}
        clampBehavior="none"
        allowDecimal={false}
        error={errors.backupsKept && t('backups.range')}
        maw={320}
      />
      <FieldDefault
        name={t('backups.kept')}
        value={String(defaultSettings.backupsKept)}
        isDefault={value.backupsKept === defaultSettings.backupsKept}
        onReset={() => set('backupsKept', defaultSettings.backupsKept)}
      />
    </div>
  )
}
