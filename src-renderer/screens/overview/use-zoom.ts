/** The range that is looked at, and the way back from a stretch that was cut out of it. */
import { useCallback } from 'react'
import { parseRange, type Range, rangeText } from '../../parts/range.ts'
import { useStored } from '../../parts/use-stored.ts'
import { useChosenRange } from './chosen.ts'

/** Steps back that are remembered. */
const depth = 8

/** Ranges from the widest on, each cut out of the one before it; the last is looked at. */
const codec = {
  parse: (text: string | null) => (text ?? '').split(' ').flatMap((part) => parseRange(part) ?? []),
  text: (ranges: readonly Range[]) => ranges.map(rangeText).join(' '),
}
const none: Range[] = []

export interface Zoom {
  range: Range
  /** What `back` leads to; null = nothing was cut out. */
  wider: Range | null
  /** Any range: the way back ends. */
  setRange: (range: Range) => void
  /** A stretch of what is looked at, in wall ms. */
  zoomTo: (from: number, to: number) => void
  back: () => void
}

export function useZoom(): Zoom {
  const [range, choose] = useChosenRange()
  const [stack, setStack] = useStored<Range[]>('overview.zoom', none, codec)
  // Another screen may have chosen another range since.
  const current = stack.at(-1)
  const valid = current !== undefined && rangeText(current) === rangeText(range) ? stack : none
  const wider = valid.at(-2) ?? null
  const setRange = useCallback(
    (next: Range) => {
      setStack(none)
      choose(next)
    },
    [setStack, choose],
  )
  const zoomTo = useCallback(
    (from: number, to: number) => {
      const next: Range = { kind: 'custom', from, to }
      setStack([...(valid.length === 0 ? [range] : valid), next].slice(-depth))
      choose(next)
    },
    [range, valid, setStack, choose],
  )
  const back = useCallback(() => {
    if (wider === null) return
    setStack(valid.length > 2 ? valid.slice(0, -1) : none)
    choose(wider)
  }, [wider, valid, setStack, choose])
  return { range, wider, setRange, zoomTo, back }
}
