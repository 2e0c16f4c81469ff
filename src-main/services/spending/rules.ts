/** The budgets of pools and clients, as the catalog has them. */
import type { Calendar, Clock } from '../../pool/types.ts'
import { findProvider } from '../../providers/index.ts'
import type { PoolRow, SpentRow } from '../../storage/types.ts'
import type { Catalog } from '../catalog.ts'
import { machineZone } from '../machine-zone.ts'
import { configOf } from '../pools/pool-rules.ts'
import { type BudgetRule, createSpending, type SpendingBook } from './spending.ts'

/** The spending of what is in the catalog, with what was remembered of it; what leaves the catalog is forgotten. */
export function spendingOf(
  catalog: Pick<Catalog, 'pools' | 'clients' | 'observe'>,
  remembered: readonly SpentRow[],
  clock: Pick<Clock, 'now'>,
  calendar: Calendar,
): SpendingBook {
  // Rows are replaced, never changed: what was read of one stays true.
  const rules = new WeakMap<PoolRow, BudgetRule>()
  const poolRule = (row: PoolRow): BudgetRule => {
    const known = rules.get(row)
    if (known) return known
    const { budget, limitZone } = configOf(row)
    const rule = { budget, zone: limitZone ?? findProvider(row.provider)?.resetZone ?? 'UTC' }
    rules.set(row, rule)
    return rule
  }
  const clientRule = (id: string): BudgetRule | undefined => {
    const row = catalog.clients.get(id)
    return row && { budget: row.budget, zone: machineZone }
  }
  const book = createSpending({
    remembered,
    clock,
    calendar,
    ruleOf(scope, owner) {
      if (scope === 'client') return clientRule(owner)
      const row = catalog.pools.get(owner)
      return row && poolRule(row)
    },
  })
  catalog.observe(({ removePools = [], removeClients = [] }) => {
    for (const slug of removePools) book.forget('pool', slug)
    for (const id of removeClients) book.forget('client', id)
  })
  return book
}
