/** Moving keys to another pool, with undo; asks before one may go to an address that is new to it. */
import { useQueryClient } from '@tanstack/react-query'
import { getI18n, useTranslation } from 'react-i18next'
import type { Key, Pool } from '../../../src-preload/contract/index.ts'
import { problemOf } from '../../parts/problem.ts'
import { toastError, toastUndo } from '../../parts/toast.tsx'
import { useApi } from '../../queries/api.tsx'
import { runBatch } from './batch.ts'
import { confirmAudience } from './confirm-audience.tsx'

interface Change {
  id: string
  pools: string[]
  before: string[]
}

/** The pools of a key after its move: out of the pool that is looked at, or else out of all of them. */
export function poolsAfterMove(pools: readonly string[], to: string, from: string | null): string[] {
  const stays = from !== null && pools.includes(from) ? pools.filter((slug) => slug !== from && slug !== to) : []
  return [...stays, to]
}

/** `from` = the slug of the pool that is looked at. */
export function useMoveKeys(): (keys: readonly Key[], to: Pool, from: string | null) => Promise<void> {
  const { t } = useTranslation(['keys', 'common'])
  const { client, orpc } = useApi()
  const cache = useQueryClient()

  /** Gives back those that need a confirmation first; any other failure becomes a toast and ends the work. */
  const apply = async (changes: readonly Change[], confirmed: boolean) => {
    const refused: Change[] = []
    const done: Change[] = []
    const work = async (change: Change) => {
      const { id, pools } = change
      try {
        await client.keys.update({ id, pools, ...(confirmed && { confirmAudience: true }) })
        done.push(change)
      } catch (error) {
        if (problemOf(error).code !== 'AUDIENCE_MISMATCH') throw error
        refused.push(change)
      }
    }
    const title = () => getI18n().t('keys:moving', { count: changes.length })
    await runBatch({ title, items: changes, work, summary: () => getI18n().t('keys:changed', { count: done.length }) }).catch(
      toastError,
    )
    await Promise.all([
      cache.invalidateQueries({ queryKey: orpc.keys.key() }),
      cache.invalidateQueries({ queryKey: orpc.pools.key() }),
    ])
    return { done, refused }
  }

  const run = async (changes: readonly Change[], to: Pool, confirmed: boolean) => {
    const { done, refused } = await apply(changes, confirmed)
    const undo = () =>
      void apply(
        done.map(({ id, pools, before }) => ({ id, pools: before, before: pools })),
        false,
      )
    if (done.length > 0) toastUndo(t('moved', { count: done.length, pool: to.name }), t('common:undo'), undo)
    if (refused.length > 0) confirmAudience(t, () => void run(refused, to, true))
  }

  return (keys, to, from) =>
    run(
      keys.map((key) => {
        const before = key.pools.map(({ pool }) => pool)
        return { id: key.id, pools: poolsAfterMove(before, to.slug, from), before }
      }),
      to,
      false,
    )
}

/** Pools that these keys could be moved to; demo keys stay in their pool. */
export function moveTargets(keys: readonly Key[], pools: readonly Pool[]): Pool[] {
  if (keys.some((key) => key.provider === 'demo')) return []
  const isWhereTheyAre = (slug: string) => keys.every((key) => key.pools.length === 1 && key.pools[0]?.pool === slug)
  return pools.filter(({ slug, provider }) => provider !== 'demo' && !isWhereTheyAre(slug))
}
