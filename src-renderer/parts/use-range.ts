/** The range of time last chosen, shared by all screens and kept over restarts. */
import { parseRange, type Range, rangeText } from './range.ts'
import { stored, useStored } from './use-stored.ts'

const codec = { parse: parseRange, text: rangeText }
const day: Range = { kind: '24h' }

/** Outside of components. */
export function chosenRange(): Range {
  return stored('range', day, codec)
}

export function useRange() {
  return useStored<Range>('range', day, codec)
}
