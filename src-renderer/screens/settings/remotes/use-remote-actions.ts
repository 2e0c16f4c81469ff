/** Looking at a server now, unlinking its pools, removing it. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Remote } from '../../../../src-preload/contract/index.ts'
import { formatPool } from '../../../format.ts'
import { toastDone, toastError } from '../../../parts/toast.tsx'
import { useApi } from '../../../queries/api.tsx'

export function useRemoteActions({ id, name }: Remote) {
  const { t } = useTranslation('servers')
  const { client } = useApi()
  const refresh = useRemotesRefresh()
  const onError = (error: unknown) => toastError(error)
  const sync = useMutation({
    mutationFn: () => client.remotes.sync({ id }),
    onSuccess: ({ links }) => {
      const troubled = links.filter(({ problem }) => problem !== null)
      if (troubled.length === 0) toastDone(t('remotes.synced', { name }))
      return refresh()
    },
    onError,
  })
  const unlink = useMutation({
    mutationFn: (pool: string) => client.remotes.unlink({ id, pool }),
    onSuccess: (_answer, pool) => {
      toastDone(t('remotes.unlinked', { pool: formatPool(pool) }))
      return refresh()
    },
    onError,
  })
  const remove = useMutation({
    mutationFn: () => client.remotes.remove({ id }),
    onSuccess: () => {
      toastDone(t('remotes.removed', { name }))
      return refresh()
    },
    onError,
  })
  return { sync, unlink, remove }
}

/** Servers bring pools and keys with them. */
export function useRemotesRefresh(): () => Promise<void> {
  const { orpc } = useApi()
  const cache = useQueryClient()
  return async () => {
    await Promise.all([orpc.remotes, orpc.pools, orpc.keys].map((part) => cache.invalidateQueries({ queryKey: part.key() })))
  }
}
