/** Where the steps of a drawing lie. Pure. */

export interface Plot {
  /** Number of steps. */
  count: number
  /** `points` stand on the steps' places from edge to edge; `bands` fill a place each. */
  kind: 'points' | 'bands'
  /** Around the drawing's plane, in pixels. */
  left: number
  right: number
  top: number
  bottom: number
}

/** The step nearest to `x` pixels in a drawing of `width`. */
export function stepAt({ count, kind, left, right }: Plot, x: number, width: number): number {
  const plane = Math.max(1, width - left - right)
  const share = (x - left) / plane
  const index = kind === 'points' ? Math.round(share * (count - 1)) : Math.floor(share * count)
  return Math.min(count - 1, Math.max(0, index))
}

/** A step's middle and edges as CSS lengths from the drawing's left. */
export function placeOf({ count, kind, left, right }: Plot, index: number): { left: string; middle: string; right: string } {
  const at = (share: number) => `(${left}px + (100% - ${left + right}px) * ${Math.min(1, Math.max(0, share)).toFixed(5)})`
  if (kind === 'bands')
    return {
      left: `calc${at(index / count)}`,
      middle: `calc${at((index + 0.5) / count)}`,
      right: `calc${at((index + 1) / count)}`,
    }
  const gaps = Math.max(1, count - 1)
  return {
    left: `calc${at((index - 0.5) / gaps)}`,
    middle: `calc${at(index / gaps)}`,
    right: `calc${at((index + 0.5) / gaps)}`,
  }
}
