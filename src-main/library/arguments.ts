/** Numbers that a program gives for one call. */
import { PoolError } from './errors.ts'

/** Longer calls than this would outlive their lease. */
const LONGEST_CALL_S = 3600

/** Seconds above 0 as ms. Throws INVALID_ARGUMENT. */
export function timeoutMs(seconds: number): number {
  return inRange('timeout', seconds, Number.MIN_VALUE, LONGEST_CALL_S, `seconds above 0, at most ${LONGEST_CALL_S}`) * 1000
}

/** A whole number from `min`. Throws INVALID_ARGUMENT. */
export function whole(name: string, value: number, min: number): number {
  if (Number.isInteger(value)) return inRange(name, value, min, Number.MAX_SAFE_INTEGER, `a whole number from ${min}`)
  throw refusal(name, `a whole number from ${min}`)
}

/** Seconds, 0 or more, as ms. Throws INVALID_ARGUMENT. */
export function durationMs(name: string, seconds: number): number {
  return inRange(name, seconds, 0, Number.MAX_SAFE_INTEGER, 'seconds, 0 or more') * 1000
}

function inRange(name: string, value: number, min: number, max: number, wanted: string): number {
  if (typeof value === 'number' && value >= min && value <= max) return value
  throw refusal(name, wanted)
}

function refusal(name: string, wanted: string): PoolError {
  return new PoolError('INVALID_ARGUMENT', `${name}: give ${wanted}.`, { field: name })
}
