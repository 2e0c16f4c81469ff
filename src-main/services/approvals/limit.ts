/** How often one address may ask for a token. */
import type { Clock } from '../../pool/types.ts'

const asksAMinute = 10
const minuteMs = 60_000
/** The table must not grow with the addresses that ask. */
const maxPeers = 1024

interface AskLimit {
  /** Counts one; when it is one too many, the seconds until there may be another, else null. */
  count(address: string): number | null
}

export function createAskLimit(clock: Pick<Clock, 'mono'>): AskLimit {
  const peers = new Map<string, number[]>()
  return {
    count(from) {
      // One machine's loopback has 2^24 addresses, and a program may come from any of them.
      const address = /^(127\.|::1$|::ffff:127\.)/i.test(from) ? 'loopback' : from
      const now = clock.mono()
      const recent = (peers.get(address) ?? []).filter((at) => now - at < minuteMs)
      peers.delete(address)
      peers.set(address, recent)
      const oldest = peers.keys().next().value
      if (peers.size > maxPeers && oldest !== undefined) peers.delete(oldest)
      const first = recent[0]
      // Those that are refused do not count: who asks all the time is served ten times a minute.
      if (recent.length < asksAMinute || first === undefined) {
        recent.push(now)
        return null
      }
      return Math.max(1, Math.ceil((first + minuteMs - now) / 1000))
    },
  }
}
