/** When each try of a request began, on the request's own clock. Pure. */
import type { RequestRow } from '../../../src-preload/contract/index.ts'

export interface AttemptTime {
  /** Ms after the request came. */
  start: number
  ms: number
}

type Timed = Pick<RequestRow, 'attempts' | 'msQueued'>

/** Rows of earlier versions do not say it: there each try is taken to follow the one before, the first one after the wait. */
export function attemptTimes({ attempts, msQueued }: Timed): AttemptTime[] {
  let end = msQueued
  return attempts.map(({ startMs, ms }) => {
    const start = startMs ?? end
    end = start + ms
    return { start, ms }
  })
}

/** The length of the scale on which all of them are drawn; never 0. */
export function scaleOf(row: Timed & Pick<RequestRow, 'msTotal'>): number {
  return Math.max(1, row.msTotal, ...attemptTimes(row).map(({ start, ms }) => start + ms))
}
