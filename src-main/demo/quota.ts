/** Limits that the scripted upstream really keeps: a sliding window of requests and tokens per account and model. */
import type { Behaviour, Standing } from './types.ts'

type Limited = Extract<Behaviour, { kind: 'limited' }>

interface Window {
  /** Wall ms and tokens of what was let in, oldest first. */
  entries: { at: number; tokens: number }[]
}

export interface Quotas {
  /** Counts a call in if it fits, and says where the account stands then. `now` in wall ms. */
  take(limits: Limited, call: { key: string; model: string; tokens: number }, now: number): Standing
}

export function createQuotas(): Quotas {
  const windows = new Map<string, Window>()
  return {
    take(limits, { key, model, tokens }, now) {
      const name = `${limits.account ?? key} ${limits.perModel === true ? model : ''}`
      const window = windows.get(name) ?? { entries: [] }
      windows.set(name, window)
      const lengthMs = (limits.windowS ?? 60) * 1000
      window.entries = window.entries.filter(({ at }) => at > now - lengthMs)
      const used = () => window.entries.reduce((sum, entry) => sum + entry.tokens, 0)
      const fits = window.entries.length < limits.requests && used() + tokens <= (limits.tokens ?? Number.POSITIVE_INFINITY)
      if (fits) window.entries.push({ at: now, tokens })
      return {
        allowed: fits,
        requests: { limit: limits.requests, remaining: limits.requests - window.entries.length },
        tokens: limits.tokens === undefined ? null : { limit: limits.tokens, remaining: Math.max(0, limits.tokens - used()) },
        // Allowed: until the window is empty; refused: until the oldest call leaves it.
        resetMs: Math.max(1, ((fits ? window.entries.at(-1) : window.entries[0])?.at ?? now) + lengthMs - now),
      }
    },
  }
}
