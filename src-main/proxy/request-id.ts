/** Ids of requests: they sort by time and cannot be guessed. */
import { randomBytes } from 'node:crypto'

/** 12 hex digits of wall milliseconds, then 80 random bits. */
export function requestId(now: number): string {
  return now.toString(16).padStart(12, '0') + randomBytes(10).toString('hex')
}
