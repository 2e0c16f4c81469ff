/** How often a wrong password may be tried: 5 times a minute for a user name, and from an address. */
import type { Clock } from '../../pool/types.ts'

export interface Throttle {
  /** Seconds to wait before the next try; 0 = go ahead. */
  wait(username: string, address: string): number
  failed(username: string, address: string): void
  succeeded(username: string, address: string): void
}

const most = 5
const windowMs = 60_000
/** Names and addresses that are remembered; the oldest go first. */
const remembered = 10_000

/**
 * A try that was refused here does not count: whoever goes on trying does not put off the next real one. Who has logged in from an
 * address before is counted apart there, so that nobody's failures but theirs keep them out.
 */
export function createThrottle(clock: Pick<Clock, 'mono'>): Throttle {
  const failures = new Map<string, number[]>()
  const known = new Map<string, true>()

  const recent = (name: string) => (failures.get(name) ?? []).filter((at) => clock.mono() - at < windowMs)
  const waitFor = (name: string) => {
    const oldest = recent(name).at(-most)
    return oldest === undefined ? 0 : Math.max(1, Math.ceil((oldest + windowMs - clock.mono()) / 1000))
  }
  return {
    wait(username, address) {
      const { pair, user, from } = namesOf(username, address)
      return known.has(pair) ? waitFor(pair) : Math.max(waitFor(user), waitFor(from))
    },
    failed(username, address) {
      for (const name of Object.values(namesOf(username, address))) remember(failures, name, [...recent(name), clock.mono()])
    },
    succeeded(username, address) {
      remember(known, namesOf(username, address).pair, true)
    },
  }
}

function namesOf(username: string, address: string) {
  // One machine's loopback has many spellings.
  const place = /^(127\.|::1$|::ffff:127\.)/i.test(address) ? 'loopback' : address.toLowerCase()
  return { pair: `pair ${place} ${username}`, user: `user ${username}`, from: `from ${place}` }
}

function remember<T>(map: Map<string, T>, name: string, value: T): void {
  map.delete(name)
  map.set(name, value)
  const [oldest] = map.keys()
  if (map.size > remembered && oldest !== undefined) map.delete(oldest)
}
