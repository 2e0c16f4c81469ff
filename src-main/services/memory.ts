/** What the engine must not forget over a restart: cool-downs, invalid marks, when a key was last used. */
import type { Clock, KeyMark, OutcomeClass, PoolEngine } from '../pool/types.ts'
import { outcomeClasses } from '../pool/types.ts'
import type { MarkRow, Storage } from '../storage/types.ts'
import type { UsageStore } from '../usage/types.ts'
import type { KeyViews } from './key-view.ts'

/** Marks are written this often, so that a crash forgets at most this much. */
const saveEveryMs = 1000
const lastUsedDays = 14

export function keepMarks(engine: PoolEngine, storage: Storage, marks: readonly MarkRow[], clock: Clock): { close(): Promise<void> } {
  engine.restoreMarks(marks.flatMap(markOf))
  engine.takeMarks()
  let cancel = () => {}
  let saving: Promise<void> = Promise.resolve()
  const save = () => {
    const marks = engine.takeMarks()
    if (marks.set.length > 0 || marks.gone.length > 0) saving = saving.then(() => storage.saveMarks(marks))
    return saving
  }
  const turn = () => {
    void save()
    cancel = clock.after(saveEveryMs, turn)
  }
  cancel = clock.after(saveEveryMs, turn)
  return {
    async close() {
      cancel()
      await save()
    },
  }
}

function markOf(row: MarkRow): KeyMark[] {
  const outcome = outcomeClasses.find((name): name is OutcomeClass => name === row.outcome)
  return outcome ? [{ ...row, outcome }] : []
}

export async function seedLastUsed(views: KeyViews, usage: UsageStore, clock: Clock): Promise<void> {
  const to = clock.now()
  const used = await usage.keys({ from: to - lastUsedDays * 86_400_000, to })
  views.seedLastUsed(new Map(used.flatMap(({ keyId, lastAt }) => (lastAt === null ? [] : [[keyId, lastAt] as const]))))
}
