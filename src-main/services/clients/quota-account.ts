/** The quotas of one client: how they stand, and what a call takes of them. */
import type { CreditRule, QuotaStanding } from '../../../src-preload/contract/index.ts'
import {
  checkAndDeduct,
  creditsBy,
  fromMicros,
  lowestQuota,
  openQuota,
  type Quota,
  redefine,
  remainingOf,
  settle,
  toMicros,
} from '../../clients/index.ts'
import type { QuotaCall, QuotaShort, QuotaState } from '../../proxy/types.ts'
import type { ClientDayRow, ClientRow, QuotaRow } from '../../storage/types.ts'
import type { Days } from './client-days.ts'

export type Definition = ClientRow['quotas'][number]

/** What a quota counted before it was opened. */
type Stored = (duration: string) => Pick<QuotaRow, 'used' | 'intervalStart'> | undefined

/** Credits that a call has taken. */
export interface Taken {
  readonly state: QuotaState | null
  /** What it really cost, in credits. */
  settle(use: { reached: boolean; tokens: number | null; nanos: number | null }, now: number): number
}

export class QuotaAccount {
  readonly client: string
  /** Shortest first. */
  #quotas: readonly Quota[] = []

  constructor(client: string) {
    this.client = client
  }

  get durations(): string[] {
    return this.#quotas.map(({ definition }) => definition.duration)
  }

  /** The quotas from now on; what is used of the running interval of the same duration stays used. */
  define(definitions: readonly Definition[], now: number, stored: Stored): void {
    this.#quotas = definitions.map((definition) => {
      const { duration } = definition
      const former = this.#quotas.find((quota) => quota.definition.duration === duration)
      if (former === undefined) {
        const row = stored(duration)
        return openQuota(definition, now, row && { usedUp: fromMicros(row.used), intervalStart: row.intervalStart })
      }
      // The same object, so that calls under way settle with it.
      redefine(former, definition, now)
      return former
    })
  }

  take(rule: CreditRule, call: QuotaCall, now: number): Taken | QuotaShort {
    const deduction = checkAndDeduct(this.#quotas, creditsBy(rule, call), now)
    if (!deduction.granted) {
      const { quota, remaining, renewsAt, required } = deduction
      return { kind: 'short', state: { ...stateOf(quota, remaining), renewsAt }, required }
    }
    return {
      state: this.#lowest(now),
      settle({ reached, tokens, nanos }, at) {
        const use = { tokens: tokens ?? call.tokens, nanos: nanos ?? call.nanos }
        settle(deduction, reached ? creditsBy(rule, use) : 0, at)
        return deduction.left
      },
    }
  }

  standing(now: number): QuotaStanding[] {
    return this.#quotas.map((quota) => {
      const remaining = remainingOf(quota, now)
      const { definition, usedUp, intervalEnd } = quota
      const { duration, credits, start, zone = 'UTC' } = definition
      return { duration, credits, start, zone, used: usedUp, remaining, renewsAt: intervalEnd }
    })
  }

  /**
   * Gives back what was used in `span` (its days, with what was counted on them) as far as it counts in a running interval: all of
   * it where the span holds the whole interval. `dayOf` says which day a moment lies in.
   */
  giveBack(span: Days, days: readonly ClientDayRow[], { now, dayOf }: { now: number; dayOf(at: number): string }): void {
    for (const quota of this.#quotas) {
      remainingOf(quota, now)
      const first = dayOf(quota.intervalStart)
      const back = days.reduce((sum, { day, credits }) => (day < first ? sum : sum + credits), 0)
      const whole = span.from <= first && span.to >= dayOf(now)
      quota.usedUp = whole ? 0 : fromMicros(Math.max(0, toMicros(quota.usedUp) - toMicros(back)))
    }
  }

  rows(): QuotaRow[] {
    return this.#quotas.map(({ definition: { duration }, usedUp, intervalStart }) => ({
      client: this.client,
      duration,
      used: toMicros(usedUp),
      intervalStart,
    }))
  }

  /** Of the quota with the least left; null when all are unlimited. */
  #lowest(now: number): QuotaState | null {
    const lowest = lowestQuota(this.#quotas, now)
    if (lowest === undefined || lowest.definition.credits < 0) return null
    return stateOf(lowest, remainingOf(lowest, now))
  }
}

function stateOf({ definition, intervalEnd }: Quota, remaining: number): QuotaState {
  return { duration: definition.duration, limit: definition.credits, remaining, renewsAt: intervalEnd }
}
