/** The list of keys, page after page, and the counts for its filters. */
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { Key, KeyPage, KeyState } from '../../../src-preload/contract/index.ts'
import { useApi } from '../../queries/api.tsx'

export interface KeyFilter {
  pool: string | null
  state: KeyState | null
  /** May be a whole pasted key: never put it into the address. */
  q: string
}

export interface KeyList {
  items: readonly Key[]
  /** How many match, loaded or not. */
  total: number
  counts: KeyPage['counts'] | undefined
  /** The first page is not there yet. */
  loading: boolean
  error: unknown
  hasMore: boolean
  loadMore: () => Promise<unknown>
  /** Loads every page that is missing; resolves to all ids. */
  loadAll: () => Promise<string[]>
  retry: () => void
}

const pageSize = 200

export function useKeyList({ pool, state, q }: KeyFilter): KeyList {
  const { orpc } = useApi()
  const filter = { ...(pool && { pool }), ...(q && { q }) }
  // A search may hold a secret: it leaves the cache together with the view.
  const cache = q ? { gcTime: 0 } : {}
  const list = useInfiniteQuery({
    ...orpc.keys.list.infiniteOptions({
      input: (cursor: string | undefined) => ({ ...filter, ...(state && { state }), ...(cursor && { cursor }), limit: pageSize }),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: (page) => page.nextCursor ?? undefined,
    }),
    placeholderData: keepPreviousData,
    ...cache,
  })
  const counts = useQuery({
    ...orpc.keys.list.queryOptions({ input: { ...filter, limit: 1 } }),
    placeholderData: keepPreviousData,
    ...cache,
  })
  const pages = list.data?.pages
  const items = useMemo(() => pages?.flatMap((page) => page.items) ?? [], [pages])
  return {
    items,
    total: list.data?.pages[0]?.total ?? 0,
    counts: counts.data?.counts,
    loading: list.isPending,
    error: list.error,
    hasMore: list.hasNextPage,
    loadMore: () => (list.isFetchingNextPage ? Promise.resolve() : list.fetchNextPage()),
    async loadAll() {
      let page = list.data
      for (let more = list.hasNextPage; more; ) {
        const next = await list.fetchNextPage()
        if (next.error) throw next.error
        page = next.data
        more = next.hasNextPage
      }
      return page?.pages.flatMap((part) => part.items.map((key) => key.id)) ?? []
    },
    retry: () => void list.refetch(),
  }
}
