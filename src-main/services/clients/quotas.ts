/** Credits of clients, held against their quotas before each call. In memory; memory.ts keeps it written down. */
import type { CreditRule, QuotaStanding } from '../../../src-preload/contract/index.ts'
import { creditRuleFor } from '../../clients/index.ts'
import type { Clock } from '../../pool/types.ts'
import type { Quotas } from '../../proxy/types.ts'
import type { ClientDayRow, ClientRow, MemoryWrites, QuotaRow } from '../../storage/types.ts'
import type { Days } from './client-days.ts'
import { type Definition, QuotaAccount } from './quota-account.ts'

export interface QuotaBook extends Quotas {
  /** The quotas that a client has from now on, shortest first. What it has used of the same duration's running interval stays used. */
  define(client: string, definitions: readonly Definition[]): void
  /** It is no more, and what it has used is forgotten. */
  forget(client: string): void
  /** Shortest first; empty = it has none. */
  standing(client: string): QuotaStanding[]
  /** What was used in `span` counts no more in a running interval; `days` = its days with what was counted on them. */
  giveBack(client: string, span: Days, days: readonly ClientDayRow[]): void
  /** What has changed since the last time. */
  takeMemory(): Pick<MemoryWrites, 'quotas' | 'goneQuotas'>
}

interface QuotaDeps {
  clients: Iterable<Pick<ClientRow, 'id' | 'quotas'>>
  /** What counts of it: the quotas that these clients still have. */
  remembered: readonly QuotaRow[]
  rules(): readonly CreditRule[]
  clock: Pick<Clock, 'now'>
  /** The day that a moment (wall ms) lies in, YYYY-MM-DD. */
  dayOf(at: number): string
}

export function createQuotas({ clients, remembered, rules, clock, dayOf }: QuotaDeps): QuotaBook {
  const accounts = new Map<string, QuotaAccount>()
  const changed = new Set<QuotaAccount>()
  const gone = new Map<string, MemoryWrites['goneQuotas'][number]>()
  const drop = (client: string, duration: string) => gone.set(nameOf(client, duration), { client, duration })

  const define = (client: string, definitions: readonly Definition[], stored: ReadonlyMap<string, QuotaRow>) => {
    if (definitions.length === 0 && !accounts.has(client)) return
    const account = accounts.get(client) ?? new QuotaAccount(client)
    for (const duration of account.durations) drop(client, duration)
    account.define(definitions, clock.now(), (duration) => stored.get(nameOf(client, duration)))
    for (const { duration } of definitions) gone.delete(nameOf(client, duration))
    if (definitions.length === 0) accounts.delete(client)
    else accounts.set(client, account)
    changed.add(account)
  }

  const stored = new Map(remembered.map((row) => [nameOf(row.client, row.duration), row]))
  for (const { client, duration } of remembered) drop(client, duration)
  for (const { id, quotas } of clients) if (quotas.length > 0) define(id, quotas, stored)

  return {
    define: (client, definitions) => define(client, definitions, new Map()),
    forget(client) {
      for (const duration of accounts.get(client)?.durations ?? []) drop(client, duration)
      accounts.delete(client)
    },
    take(client, call) {
      const account = accounts.get(client)
      if (account === undefined) return null
      const taken = account.take(creditRuleFor(rules(), call.pool, call.model), call, clock.now())
      if ('kind' in taken) return taken
      changed.add(account)
      let credits: number | null = null
      return {
        kind: 'taken',
        state: taken.state,
        settle(use) {
          if (credits !== null) return credits
          changed.add(account)
          credits = taken.settle(use, clock.now())
          return credits
        },
      }
    },
    standing: (client) => accounts.get(client)?.standing(clock.now()) ?? [],
    giveBack(client, span, days) {
      const account = accounts.get(client)
      if (account === undefined) return
      account.giveBack(span, days, { now: clock.now(), dayOf })
      changed.add(account)
    },
    takeMemory() {
      // Calls of one that was removed meanwhile may still settle.
      const there = [...changed].filter((account) => accounts.get(account.client) === account)
      const taken = { quotas: there.flatMap((account) => account.rows()), goneQuotas: [...gone.values()] }
      changed.clear()
      gone.clear()
      return taken
    },
  }
}

function nameOf(client: string, duration: string): string {
  return `${duration} ${client}`
}
