/** What clients use: their quotas and their days, by the catalog; what leaves the catalog is forgotten. */
import type { ClientDay, QuotaStanding, RequestRow } from '../../../src-preload/contract/index.ts'
import type { Calendar, Clock } from '../../pool/types.ts'
import type { Quotas } from '../../proxy/types.ts'
import type { MemoryRows, MemoryWrites, Storage } from '../../storage/types.ts'
import type { Catalog } from '../catalog.ts'
import { machineZone } from '../machine-zone.ts'
import { allDays, createClientDays, type Days, dayNames } from './client-days.ts'
import { createQuotas } from './quotas.ts'

export interface ClientUse extends Quotas {
  /** Shortest first; empty = it has none. */
  standing(client: string): QuotaStanding[]
  /** A call has ended. */
  finished(row: Pick<RequestRow, 'clientId' | 'credits'>): void
  /** What a client has used by day, the oldest first. Wall ms, both days inclusive; absent = from the beginning, to now. */
  days(client: string, span: Span): Promise<ClientDay[]>
  /** Forgets these days and gives their credits back to the quotas whose interval is running. */
  forget(client: string, span: Span): Promise<void>
  /** What has changed since the last time. */
  takeMemory(): Pick<MemoryWrites, 'quotas' | 'goneQuotas' | 'clientDays' | 'goneClientDays'>
}

interface Span {
  from?: number | undefined
  to?: number | undefined
}

interface UseDeps {
  catalog: Pick<Catalog, 'clients' | 'settings' | 'observe'>
  remembered: Pick<MemoryRows, 'quotas' | 'clientDays'>
  storage: Pick<Storage, 'clientDays'>
  clock: Pick<Clock, 'now'>
  calendar: Calendar
}

export function createClientUse({ catalog, remembered, storage, clock, calendar }: UseDeps): ClientUse {
  const dayOf = dayNames(machineZone, calendar)
  const spanOf = ({ from, to }: Span): Days => ({
    from: from === undefined ? allDays.from : dayOf(from),
    to: to === undefined ? allDays.to : dayOf(to),
  })
  const rules = () => catalog.settings().creditRules
  const quotas = createQuotas({ clients: catalog.clients.values(), remembered: remembered.quotas, rules, clock, dayOf })
  const days = createClientDays({ remembered: remembered.clientDays, clock, dayOf })
  for (const { client } of remembered.clientDays) if (!catalog.clients.has(client)) days.forget(client, allDays)
  catalog.observe(({ removeClients = [], putClients = [] }) => {
    for (const id of removeClients) {
      quotas.forget(id)
      days.forget(id, allDays)
    }
    for (const row of putClients) quotas.define(row.id, row.quotas)
  })
  const daysOf = async (client: string, span: Days) => days.merged(client, span, await storage.clientDays({ client, ...span }))

  return {
    take: quotas.take,
    standing: quotas.standing,
    finished({ clientId, credits }) {
      // Keywheel's own test is nobody's call.
      if (clientId !== null && catalog.clients.has(clientId)) days.count(clientId, credits ?? 0)
    },
    async days(client, span) {
      const rows = await daysOf(client, spanOf(span))
      return rows.map(({ day, calls, credits }) => ({ day, calls, credits }))
    },
    async forget(client, given) {
      const span = spanOf(given)
      quotas.giveBack(client, span, await daysOf(client, span))
      days.forget(client, span)
    },
    takeMemory: () => ({ ...quotas.takeMemory(), ...days.takeMemory() }),
  }
}
