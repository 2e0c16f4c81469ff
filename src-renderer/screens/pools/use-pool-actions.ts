/** Making, changing and deleting pools. */
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Pool, Provider } from '../../../src-preload/contract/index.ts'
import { toastDone, toastError, toastUndo } from '../../parts/toast.tsx'
import { useApi } from '../../queries/api.tsx'
import { createOf, type PoolDraft, patchOf } from './pool-draft.ts'

export interface PoolActions {
  /** Null when it failed; `error` then says why. */
  create: (draft: PoolDraft, providers: readonly Provider[], asDraft: boolean) => Promise<Pool | null>
  update: (before: PoolDraft, draft: PoolDraft) => Promise<Pool | null>
  publish: (pool: Pool) => Promise<void>
  /** The sheet may have closed meanwhile: failures of these become toasts. */
  retire: (pool: Pool, successor: string | null) => Promise<void>
  remove: (pool: Pool) => Promise<void>
  error: unknown
  busy: boolean
}

export function usePoolActions(): PoolActions {
  const { t } = useTranslation(['pools', 'common'])
  const { client, orpc } = useApi()
  const cache = useQueryClient()
  const [state, setState] = useState<{ error: unknown; busy: boolean }>({ error: null, busy: false })
  const refresh = () =>
    Promise.all([cache.invalidateQueries({ queryKey: orpc.pools.key() }), cache.invalidateQueries({ queryKey: orpc.keys.key() })])

  const attempt = async (run: () => Promise<Pool>, done: (pool: Pool) => string): Promise<Pool | null> => {
    setState({ error: null, busy: true })
    try {
      const pool = await run()
      await refresh()
      setState({ error: null, busy: false })
      toastDone(done(pool))
      return pool
    } catch (error) {
      setState({ error, busy: false })
      return null
    }
  }
  const settle = async (run: () => Promise<Pool>, done: string) => {
    setState((before) => ({ ...before, busy: true }))
    try {
      await run()
      await refresh()
      toastDone(done)
    } catch (error) {
      toastError(error)
    } finally {
      setState((before) => ({ ...before, busy: false }))
    }
  }
  const restore = async (pool: Pool) => {
    try {
      await client.pools.restore({ slug: pool.slug })
      await refresh()
      toastDone(t('restored', { name: pool.name }))
    } catch (error) {
      toastError(error)
    }
  }

  return {
    ...state,
    create: (draft, providers, asDraft) =>
      attempt(
        () =>
          client.pools.create(
            createOf(
              draft,
              providers.find((provider) => provider.id === draft.provider),
              asDraft,
            ),
          ),
        (pool) => t(asDraft ? 'createdDraft' : 'created', { name: pool.name }),
      ),
    update: (before, draft) =>
      attempt(
        () => client.pools.update({ slug: before.slug, ...patchOf(before, draft) }),
        () => t('saved'),
      ),
    publish: ({ slug, name }) => settle(() => client.pools.publish({ slug }), t('life.published', { name })),
    retire: ({ slug, name }, successor) => settle(() => client.pools.retire({ slug, successor }), t('life.retired', { name })),
    // Works on after the sheet has closed: its failures become toasts.
    async remove(pool) {
      try {
        await client.pools.remove({ slug: pool.slug })
        await refresh()
        toastUndo(t('removed', { name: pool.name }), t('common:undo'), () => void restore(pool))
      } catch (error) {
        toastError(error)
      }
    },
  }
}
