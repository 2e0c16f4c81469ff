/** Money spent by pools and clients, held against their budgets before each call. In memory; memory.ts keeps it written down. */
import type { Budget } from '../../../src-preload/contract/index.ts'
import type { Calendar, Clock } from '../../pool/types.ts'
import type { Spending } from '../../proxy/types.ts'
import type { MemoryWrites, SpentRow } from '../../storage/types.ts'
import { SpendingAccount } from './account.ts'

type Scope = SpentRow['scope']

/** A budget, and the zone in which its days and months end. */
export interface BudgetRule {
  /** Null = no limit; what is spent is counted all the same, so that a budget given later holds from its period's beginning. */
  budget: Budget | null
  zone: string
}

/** What a pool or client has spent, in billionths of a US dollar. */
interface SpentView {
  budget: Budget | null
  /** In the budget's period; without one ever. */
  used: number
  /** Set aside for calls under way. */
  reserved: number
  /** Wall ms; null = never. */
  resetsAt: number | null
}

export interface SpendingBook extends Spending {
  /** Null = there is no such pool or client. */
  spent(scope: Scope, owner: string): SpentView | null
  /** It is no more; what it has spent is forgotten. */
  forget(scope: Scope, owner: string): void
  /** What has changed since the last time. */
  takeMemory(): Pick<MemoryWrites, 'spent' | 'goneSpent'>
}

interface SpendingDeps {
  remembered: readonly SpentRow[]
  /** Undefined = there is no such pool or client: nothing is counted for it. */
  ruleOf(scope: Scope, owner: string): BudgetRule | undefined
  clock: Pick<Clock, 'now'>
  calendar: Calendar
}

/** 100,000 dollars: no call costs more, and nine million such sums are still exact. */
const maxNanos = 1e14

export function createSpending({ remembered, ruleOf, clock, calendar }: SpendingDeps): SpendingBook {
  const accounts = new Map<string, SpendingAccount>()
  const changed = new Set<string>()
  const gone = new Map<string, Pick<SpentRow, 'scope' | 'owner'>>()
  for (const row of remembered) {
    if (ruleOf(row.scope, row.owner)) accounts.set(nameOf(row.scope, row.owner), new SpendingAccount(row))
    else gone.set(nameOf(row.scope, row.owner), row)
  }

  /** The account with its periods up to date. */
  const open = (scope: Scope, owner: string) => {
    const rule = ruleOf(scope, owner)
    if (rule === undefined) return undefined
    const name = nameOf(scope, owner)
    let account = accounts.get(name)
    if (account === undefined) accounts.set(name, (account = SpendingAccount.empty(scope, owner)))
    account.turn(rule.zone, clock.now(), calendar)
    return { account, name, scope, budget: rule.budget, zone: rule.zone }
  }
  type Open = NonNullable<ReturnType<typeof open>>

  const settle = (sides: readonly Open[], reserved: number, nanos: number) => {
    for (const { account, name, zone } of sides) {
      account.turn(zone, clock.now(), calendar)
      account.settle(reserved, nanos)
      // One that was removed meanwhile stays so.
      if (nanos > 0 && accounts.get(name) === account) changed.add(name)
    }
  }

  return {
    reserve(pool, clientId, given) {
      const nanos = sound(given)
      const sides = [open('pool', pool), open('client', clientId)].filter((side) => side !== undefined)
      for (const { account, budget, scope } of sides) {
        if (budget === null || account.has(budget, nanos)) continue
        return { kind: 'spent', of: scope, until: account.renewedAt(budget, nanos) }
      }
      for (const { account } of sides) account.reserved += nanos
      let settled = false
      return {
        kind: 'reserved',
        settle(cost) {
          if (settled) return
          settled = true
          settle(sides, nanos, cost === null ? nanos : sound(cost))
        },
      }
    },
    spent(scope, owner) {
      const side = open(scope, owner)
      if (side === undefined) return null
      const { account, budget } = side
      const per = budget?.per ?? 'total'
      return { budget, used: account.used(per), reserved: account.reserved, resetsAt: account.endOf(per) }
    },
    forget(scope, owner) {
      const name = nameOf(scope, owner)
      accounts.delete(name)
      changed.delete(name)
      gone.set(name, { scope, owner })
    },
    takeMemory() {
      const spent = [...changed].flatMap((name) => accounts.get(name)?.row() ?? [])
      const goneSpent = [...gone.values()].map(({ scope, owner }) => ({ scope, owner }))
      changed.clear()
      gone.clear()
      return { spent, goneSpent }
    },
  }
}

function nameOf(scope: Scope, owner: string): string {
  return `${scope} ${owner}`
}

function sound(nanos: number): number {
  return nanos >= 0 ? Math.min(Math.round(nanos), maxNanos) : 0
}
