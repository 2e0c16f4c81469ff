/** Counts requests that end while the list is being read. */
import { useEffect, useState } from 'react'
import type { RequestRow } from '../../../src-preload/contract/index.ts'
import { useApi } from '../../queries/api.tsx'
import { matches, type TrafficFilter } from './filter.ts'
import { countFresh, type Fresh, noneFresh, withFresh } from './fresh.ts'
import type { View } from './use-traffic.ts'

/** Requests that ended since the look `view` and fit the filter; null = some, but nobody counted them. A range that has ended gets none. */
export function useFresh(filter: TrafficFilter, view: View, rows: readonly RequestRow[]): number | null {
  const { requests } = useApi()
  const [seen, setSeen] = useState<{ view: View; fresh: Fresh }>({ view, fresh: noneFresh })
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
