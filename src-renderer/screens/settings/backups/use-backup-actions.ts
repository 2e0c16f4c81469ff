/** Making, deleting and putting back backups. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Backup } from '../../../../src-preload/contract/index.ts'
import { toastDone, toastError, toastUndo } from '../../../parts/toast.tsx'
import { useApi } from '../../../queries/api.tsx'
import { forgetSettingsDraft } from '../../../queries/settings-draft.ts'

export function useBackupActions() {
  const { t } = useTranslation(['settings', 'common'])
  const { client, orpc } = useApi()
  const cache = useQueryClient()
  const refresh = () => cache.invalidateQueries({ queryKey: orpc.backups.key() })
  const onError = (error: unknown) => toastError(error)
  const undelete = async (name: string) => {
    try {
      await client.backups.undelete({ name })
      await refresh()
      toastDone(t('settings:backups.back'))
    } catch (error) {
      toastError(error)
    }
  }
  return {
    make: useMutation({
      mutationFn: () => client.backups.create(),
      onSuccess: async () => {
        await refresh()
        toastDone(t('settings:backups.made'))
      },
      onError,
    }),
    remove: useMutation({
      mutationFn: ({ name }: Backup) => client.backups.remove({ name }),
      onSuccess: async (_answer, { name }) => {
        await refresh()
        toastUndo(t('settings:backups.removed'), t('common:undo'), () => void undelete(name))
      },
      onError,
    }),
    restore: useMutation({
      mutationFn: ({ name }: Backup) => client.backups.restore({ name }),
      onSuccess: async () => {
        // Nothing that was begun belongs to what is there now.
        forgetSettingsDraft()
        await cache.invalidateQueries()
        toastDone(t('settings:backups.restored'))
      },
      onError,
    }),
  }
}
