/** What the application tells without being asked, put into the cache. */
import type { InfiniteData, InvalidateQueryFilters, QueryClient } from '@tanstack/react-query'
import type { Key, KeyPage, LiveBatch, LiveEvent, RequestRow } from '../../src-preload/contract/index.ts'
import type { Orpc } from './orpc.ts'

/** At most one asking-again of the same thing in this time: a busy proxy changes counts all the time. */
const settleMs = 1000

type Listener = (rows: RequestRow[]) => void

/** Requests as they finish, for whoever listens; `[]` means some may have been missed. */
export interface RequestFeed {
  subscribe(listener: Listener): () => void
}

interface LiveSource {
  onLive(listener: (batch: LiveBatch) => void): () => void
}

type Settled = Extract<LiveEvent, { type: 'changed' }>['what'] | 'states'

/** Keeps the cache true for as long as the page lives; after a gap everything is asked again. */
export function followLive(source: LiveSource, orpc: Orpc, cache: QueryClient): RequestFeed {
  const listeners = new Set<Listener>()
  const publish = (rows: RequestRow[]) => listeners.forEach((listener) => listener(rows))
  const settle = createSettler(orpc, cache)

  source.onLive((batch) => {
    for (const event of batch.events) applyEvent(event, orpc, cache, settle)
    const rows = batch.events.flatMap((event) => (event.type === 'request.finished' ? [event.request] : []))
    if (rows.length > 0) publish(rows)
    if (batch.dropped === 0) return
    publish([])
    void cache.invalidateQueries()
  })

  return {
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

function applyEvent(event: LiveEvent, orpc: Orpc, cache: QueryClient, settle: (what: Settled) => void) {
  switch (event.type) {
    case 'proxy.state':
      cache.setQueryData(orpc.proxy.status.queryKey(), event.status)
      return
    case 'vault.state':
      cache.setQueryData(orpc.vault.status.queryKey(), event.status)
      return
    case 'request.finished':
      settle('usage')
      return
    case 'key.changed':
      patchKey(event.key, orpc, cache)
      settle('states')
      return
    case 'notice':
      settle('notices')
      return
    case 'changed':
      settle(event.what)
  }
}

/** Puts the new key where it is shown already; lists keep their place and order. */
function patchKey(key: Key, orpc: Orpc, cache: QueryClient) {
  cache.setQueryData(orpc.keys.get.queryKey({ input: { id: key.id } }), key)
  const replace = (page: KeyPage): KeyPage =>
    page.items.some((item) => item.id === key.id)
      ? { ...page, items: page.items.map((item) => (item.id === key.id ? key : item)) }
      : page
  cache.setQueriesData<InfiniteData<KeyPage>>(
    { queryKey: orpc.keys.list.key({ type: 'infinite' }) },
    (data) => data && { ...data, pages: data.pages.map(replace) },
  )
  cache.setQueriesData<KeyPage>({ queryKey: orpc.keys.list.key({ type: 'query' }) }, (page) => page && replace(page))
}

/** Collects what changed and asks for it again, once per `settleMs`. */
function createSettler(orpc: Orpc, cache: QueryClient): (what: Settled) => void {
  const due = new Set<Settled>()
  let timer: ReturnType<typeof setTimeout> | undefined
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

  const flush = () => {
    timer = undefined
    const wanted = [...due].flatMap((what) => [...filters[what]])
    due.clear()
    for (const filter of wanted) void cache.invalidateQueries(filter)
  }
  return (what) => {
    due.add(what)
    timer ??= setTimeout(flush, settleMs)
  }
}
