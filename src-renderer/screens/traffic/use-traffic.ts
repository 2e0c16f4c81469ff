/** The rows that Traffic shows: pages of a fixed stretch of the log, and a count of what came since. */
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useState } from 'react'
import type { RequestRow } from '../../../src-preload/contract/index.ts'
import type { Range } from '../../parts/range.ts'
import { useApi } from '../../queries/api.tsx'
import { matches, queryFromFilter, type TrafficFilter } from './filter.ts'
import { countFresh, noneFresh, withFresh } from './fresh.ts'

const pageSize = 100

export interface Traffic {
  /** When this look at the log was taken, wall ms. */
  at: number
  rows: RequestRow[]
  error: unknown
  /** Nothing is known yet. */
  loading: boolean
  /** Rows of another filter are still shown. */
  stale: boolean
  hasMore: boolean
  loadingMore: boolean
  loadMore: () => void
  /** What is rare is looked for a stretch of the log at a time: how far back that has come, wall ms; null = not under way. */
  lookedTo: number | null
  /** Requests that ended since and fit the filter; null = some, but nobody counted them. */
  fresh: number | null
  /** Moves the stretch up to now. */
  refresh: () => void
}

export function useTraffic(filter: TrafficFilter & { range: Range }): Traffic {
  const { client } = useApi()
  const filterText = JSON.stringify(filter)
  const [view, setView] = useState(() => lookAtLog(filterText))
  // A new filter looks at the log as it is now.
  if (view.filterText !== filterText) setView(lookAtLog(filterText))
  // A key of its own: the live subscription asks all other lists again, which would move what is being read.
  const query = useInfiniteQuery({
    queryKey: ['traffic', view],
    queryFn: ({ pageParam, signal }) =>
      client.requests.list(
        { ...queryFromFilter(filter, view.at), limit: pageSize, ...(pageParam === null ? {} : { cursor: pageParam }) },
        { signal },
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    placeholderData: keepPreviousData,
    gcTime: 60_000,
  })
  const pages = query.data?.pages
  const rows = useMemo(() => pages?.flatMap((page) => page.items) ?? [], [pages])
  const lookedTo = pages?.at(-1)?.lookedTo ?? null
  const { hasNextPage: hasMore, isFetching, isError, fetchNextPage } = query
  // Until a first page is full one stretch after another is looked through; from then on scrolling asks for more.
  const isShort = hasMore && !isError && lookedTo !== null && rows.length < pageSize
  useEffect(() => {
    if (isShort && !isFetching) void fetchNextPage()
  }, [isShort, isFetching, fetchNextPage])
  return {
    at: view.at,
    rows,
    error: query.error,
    loading: query.isPending || (isShort && rows.length === 0),
    stale: query.isPlaceholderData,
    hasMore,
    loadingMore: query.isFetchingNextPage,
    loadMore: () => void fetchNextPage(),
    lookedTo,
    fresh: useFresh(filter, view, rows),
    refresh: () => setView(lookAtLog(filterText)),
  }
}

/** The log as it is now, through a filter. */
function lookAtLog(filterText: string) {
  return { filterText, at: Date.now() }
}

/** Counts requests that end while the list is being read. A range that has ended gets none. */
function useFresh(filter: TrafficFilter, view: object, rows: readonly RequestRow[]): number | null {
  const { requests } = useApi()
  const [seen, setSeen] = useState({ view, fresh: noneFresh })
  if (seen.view !== view) setSeen({ view, fresh: noneFresh })
  useEffect(
    () =>
      requests.subscribe((finished) => {
        const fitting = finished.filter((row) => matches(row, filter))
        if (finished.length > 0 && fitting.length === 0) return
        setSeen((before) => ({ ...before, fresh: finished.length === 0 ? 'missed' : withFresh(before.fresh, fitting) }))
      }),
    [requests, filter],
  )
  return countFresh(seen.fresh, rows)
}
