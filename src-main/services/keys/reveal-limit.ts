/** How often a secret may be shown: 5 times a minute and 30 times an hour, restarts included. */
import { KeywheelError } from '../../../src-preload/contract/index.ts'
import type { Catalog } from '../catalog.ts'

/** The name under which the catalog remembers the wall times of the last hour's reveals. */
const remembered = 'state.reveals'
const windows = [
  { ms: 60_000, most: 5 },
  { ms: 3_600_000, most: 30 },
]

/** Counts one reveal at `now` (wall ms) and gives back what has to be remembered for it; RATE_LIMITED when it is one too many. */
export function countReveal(catalog: Pick<Catalog, 'remembered'>, now: number): Record<string, unknown> {
  const before = catalog.remembered(remembered)
  const times = Array.isArray(before) ? before.filter((at): at is number => typeof at === 'number') : []
  // Times to come are from before the clock was set back; they would lock the owner out until then.
  const recent = times.filter((at) => at <= now && now - at < 3_600_000)
  for (const { ms, most } of windows) {
    const within = recent.filter((at) => now - at < ms)
    const oldest = within.at(-most)
    if (oldest === undefined) continue
    const retryAfter = Math.ceil((oldest + ms - now) / 1000)
    throw new KeywheelError('RATE_LIMITED', `Secrets were shown often just now; wait ${retryAfter} s.`, { retryAfter })
  }
  return { [remembered]: [...recent, now] }
}
