/** What a place asks at first is asked as soon as the address names it: drawing a place takes as long as its answers do. */
import type { QueryClient } from '@tanstack/react-query'
import type { Orpc } from '../queries/orpc.ts'
import { type Place, parseRoute } from '../route.ts'
import { askOverview } from './overview/ask-ahead.ts'

/** Places with answers that take longer than to draw them. */
const questions: Partial<Record<Place, (orpc: Orpc, cache: QueryClient, params: URLSearchParams) => void>> = {
  overview: askOverview,
}

/** To be called before the page listens to the address itself. */
export function askAheadOfRoutes(orpc: Orpc, cache: QueryClient): void {
  let last: Place | null = null
  addEventListener('hashchange', () => {
    const { place, params } = parseRoute(location.hash)
    if (place === last) return
    last = place
    if (place !== null) questions[place]?.(orpc, cache, params)
  })
}
