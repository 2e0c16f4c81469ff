/** The rows that Traffic shows: pages of a fixed stretch of the log. */
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useState } from 'react'
import type { RequestRow } from '../../../src-preload/contract/index.ts'
import type { Range } from '../../parts/range.ts'
import { useApi } from '../../queries/api.tsx'
import { queryFromFilter, type TrafficFilter } from './filter.ts'

const pageSize = 100

/** A look at the log as it was at a moment, through a filter. */
export interface View {
  filterText: string
  /** Wall ms. */
  at: number
  /** The filter is another one than that of the look before. */
  changed: boolean
}

export interface Traffic {
  view: View
  rows: RequestRow[]
  error: unknown
  /** Nothing is known yet. */
  loading: boolean
  /** Rows of another filter are still shown. */
  stale: boolean
  /** Newer rows are on their way. */
  renewing: boolean
  hasMore: boolean
  loadingMore: boolean
  loadMore: () => void
  /** What is rare is looked for a stretch of the log at a time: how far back that has come, wall ms; null = not under way. */
  lookedTo: number | null
  /** Moves the stretch up to now. */
  refresh: () => void
}

export function useTraffic(filter: TrafficFilter & { range: Range }): Traffic {
  const { client } = useApi()
  const filterText = JSON.stringify(filter)
  const [view, setView] = useState<View>(() => lookAtLog(filterText, true))
  // A new filter looks at the log as it is now.
  if (view.filterText !== filterText) setView(lookAtLog(filterText, true))
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
    // While the log is followed there is a new look each second; nobody comes back to an old one.
    gcTime: 2000,
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
    view,
    rows,
    error: query.error,
    loading: query.isPending || (isShort && rows.length === 0),
    stale: query.isPlaceholderData && view.changed,
    renewing: query.isPlaceholderData,
    hasMore,
    loadingMore: query.isFetchingNextPage,
    loadMore: useCallback(() => void fetchNextPage(), [fetchNextPage]),
    lookedTo,
    refresh: useCallback(() => setView(({ filterText: same }) => lookAtLog(same, false)), []),
  }
}

function lookAtLog(filterText: string, changed: boolean): View {
  return { filterText, at: Date.now(), changed }
}
