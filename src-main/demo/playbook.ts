/** Which behaviour comes next for which key: queues whose last entry stays. */
import type { Behaviour } from './types.ts'

const ok: Behaviour = { kind: 'ok' }

/** Every so many requests on it, the demo's tight key answers 429: often enough to be seen, seldom enough to be useful. */
const tightEvery = 4

/** What the demo's keys start with. They open nothing, so they are no secrets. */
const demoPrefix = 'demo-'

export interface Playbook {
  set: (key: string, behaviours: readonly Behaviour[]) => void
  next: (key: string | null) => Behaviour
}

/** A key's own queue first, then that of `*`, then ok. */
export function createPlaybook(): Playbook {
  const queues = new Map<string, Behaviour[]>()
  return {
    set(key, behaviours) {
      queues.set(key, [...behaviours])
    },
    next(key) {
      const queue = (key === null ? undefined : queues.get(key)) ?? queues.get('*') ?? []
      return (queue.length > 1 ? queue.shift() : queue[0]) ?? ok
    },
  }
}

/**
 * The demo's rules: any key that starts with `demo-`, and now and then a short limit on the tight one (the second key that
 * was ever seen), counted and not random.
 */
export function createDemoRules(): Pick<Playbook, 'next'> {
  const seen: string[] = []
  let onTightKey = 0
  return {
    next: (key) => {
      if (key === null || !key.startsWith(demoPrefix)) return { kind: 'key-invalid' }
      if (seen.length < 2 && !seen.includes(key)) seen.push(key)
      if (key !== seen[1]) return ok
      onTightKey += 1
      return onTightKey % tightEvery === 2 ? { kind: 'rate-short', retryAfterS: 5 } : ok
    },
  }
}
