/** Slows down guessing of tokens: so many wrong ones a minute from one address. */
import type { Clock } from '../../pool/types.ts'

export const failuresAMinute = 20
const windowMs = 60_000
// All of 127.0.0.0/8 can be a peer; the table must not grow with it.
const maxPeers = 1024

export interface FailureLimiter {
  /** Counts a wrong token; true when the address has had too many within the minute. */
  fail(address: string): boolean
}

/** Valid tokens never pass through here, so a flood of wrong ones cannot shut the right one out. */
export function createFailureLimiter(clock: Pick<Clock, 'mono'>): FailureLimiter {
  const peers = new Map<string, { count: number; since: number }>()
  return {
    fail(address) {
      const now = clock.mono()
      let peer = peers.get(address)
      if (peer === undefined || now - peer.since >= windowMs) {
        peer = { count: 0, since: now }
        peers.delete(address)
        peers.set(address, peer)
        const oldest = peers.keys().next().value
        if (peers.size > maxPeers && oldest !== undefined) peers.delete(oldest)
      }
      peer.count++
      return peer.count > failuresAMinute
    },
  }
}
