import { createORPCClient } from '@orpc/client'
import { createTanstackQueryUtils } from '@orpc/tanstack-query'
import { QueryClient } from '@tanstack/react-query'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Key, KeyPage, LiveBatch, LiveEvent, RequestRow } from '../../src-preload/contract/index.ts'
import type { Client } from '../../src-renderer/bridge/index.ts'
import { followLive } from '../../src-renderer/queries/live.ts'
import { key } from './build-limits.ts'
import { proxyOn } from './build-proxy.ts'
import { requestRow } from './build-rows.ts'

// Nothing is called here: the keys of the cache are made from the client's paths.
const orpc = createTanstackQueryUtils(createORPCClient<Client>({ call: () => Promise.reject(new Error('not called')) }))

const counts = { ready: 1, cooling: 0, exhausted: 0, invalid: 0, disabled: 0, unchecked: 0 }
const page = (items: Key[]): KeyPage => ({ items, total: items.length, counts, nextCursor: null })

let cache: QueryClient
let send: (batch: LiveBatch) => void
let rows: RequestRow[][]
const tell = (...events: LiveEvent[]) => send({ events, dropped: 0 })

beforeEach(() => {
  vi.useFakeTimers()
  cache = new QueryClient()
  rows = []
  const feed = followLive({ onLive: (listener) => ((send = listener), () => {}) }, orpc, cache)
  feed.subscribe((batch) => rows.push(batch))
})
afterEach(() => vi.useRealTimers())

const stale = (queryKey: readonly unknown[]) => cache.getQueryState(queryKey)?.isInvalidated

test('the state of the proxy is what the application says', () => {
  tell({ type: 'proxy.state', status: proxyOn })
  expect(cache.getQueryData(orpc.proxy.status.queryKey())).toEqual(proxyOn)
})

test('a changed key is put where it is shown: lists, pages and its drawer', () => {
  const list = orpc.keys.list.queryKey({ input: { limit: 10 } })
  const pages = [...orpc.keys.list.key({ type: 'infinite', input: {} })]
  cache.setQueryData(list, page([key(), key({ id: 'key_2' })]))
  cache.setQueryData(orpc.keys.get.queryKey({ input: { id: 'key_1' } }), key())
  cache.setQueryData(pages, { pages: [page([key({ id: 'key_2' })]), page([key()])], pageParams: [undefined, 'x'] })
  tell({ type: 'key.changed', key: key({ state: 'cooling', until: 99 }) })
  expect(cache.getQueryData<KeyPage>(list)?.items.map(({ state }) => state)).toEqual(['cooling', 'ready'])
  expect(cache.getQueryData<{ pages: KeyPage[] }>(pages)?.pages.map(({ items }) => items[0]?.state)).toEqual(['ready', 'cooling'])
  expect(cache.getQueryData<Key>(orpc.keys.get.queryKey({ input: { id: 'key_1' } }))?.until).toBe(99)
})

test('a list of one state is asked again when a key changes its state; a list of all is not', async () => {
  const listOf = (input: object) => [...orpc.keys.list.key({ type: 'infinite', input })]
  const empty = { pages: [page([])], pageParams: [undefined] }
  cache.setQueryData(listOf({ state: 'cooling' }), empty)
  cache.setQueryData(listOf({}), empty)
  tell({ type: 'key.changed', key: key({ state: 'cooling' }) })
  await vi.advanceTimersByTimeAsync(1000)
  expect([stale(listOf({ state: 'cooling' })), stale(listOf({}))]).toEqual([true, false])
})

test('limits of keys are asked again after calls; long lists of accounts are not, at every change of a key', async () => {
  const limits = orpc.keys.limits.queryKey({ input: { id: 'key_1' } })
  const accounts = orpc.pools.accounts.queryKey({ input: { slug: 'main' } })
  cache.setQueryData(limits, [])
  cache.setQueryData(accounts, [])
  tell({ type: 'request.finished', request: requestRow() }, { type: 'key.changed', key: key() })
  await vi.advanceTimersByTimeAsync(1000)
  expect([stale(limits), stale(accounts)]).toEqual([true, false])
})

test('many changes ask again once a second, and only for what follows from them', async () => {
  const pools = orpc.pools.list.queryKey()
  const settings = orpc.settings.get.queryKey()
  cache.setQueryData(pools, [])
  cache.setQueryData(settings, {} as never)
  const asked = vi.spyOn(cache, 'invalidateQueries')
  for (let n = 0; n < 50; n += 1) tell({ type: 'changed', what: 'pools' })
  expect(asked).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(1000)
  expect(asked.mock.calls.length).toBeLessThanOrEqual(2)
  expect([stale(pools), stale(settings)]).toEqual([true, false])
})

test('a call is seen in a second; while calls go on, what they were used for is asked again every five', async () => {
  const asked = vi.spyOn(cache, 'invalidateQueries')
  const usage = JSON.stringify(orpc.usage.key())
  const seen: number[] = []
  const times = () => asked.mock.calls.filter(([filter]) => JSON.stringify(filter?.queryKey) === usage).length
  for (let ms = 0; ms < 20_000; ms += 250) {
    tell({ type: 'request.finished', request: requestRow() })
    await vi.advanceTimersByTimeAsync(250)
    seen.push(times())
  }
  expect([seen[3], seen.at(-1)]).toEqual([1, 4])
})

test('a flood that cannot be told does not ask for everything at each message', async () => {
  cache.setQueryData(orpc.settings.get.queryKey(), {} as never)
  const asked = vi.spyOn(cache, 'invalidateQueries')
  for (let ms = 0; ms < 10_000; ms += 250) {
    send({ events: [], dropped: 100 })
    await vi.advanceTimersByTimeAsync(250)
  }
  expect(asked.mock.calls.length).toBe(3)
})

test('what shows none of the changed keys is left as it is, and a key that nobody looks at is not kept', () => {
  const pages = [...orpc.keys.list.key({ type: 'infinite', input: {} })]
  const shown = { pages: [page([key({ id: 'key_2' })])], pageParams: [undefined] }
  cache.setQueryData(pages, shown)
  tell({ type: 'key.changed', key: key({ state: 'cooling' }) })
  expect(cache.getQueryData(pages)).toBe(shown)
  expect(cache.getQueryData(orpc.keys.get.queryKey({ input: { id: 'key_1' } }))).toBeUndefined()
})

test('finished requests go to whoever listens', () => {
  tell({ type: 'request.finished', request: requestRow() }, { type: 'request.finished', request: requestRow() })
  expect(rows.map((batch) => batch.length)).toEqual([2])
})

test('after a gap everything is asked again, and listeners know that they missed some', () => {
  cache.setQueryData(orpc.settings.get.queryKey(), {} as never)
  send({ events: [], dropped: 3 })
  expect(rows).toEqual([[]])
  expect(stale(orpc.settings.get.queryKey())).toBe(true)
})
