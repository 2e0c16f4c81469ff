/** A client calls without end; what it has used is printed once it is written. Its parent kills this. */
import { writeSync } from 'node:fs'
import { periodEnd } from '../../src-main/base/calendar.ts'
import { systemClock } from '../../src-main/pool/clock.ts'
import { createPoolEngine } from '../../src-main/pool/engine.ts'
import { createCatalog } from '../../src-main/services/catalog.ts'
import { newClient } from '../../src-main/services/clients/client-row.ts'
import { createClientUse } from '../../src-main/services/clients/client-use.ts'
import { keepMemory } from '../../src-main/services/memory.ts'
import { openStorage } from '../../src-main/storage/open.ts'

const log = { info: () => undefined, warn: () => undefined }
const clock = systemClock()
const calendar = { periodEnd }
const storage = await openStorage({ folder: process.argv[2] ?? '', log, now: Date.now })
const loaded = await storage.load()
const catalog = createCatalog(storage, loaded)
const clientUse = createClientUse({ catalog, remembered: loaded.memory, storage, clock, calendar })
const quotas = [{ duration: 'YEAR', credits: -1 } as const]
const { row } = newClient({ name: 'Busy', lane: 'interactive', budget: null, quotas: [...quotas], expiresAt: null }, clock.now())
await catalog.commit({ putClients: [row] })
const told: Pick<typeof storage, 'saveMemory'> = {
  async saveMemory(changes) {
    await storage.saveMemory(changes)
    writeSync(1, `${changes.quotas[0]?.used ?? 0}\n`)
  },
}
const spending = { takeMemory: () => ({ spent: [], goneSpent: [] }) }
const engine = createPoolEngine({ clock, random: Math.random, calendar })
const owners = { key: new Set<string>(), bucket: new Set<string>() }
// What defining them has changed, so that the first line tells of calls.
clientUse.takeMemory()
setInterval(() => {
  const taken = clientUse.take(row.id, { pool: 'main', model: null, tokens: 0, nanos: 0 })
  if (taken?.kind !== 'taken') return
  clientUse.finished({ clientId: row.id, credits: taken.settle({ reached: true, tokens: null, nanos: null }) })
}, 5)
keepMemory(loaded.memory, { engine, spending, clientUse, storage: told, clock, log, owners })
