/** What the application tells without being asked, put into the cache. */
import type { InfiniteData, QueryClient } from '@tanstack/react-query'
import type { Key, KeyPage, LiveBatch, LiveEvent, RequestRow } from '../../src-preload/contract/index.ts'
import type { Orpc } from './orpc.ts'
import { createSettler, type Settled } from './settler.ts'

type Listener = (rows: RequestRow[]) => void

/** Requests as they finish, for whoever listens; `[]` means some may have been missed. */
export interface RequestFeed {
  subscribe(listener: Listener): () => void
}

interface LiveSource {
  onLive(listener: (batch: LiveBatch) => void): () => void
}

/** Keeps the cache true for as long as the page lives; after a gap everything is asked again. */
export function followLive(source: LiveSource, orpc: Orpc, cache: QueryClient): RequestFeed {
  const listeners = new Set<Listener>()
  const publish = (rows: RequestRow[]) => listeners.forEach((listener) => listener(rows))
  const settle = createSettler(orpc, cache)

  source.onLive((batch) => {
    for (const event of batch.events) applyEvent(event, orpc, cache, settle)
    patchKeys(
      new Map(batch.events.flatMap((event) => (event.type === 'key.changed' ? [[event.key.id, event.key]] : []))),
      orpc,
      cache,
    )
    const rows = batch.events.flatMap((event) => (event.type === 'request.finished' ? [event.request] : []))
    if (rows.length > 0) publish(rows)
    if (batch.dropped === 0) return
    publish([])
    settle('everything')
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
      settle('states')
      return
    // The shell's own business; see commands/asked.ts and tasks/told.ts.
    case 'command':
    case 'progress':
      return
    case 'notice':
      settle('notices')
      return
    case 'changed':
      settle(event.what)
  }
}

/** Puts the new keys where they are shown already; lists keep their place and order, and what shows none of them stays as it is. */
function patchKeys(changed: ReadonlyMap<string, Key>, orpc: Orpc, cache: QueryClient) {
  if (changed.size === 0) return
  for (const key of changed.values())
    cache.setQueryData<Key>(orpc.keys.get.queryKey({ input: { id: key.id } }), (shown) => shown && key)
  const replace = (page: KeyPage): KeyPage =>
    page.items.some(({ id }) => changed.has(id))
      ? { ...page, items: page.items.map((item) => changed.get(item.id) ?? item) }
      : page
  cache.setQueriesData<InfiniteData<KeyPage>>({ queryKey: orpc.keys.list.key({ type: 'infinite' }) }, (data) => {
    const pages = data?.pages.map(replace)
    return data && pages?.some((page, index) => page !== data.pages[index]) ? { ...data, pages } : data
  })
  cache.setQueriesData<KeyPage>({ queryKey: orpc.keys.list.key({ type: 'query' }) }, (page) => page && replace(page))
}
