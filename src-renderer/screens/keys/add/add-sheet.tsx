/** The sheet for adding keys: paste or drop, see what will happen, add, watch the check. */
import { Button, Drawer, Group, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { SkeletonRows } from '../../../parts/skeletons.tsx'
import { useApi } from '../../../queries/api.tsx'
import { AddForm } from './add-form.tsx'
import { AddResult } from './add-result.tsx'
import { droppedText } from './dropped-file.ts'
import { noText } from './key-text.ts'
import { useAddKeys } from './use-add-keys.ts'

export interface AddSheetProps {
  opened: boolean
  /** The pool to offer first. */
  pool: string | null
  onClose: () => void
}

export function AddSheet({ opened, pool, onClose }: AddSheetProps) {
  const { t } = useTranslation(['keys', 'common'])
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      size={600}
      title={t('sheet.title')}
      closeButtonProps={{ 'aria-label': t('common:close') }}
    >
      {opened && <AddKeys pool={pool} onClose={onClose} />}
    </Drawer>
  )
}

function AddKeys({ pool, onClose }: Omit<AddSheetProps, 'opened'>) {
  const { t } = useTranslation(['keys', 'common'])
  const { orpc } = useApi()
  const pools = useQuery(orpc.pools.list.queryOptions()).data
  const providers = useQuery(orpc.pools.providers.queryOptions()).data
  const { added, error, busy, add, checkRest, again } = useAddKeys(pools ?? [], providers ?? [])
  const [initial] = useState(() => droppedText.get() ?? noText)
  // Taken once: the next opening begins empty.
  useEffect(() => droppedText.set(null), [])

  if (!pools || !providers) return <SkeletonRows />
  if (!added)
    return (
      <AddForm
        pools={pools}
        providers={providers}
        pool={pool}
        initial={initial}
        busy={busy}
        error={error}
        onSubmit={(content, target, parts, tags) => void add(content, target, parts, tags)}
      />
    )
  return (
    <Stack>
      <AddResult added={added} onCheckRest={checkRest} />
      <Group justify="flex-end">
        <Button variant="default" onClick={again}>
          {t('result.another')}
        </Button>
        <Button onClick={onClose} data-autofocus>
          {t('common:done')}
        </Button>
      </Group>
    </Stack>
  )
}
