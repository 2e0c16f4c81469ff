/** Changes of state of keys, written down as they happen: a second late at most, and never on the way of a call. */
import type { KeyEvent } from '../../../src-preload/contract/index.ts'
import { serial } from '../../base/serial.ts'
import type { Clock, PoolEngine } from '../../pool/types.ts'
import type { ProxyLog } from '../../proxy/types.ts'
import type { KeyEventRow, KeyRow, Storage } from '../../storage/types.ts'
import type { Catalog } from '../catalog.ts'
import type { KeyViews } from './key-view.ts'

const writeEveryMs = 1000
/** Rows in one write; more would hold up the calls while they are cloned for the writer's thread. */
const partRows = 500
/** While nothing can be written the oldest go first; of each key only the last 20 are shown anyway. */
const maxWaiting = 20_000
/** The same cool-down, seen again: clocks differ by this much. */
const sameMs = 1000

interface TimelineDeps {
  engine: Pick<PoolEngine, 'key' | 'onKeyChange'>
  catalog: Pick<Catalog, 'keys' | 'observe'>
  views: Pick<KeyViews, 'state'>
  storage: Pick<Storage, 'addKeyEvents' | 'keyEvents' | 'forgetKeyEvents'>
  clock: Clock
  log: ProxyLog
}

export interface KeyTimeline {
  /** The last 20 changes, the newest first, those of this moment among them. */
  of(keyId: string): Promise<KeyEvent[]>
  /** Writes what is left. */
  close(): Promise<void>
}

type Noted = Pick<KeyEventRow, 'state' | 'model' | 'reason' | 'until'>

const well: Noted = { state: 'ready', model: null, reason: null, until: null }

/** To be called when the engine has its memory back: what it knew before the restart was written down then. */
export function keepTimeline({ engine, catalog, views, storage, clock, log }: TimelineDeps): KeyTimeline {
  /** What was said last of keys that are not well. */
  const last = new Map<string, Noted>()
  const births = new Map<string, number>()
  let waiting: KeyEventRow[] = []
  const gone = new Set<string>()
  const inTurn = serial()

  const noted = (row: KeyRow): Noted => {
    const state = views.state(row)
    const runtime = engine.key(row.id)
    // Switched off by hand: what else may hold of it is not why.
    if (!row.enabled || !runtime) return { ...well, state }
    return { state, model: runtime.model || null, reason: runtime.reason, until: runtime.until }
  }
  const remember = (id: string, now: Noted) => {
    if (isWell(now)) last.delete(id)
    else last.set(id, now)
  }
  const onChange = (id: string) => {
    const row = catalog.keys.get(id)
    if (!row || row.deletedAt !== null) return
    const now = noted(row)
    if (isSame(last.get(id) ?? well, now)) return
    remember(id, now)
    if (waiting.push({ keyId: id, at: clock.now(), ...now }) > maxWaiting) waiting = waiting.slice(-maxWaiting / 2)
  }
  const forget = (id: string) => {
    last.delete(id)
    births.delete(id)
    waiting = waiting.filter(({ keyId }) => keyId !== id)
    gone.add(id)
  }
  const write = async () => {
    if (gone.size > 0) {
      const ids = [...gone]
      await storage.forgetKeyEvents(ids)
      for (const id of ids) gone.delete(id)
    }
    while (waiting.length > 0) {
      const part = waiting.slice(0, partRows)
      await storage.addKeyEvents(part)
      const written = new Set(part)
      waiting = waiting.filter((row) => !written.has(row))
    }
  }
  const settle = () =>
    inTurn(write).catch((error: unknown) =>
      log.warn({ error: String(error) }, 'changes of state of keys could not be written down; they will be tried again'),
    )

  for (const row of catalog.keys.values()) {
    births.set(row.id, row.createdAt)
    if (row.deletedAt === null) remember(row.id, noted(row))
  }
  catalog.observe(({ putKeys = [], removeKeys = [] }) => {
    for (const id of removeKeys) forget(id)
    for (const { id, createdAt } of putKeys) {
      // A key that was made anew in the place of one in the trash has no past.
      if (births.has(id) && births.get(id) !== createdAt) forget(id)
      births.set(id, createdAt)
    }
  })
  const stop = engine.onKeyChange(onChange)
  let cancel = clock.after(writeEveryMs, turn)
  function turn() {
    void settle().then(() => {
      if (!closed) cancel = clock.after(writeEveryMs, turn)
    })
  }
  let closed = false

  return {
    async of(keyId) {
      await settle()
      return (await storage.keyEvents(keyId)).map(({ keyId: _key, ...event }) => event)
    },
    close() {
      closed = true
      stop()
      cancel()
      return inTurn(write)
    },
  }
}

/** A key that was never checked serves like any other. */
function isWell({ state }: Noted): boolean {
  return state === 'ready' || state === 'unchecked'
}

function isSame(before: Noted, now: Noted): boolean {
  if (isWell(before) && isWell(now)) return true
  const { state, model, reason, until } = now
  if (state !== before.state || model !== before.model || reason !== before.reason) return false
  if (until === null || before.until === null) return until === before.until
  return Math.abs(until - before.until) <= sameMs
}
