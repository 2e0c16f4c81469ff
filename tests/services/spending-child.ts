/** Spends without end and prints each sum once it is written; its parent kills it. */
import { writeSync } from 'node:fs'
import { periodEnd } from '../../src-main/base/calendar.ts'
import { systemClock } from '../../src-main/pool/clock.ts'
import { createPoolEngine } from '../../src-main/pool/engine.ts'
import { keepMemory } from '../../src-main/services/memory.ts'
import { createSpending } from '../../src-main/services/spending/spending.ts'
import { openStorage } from '../../src-main/storage/open.ts'

const log = { info: () => undefined, warn: () => undefined }
const clock = systemClock()
const calendar = { periodEnd }
const storage = await openStorage({ folder: process.argv[2] ?? '', log, now: Date.now })
const ruleOf = (scope: string) => (scope === 'pool' ? { budget: null, zone: 'UTC' } : undefined)
const spending = createSpending({ remembered: [], ruleOf, clock, calendar })
const engine = createPoolEngine({ clock, random: Math.random, calendar })
const told: Pick<typeof storage, 'saveMemory'> = {
  async saveMemory(changes) {
    await storage.saveMemory(changes)
    writeSync(1, `${changes.spent[0]?.total ?? 0}\n`)
  },
}
const owners = { key: new Set<string>(), bucket: new Set<string>() }
const clientUse = { takeMemory: () => ({ quotas: [], goneQuotas: [], clientDays: [], goneClientDays: [] }) }
keepMemory({ marks: [], meters: [] }, { engine, spending, clientUse, storage: told, clock, log, owners })
setInterval(() => {
  const set = spending.reserve('main', 'nobody', 10)
  if (set.kind === 'reserved') set.settle(3)
}, 5)
