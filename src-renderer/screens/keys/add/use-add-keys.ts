/** Adds keys from a text: makes the pool if it is new, imports, then checks what came in. */
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { KeyImported, Pool, Provider } from '../../../../src-preload/contract/index.ts'
import { useApi } from '../../../queries/api.tsx'
import { type CheckCounts, checkKeys } from '../check-keys.ts'
import type { KeyText } from './key-text.ts'
import { poolFor, type Target } from './target.ts'

export interface Added {
  imported: KeyImported
  pool: Pool
  /** The provider can check keys at no cost. */
  checkable: boolean
  /** As far as the check is; null before it has begun. */
  checks: (CheckCounts & { done: number }) | null
}

export interface AddKeys {
  added: Added | null
  error: unknown
  busy: boolean
  /** The text is passed on and not kept. Resolves to the pool's slug once the keys are in; null when that failed. */
  add: (content: KeyText, target: Target, tags: readonly string[]) => Promise<string | null>
  again: () => void
}

export function useAddKeys(pools: readonly Pool[], providers: readonly Provider[]): AddKeys {
  const { t } = useTranslation(['keys', 'common'])
  const { client, orpc } = useApi()
  const cache = useQueryClient()
  const [state, setState] = useState<{ added: Added | null; error: unknown; busy: boolean }>({
    added: null,
    error: null,
    busy: false,
  })

  const poolOf = (target: Target) =>
    target.kind === 'existing' ? client.pools.get({ slug: target.slug }) : client.pools.create(poolFor(target, pools, providers))

  const check = ({ imported, ...added }: Added) =>
    checkKeys(client, imported.ids, t, (counts) =>
      setState({
        added: { ...added, imported, checks: { ...counts, done: counts.ok + counts.bad + counts.skipped } },
        error: null,
        busy: false,
      }),
    )

  const add = async ({ text, env }: KeyText, target: Target, tags: readonly string[]) => {
    setState({ added: null, error: null, busy: true })
    try {
      const pool = await poolOf(target)
      const imported = await client.keys.import({ text, pool: pool.slug, tags: [...tags], ...(env.trim() && { env }) })
      const checkable = providers.find((provider) => provider.id === pool.provider)?.freeCheck ?? false
      const added: Added = { imported, pool, checkable, checks: null }
      setState({ added, error: null, busy: false })
      await Promise.all([
        cache.invalidateQueries({ queryKey: orpc.keys.key() }),
        cache.invalidateQueries({ queryKey: orpc.pools.key() }),
      ])
      if (checkable && imported.ids.length > 0) void check(added)
      return pool.slug
    } catch (error) {
      setState({ added: null, error, busy: false })
      return null
    }
  }
  return { ...state, add, again: () => setState({ added: null, error: null, busy: false }) }
}
