/** Ids of requests: they sort by time and cannot be guessed. */
import { randomFillSync } from 'node:crypto'

const idBytes = 10
// Asked for many at a time: a call to the random generator costs more than the rest of an id.
const stock = Buffer.alloc(idBytes * 256)
let used = stock.length

/** 12 hex digits of wall milliseconds, then 80 random bits. */
export function requestId(now: number): string {
  if (used === stock.length) {
    randomFillSync(stock)
    used = 0
  }
  used += idBytes
  return now.toString(16).padStart(12, '0') + stock.toString('hex', used - idBytes, used)
}
