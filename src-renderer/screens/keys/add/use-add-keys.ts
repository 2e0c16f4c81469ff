/** Adds keys from a text: makes the pool if it is new, imports, then checks what came in. */
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { KeyImported, Pool, Provider } from '../../../../src-preload/contract/index.ts'
import { useApi } from '../../../queries/api.tsx'
import { type CheckCounts, checkKeys, noChecks } from '../check-keys.ts'
import { importAsTask } from './import-task.ts'
import type { KeyText } from './key-text.ts'
import { type Part, type Place, providerOfNew } from './split.ts'
import { newTarget, poolFor, type Target } from './target.ts'

export interface Added {
  imported: KeyImported
  /** Some provider of them can check keys at no cost. */
  checkable: boolean
  /** As far as the check is; null before it has begun. `total` = keys that were given to it; `over` = more may be given to it. */
  checks: (CheckCounts & { done: number; total: number; over: boolean }) | null
}

export interface AddKeys {
  added: Added | null
  error: unknown
  busy: boolean
  /** The text is passed on and not kept. Resolves to the slug of the (first) pool once the keys are in; null when that failed or none was added. */
  add: (content: KeyText, target: Target, parts: readonly Part[], tags: readonly string[]) => Promise<string | null>
  /** Checks the keys that were too many to be checked at once. */
  checkRest: () => void
  again: () => void
}

/** A check is a call to the provider: of many keys the first ones say whether they are good. */
const checkedAtOnce = 200

export function useAddKeys(pools: readonly Pool[], providers: readonly Provider[]): AddKeys {
  const { client, orpc } = useApi()
  const cache = useQueryClient()
  const [state, setState] = useState<{ added: Added | null; error: unknown; busy: boolean }>({
    added: null,
    error: null,
    busy: false,
  })

  const makePool = (target: Extract<Target, { kind: 'new' }>) => client.pools.create(poolFor(target, pools, providers))
  const poolAt = (place: Place) => {
    const provider = providerOfNew(place)
    return provider === null ? client.pools.get({ slug: place }) : makePool({ ...newTarget, provider })
  }

  const check = async ({ imported, checks }: Added, ids: readonly string[]) => {
    const total = (checks?.total ?? 0) + ids.length
    let counts: CheckCounts = checks ?? noChecks
    let over = false
    const show = () => {
      const reached = { ...counts, done: counts.ok + counts.bad + counts.skipped, total, over }
      // The sheet may be at another text by now.
      setState((now) => (now.added?.imported === imported ? { ...now, added: { ...now.added, checks: reached } } : now))
    }
    const onChange = (now: CheckCounts) => {
      counts = now
      show()
    }
    await checkKeys(client, ids, onChange, counts)
    over = true
    show()
  }

  /** The pools that keys go to, made where they are not there yet, and the part of the import that says so. */
  const destinationOf = async (target: Target, parts: readonly Part[]) => {
    if (target.kind !== 'split') {
      const pool = target.kind === 'existing' ? await client.pools.get({ slug: target.slug }) : await makePool(target)
      return { used: [pool], where: { pool: pool.slug } }
    }
    const byPlace = new Map<Place, Pool>()
    for (const { place } of parts) if (!byPlace.has(place)) byPlace.set(place, await poolAt(place))
    const slugAt = (place: Place) => byPlace.get(place)?.slug ?? place
    const named = parts.filter(({ provider }) => provider !== '')
    const rest = parts.find(({ provider }) => provider === '') ?? parts[0]
    return {
      used: [...byPlace.values()],
      where: {
        pool: slugAt(rest?.place ?? ''),
        pools: Object.fromEntries(named.map(({ provider, place }) => [provider, slugAt(place)])),
      },
    }
  }

  const add = async ({ text, env }: KeyText, target: Target, parts: readonly Part[], tags: readonly string[]) => {
    setState({ added: null, error: null, busy: true })
    try {
      const { used, where } = await destinationOf(target, parts)
      const imported = await importAsTask(client, { text, ...where, tags: [...tags], ...(env.trim() && { env }) })
      if (imported.added === 0 && imported.left > 0) {
        setState({ added: null, error: null, busy: false })
        return null
      }
      const checkable = providers.some(({ id, freeCheck }) => freeCheck && used.some(({ provider }) => provider === id))
      const added: Added = { imported, checkable, checks: null }
      setState({ added, error: null, busy: false })
      await Promise.all([
        cache.invalidateQueries({ queryKey: orpc.keys.key() }),
        cache.invalidateQueries({ queryKey: orpc.pools.key() }),
      ])
      if (checkable && imported.ids.length > 0) void check(added, imported.ids.slice(0, checkedAtOnce))
      return where.pool
    } catch (error) {
      setState({ added: null, error, busy: false })
      return null
    }
  }
  const checkRest = () => {
    if (state.added) void check(state.added, state.added.imported.ids.slice(state.added.checks?.total ?? 0))
  }
  return { ...state, add, checkRest, again: () => setState({ added: null, error: null, busy: false }) }
}
