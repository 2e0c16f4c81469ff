/** Asks again for what changed, at a pace that a busy proxy cannot hurry. */
import type { InvalidateQueryFilters, QueryClient } from '@tanstack/react-query'
import type { LiveEvent } from '../../src-preload/contract/index.ts'
import type { Orpc } from './orpc.ts'

/** `states` = keys in a list changed theirs; `everything` = nobody knows what changed. */
export type Settled = Extract<LiveEvent, { type: 'changed' }>['what'] | 'states' | 'everything'

interface Pace {
  /** Milliseconds from the first change after a pause to asking again: more of them may follow at once. */
  first: number
  /** Milliseconds at least between two askings while changes go on. */
  next: number
}

const usual: Pace = { first: 1000, next: 1000 }
const paces: Partial<Record<Settled, Pace>> = {
  // A call is seen in a second. While there are hundreds of them, charts need not be drawn anew for each.
  usage: { first: 1000, next: 5000 },
  states: { first: 1000, next: 2000 },
  // Rare, and a theme or a language that was chosen elsewhere should not lag behind.
  settings: { first: 100, next: 1000 },
  everything: { first: 0, next: 5000 },
}

/** Collects what changed and asks for it again. */
export function createSettler(orpc: Orpc, cache: QueryClient): (what: Settled) => void {
  const filters = {
    // A route says which of its pools are gone.
    pools: [{ queryKey: orpc.pools.key() }, { queryKey: orpc.routes.key() }],
    keys: [{ queryKey: orpc.keys.key() }, { queryKey: orpc.pools.key() }],
    clients: [{ queryKey: orpc.clients.key() }, { queryKey: orpc.approvals.key() }],
    approvals: [{ queryKey: orpc.approvals.key() }],
    // A server's pools are pools here.
    remotes: [{ queryKey: orpc.remotes.key() }, { queryKey: orpc.pools.key() }],
    users: [{ queryKey: orpc.users.key() }],
    // Another one may be open now: nothing that is known holds.
    workspaces: [{}],
    everything: [{}],
    routes: [{ queryKey: orpc.routes.key() }],
    prompts: [{ queryKey: orpc.prompts.key() }],
    models: [{ queryKey: orpc.routes.models.key() }],
    settings: [{ queryKey: orpc.settings.key() }],
    history: [{ queryKey: orpc.history.key() }],
    notices: [{ queryKey: orpc.notices.key() }],
    backups: [{ queryKey: orpc.backups.key() }],
    usage: [
      { queryKey: orpc.usage.key() },
      { queryKey: orpc.requests.key() },
      { queryKey: orpc.keys.limits.key() },
      { queryKey: orpc.keys.figures.key() },
      // When they last called, and what is left of their quotas.
      { queryKey: orpc.clients.list.key() },
    ],
    // One key's state: pools and filters count it, and a list of one state may gain or lose it. Long lists of all keys and accounts are left alone.
    states: [
      { queryKey: orpc.pools.list.key() },
      { queryKey: orpc.pools.get.key() },
      { queryKey: orpc.keys.list.key({ type: 'query' }) },
      { queryKey: orpc.keys.timeline.key() },
      {
        queryKey: orpc.keys.list.key({ type: 'infinite' }),
        predicate: ({ queryKey }) => JSON.stringify(queryKey[1]).includes('"state"'),
      },
    ],
  } satisfies Record<Settled, InvalidateQueryFilters[]>

  const due = new Set<Settled>()
  const askedAt = new Map<Settled, number>()
  const ask = (what: Settled) => {
    due.delete(what)
    askedAt.set(what, Date.now())
    for (const filter of filters[what]) void cache.invalidateQueries(filter)
  }
  return (what) => {
    if (due.has(what)) return
    const { first, next } = paces[what] ?? usual
    const wait = Math.max(first, (askedAt.get(what) ?? Number.NEGATIVE_INFINITY) + next - Date.now())
    if (wait === 0) return ask(what)
    due.add(what)
    setTimeout(() => ask(what), wait)
  }
}
