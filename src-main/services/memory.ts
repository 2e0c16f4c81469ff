/** What must not be forgotten over a restart: cool-downs, marks, counters, learned limits, money and credits used, when a key was last used. */
import { serial } from '../base/serial.ts'
import { type Clock, outcomeClasses, type PoolEngine, type StoredMark, type StoredMeter, units } from '../pool/types.ts'

import type { ProxyLog } from '../proxy/types.ts'
import type { MarkRow, MemoryRows, MeterRow, Storage } from '../storage/types.ts'
import type { UsageStore } from '../usage/types.ts'
import type { ClientUse } from './clients/client-use.ts'
import type { KeyViews } from './keys/key-view.ts'
import type { SpendingBook } from './spending/spending.ts'
import { createUnsaved } from './unsaved.ts'

/** It is written this often, so that a crash forgets at most this much. */
const saveEveryMs = 1000
const lastUsedDays = 14

interface MemoryDeps {
  engine: PoolEngine
  /** These two have brought back their own already. */
  spending: Pick<SpendingBook, 'takeMemory'>
  clientUse: Pick<ClientUse, 'takeMemory'>
  storage: Pick<Storage, 'saveMemory'>
  clock: Clock
  log: ProxyLog
  /** Keys and accounts that are there; what is remembered of others is cleaned away. */
  owners: { key: ReadonlySet<string>; bucket: ReadonlySet<string> }
}

export interface KeptMemory {
  /** Writes what has changed now. Rejects with what storage says; then it is written later. */
  save(): Promise<void>
  /** Writes what is left. */
  close(): Promise<void>
}

/** Brings back what was remembered and keeps it written down. */
export function keepMemory(remembered: Pick<MemoryRows, 'marks' | 'meters'>, deps: MemoryDeps): KeptMemory {
  const { engine, spending, clientUse, storage, clock, log, owners } = deps
  const isHere = ({ scope, owner }: Pick<MarkRow, 'scope' | 'owner'>) => owners[scope].has(owner)
  engine.restoreMemory({
    marks: remembered.marks.filter(isHere).flatMap(markOf),
    meters: remembered.meters.filter(isHere).flatMap(meterOf),
  })
  const unsaved = createUnsaved()
  unsaved.add({
    goneMarks: remembered.marks.filter((mark) => !isHere(mark)),
    goneMeters: remembered.meters.filter((meter) => !isHere(meter)),
  })
  let cancel = () => {}
  let closed = false
  const inTurn = serial()

  const save = async () => {
    unsaved.add({ ...engine.takeMemory(), ...spending.takeMemory(), ...clientUse.takeMemory() })
    for (let part = unsaved.take(); part; part = unsaved.take()) {
      await storage.saveMemory(part.changes)
      part.saved()
    }
  }
  const turn = () => {
    inTurn(save)
      .catch((error: unknown) =>
        log.warn({ error: String(error) }, 'cool-downs and counters could not be saved; they will be tried again'),
      )
      .finally(() => {
        if (!closed) cancel = clock.after(saveEveryMs, turn)
      })
  }
  cancel = clock.after(saveEveryMs, turn)
  return {
    save: () => inTurn(save),
    close() {
      closed = true
      cancel()
      return inTurn(save)
    },
  }
}

/** A row of a newer or damaged store that says what this program does not know is left out. */
function markOf(row: MarkRow): StoredMark[] {
  const outcome = outcomeClasses.find((name) => name === row.outcome)
  return outcome ? [{ ...row, outcome }] : []
}

const sources = ['set', 'announced', 'inferred'] as const

function meterOf(row: MeterRow): StoredMeter[] {
  const unit = units.find((name) => name === row.unit)
  const source = sources.find((name) => name === row.source)
  return unit && source ? [{ ...row, unit, source }] : []
}

/** Never rejects: without it keys only seem unused since the start. */
export async function seedLastUsed(views: KeyViews, usage: UsageStore, clock: Clock, log: ProxyLog): Promise<void> {
  const to = clock.now()
  const used = await usage.keys({ from: to - lastUsedDays * 86_400_000, to }).catch((error: unknown) => {
    log.warn({ error: String(error) }, 'when keys were last used could not be read')
    return []
  })
  views.seedLastUsed(new Map(used.flatMap(({ keyId, lastAt }) => (lastAt === null ? [] : [[keyId, lastAt] as const]))))
}
