/** What the engine must not forget over a restart: cool-downs, invalid marks, when a key was last used. */

import { serial } from '../base/serial.ts'
import type { Clock, KeyMark, OutcomeClass, PoolEngine } from '../pool/types.ts'
import { outcomeClasses } from '../pool/types.ts'
import type { ProxyLog } from '../proxy/types.ts'
import type { MarkRow, Storage } from '../storage/types.ts'
import type { UsageStore } from '../usage/types.ts'
import type { KeyViews } from './key-view.ts'

/** Marks are written this often, so that a crash forgets at most this much. */
const saveEveryMs = 1000
const lastUsedDays = 14

export function keepMarks(
  engine: PoolEngine,
  storage: Storage,
  marks: readonly MarkRow[],
  clock: Clock,
  log: ProxyLog,
): { close(): Promise<void> } {
  engine.restoreMarks(marks.flatMap(markOf))
  engine.takeMarks()
  /** Taken from the engine and not yet on disk, in their order. */
  const unsaved: ReturnType<PoolEngine['takeMarks']>[] = []
  let cancel = () => {}
  let closed = false
  const inTurn = serial()

  const save = async () => {
    const changes = engine.takeMarks()
    if (changes.set.length > 0 || changes.gone.length > 0) unsaved.push(changes)
    for (let next = unsaved[0]; next; next = unsaved[0]) {
      await storage.saveMarks(next)
      unsaved.shift()
    }
  }
  const turn = () => {
    inTurn(save)
      .catch((error: unknown) => log.warn({ error: String(error) }, 'cool-downs could not be saved; they will be tried again'))
      .finally(() => {
        if (!closed) cancel = clock.after(saveEveryMs, turn)
      })
  }
  cancel = clock.after(saveEveryMs, turn)
  return {
    close() {
      closed = true
      cancel()
      return inTurn(save)
    },
  }
}

function markOf(row: MarkRow): KeyMark[] {
  const outcome = outcomeClasses.find((name): name is OutcomeClass => name === row.outcome)
  return outcome ? [{ ...row, outcome }] : []
}

/** Nothing waits for this: without it keys only seem unused since the start. */
export async function seedLastUsed(views: KeyViews, usage: UsageStore, clock: Clock, log: ProxyLog): Promise<void> {
  const to = clock.now()
  const used = await usage.keys({ from: to - lastUsedDays * 86_400_000, to }).catch((error: unknown) => {
    log.warn({ error: String(error) }, 'when keys were last used could not be read')
    return []
  })
  views.seedLastUsed(new Map(used.flatMap(({ keyId, lastAt }) => (lastAt === null ? [] : [[keyId, lastAt] as const]))))
}
