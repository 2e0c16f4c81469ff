/** The walk past the parts of the window: which part, and which place lies open meanwhile. */
import type { Place } from '../../route.ts'
import { createStore } from '../store.ts'

/** Parts carry their name as `data-tour`. `place` null = the one that is open. */
export const tourSteps = [
  { part: 'proxy', place: null },
  { part: 'keys', place: 'keys' },
  { part: 'traffic', place: 'traffic' },
  { part: 'connect', place: 'connect' },
  { part: 'search', place: null },
] as const satisfies readonly { part: string; place: Place | null }[]

/** The step that is shown; null = nobody walks. */
export const tourAt = createStore<number | null>(null)

export const startTour = () => tourAt.set(0)
