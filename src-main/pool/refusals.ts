/** What a caller is told who gets no key. Pure. */
import type { Exhausted, Wait } from './queue.ts'
import type { Outlook } from './rank.ts'
import { type Gate, OUT } from './readiness.ts'
import type { ExhaustedReason } from './types.ts'

/** No key of the rank is ready, or only those that this call has tried. */
export function refuse(outlook: Outlook, now: number): Exhausted | Wait {
  const { tried, busy, wakeAt, backAt, readyTried, tooSmall } = outlook
  if (outlook.allTooSmall) return exhausted('too-large', null)
  if (!busy && wakeAt === null) {
    return tooSmall
      ? exhausted('too-large', null)
      : exhausted(tried > 0 ? 'all-tried' : 'none-usable', backAt === null ? null : backAt - now)
  }
  const scope = readyTried || tooSmall ? 'call' : 'model'
  return { kind: 'wait', wakeAt, onRelease: busy, onlyBusy: outlook.onlyBusy, scope, sized: outlook.sized, reason: 'none-usable' }
}

/** The pool has no slot; it says so only to a call that could use one. */
export function refuseFull(outlook: Outlook, now: number): Exhausted | Wait {
  const { tried, ready, busy, wakeAt, backAt } = outlook
  if (!ready && !busy && wakeAt === null) {
    return exhausted(tried > 0 ? 'all-tried' : 'none-usable', backAt === null ? null : backAt - now)
  }
  return { kind: 'wait', wakeAt: null, onRelease: true, onlyBusy: true, scope: 'pool', sized: false, reason: 'none-usable' }
}

/** The one key that was asked for is not ready. */
export function refuseClaim({ until, busy, sized }: Gate, now: number): Exhausted | Wait {
  if (until === OUT) return exhausted(sized ? 'too-large' : 'none-usable', null)
  const wakeAt = until > now ? until : null
  return { kind: 'wait', wakeAt, onRelease: busy, onlyBusy: busy && wakeAt === null, scope: 'call', sized, reason: 'none-usable' }
}

/** `until`: mono ms, or below 0 = when the call that tries it out has ended. */
export function upstreamDown(until: number): Wait {
  const tries = until < 0
  return {
    kind: 'wait',
    wakeAt: tries ? null : until,
    onRelease: tries,
    onlyBusy: tries,
    scope: 'model',
    sized: false,
    reason: 'upstream-down',
  }
}

export function exhausted(reason: ExhaustedReason, retryAfterMs: number | null): Exhausted {
  return { kind: 'exhausted', reason, retryAfterMs }
}

/** Two ways for one call, neither of them open: the words of the first, the hope of both. */
export function combine(first: Exhausted | Wait, other: Exhausted | Wait): Exhausted | Wait {
  if (first.kind === 'exhausted') {
    if (other.kind === 'wait') return { ...other, reason: first.reason }
    return exhausted(first.reason, earlier(first.retryAfterMs, other.retryAfterMs))
  }
  if (other.kind === 'exhausted') return first
  return { ...first, wakeAt: earlier(first.wakeAt, other.wakeAt), onRelease: first.onRelease || other.onRelease }
}

function earlier(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.min(a, b)
}
