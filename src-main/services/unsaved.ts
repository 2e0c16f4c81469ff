/** What must not be forgotten and is not on disk yet: of each mark, meter and sum the newest, however long the disk is full. */
import type { MarkRow, MemoryWrites, MeterRow, SpentRow } from '../storage/types.ts'

/** Rows in one write; more would hold up the calls while they are cloned for the writer's thread. */
const partRows = 500

type MarkChange = { kind: 'mark'; row: MarkRow } | { kind: 'gone-mark'; row: MemoryWrites['goneMarks'][number] }
type MeterChange = { kind: 'meter'; row: MeterRow } | { kind: 'gone-meter'; row: MemoryWrites['goneMeters'][number] }
type SpentChange = { kind: 'spent'; row: SpentRow } | { kind: 'gone-spent'; row: MemoryWrites['goneSpent'][number] }
type Change = MarkChange | MeterChange | SpentChange

interface Part {
  changes: MemoryWrites
  /** They are on disk; what has changed again meanwhile stays. */
  saved(): void
}

export interface Unsaved {
  add(changes: Partial<MemoryWrites>): void
  /** The oldest of it; null = there is nothing left. */
  take(): Part | null
}

export function createUnsaved(): Unsaved {
  const changes = new Map<string, Change>()
  const put = (name: string, change: Change) => {
    changes.delete(name)
    changes.set(name, change)
  }
  return {
    add({ marks = [], goneMarks = [], meters = [], goneMeters = [], spent = [], goneSpent = [] }) {
      for (const row of goneMarks) put(markName(row), { kind: 'gone-mark', row })
      for (const row of goneMeters) put(meterName(row), { kind: 'gone-meter', row })
      for (const row of goneSpent) put(spentName(row), { kind: 'gone-spent', row })
      for (const row of marks) put(markName(row), { kind: 'mark', row })
      for (const row of meters) put(meterName(row), { kind: 'meter', row })
      for (const row of spent) put(spentName(row), { kind: 'spent', row })
    },
    take() {
      if (changes.size === 0) return null
      const taken = firstOf(changes, partRows)
      return {
        changes: sorted(taken.map(([, change]) => change)),
        saved() {
          for (const [name, change] of taken) if (changes.get(name) === change) changes.delete(name)
        },
      }
    },
  }
}

function firstOf<T>(items: Iterable<T>, most: number): T[] {
  const first: T[] = []
  for (const item of items) if (first.push(item) >= most) break
  return first
}

const markName = ({ scope, owner, model }: MemoryWrites['goneMarks'][number]) => JSON.stringify([scope, owner, model])
const meterName = ({ scope, owner, model, unit, window }: MemoryWrites['goneMeters'][number]) =>
  JSON.stringify([scope, owner, model, unit, window])
const spentName = ({ scope, owner }: MemoryWrites['goneSpent'][number]) => JSON.stringify(['spent', scope, owner])

function sorted(changes: readonly Change[]): MemoryWrites {
  const writes: MemoryWrites = {
    marks: [],
    goneMarks: [],
    meters: [],
    goneMeters: [],
    spent: [],
    goneSpent: [],
    quotas: [],
    goneQuotas: [],
    clientDays: [],
    goneClientDays: [],
  }
  for (const change of changes) {
    switch (change.kind) {
      case 'mark':
        writes.marks.push(change.row)
        break
      case 'gone-mark':
        writes.goneMarks.push(change.row)
        break
      case 'meter':
        writes.meters.push(change.row)
        break
      case 'gone-meter':
        writes.goneMeters.push(change.row)
        break
      case 'spent':
        writes.spent.push(change.row)
        break
      case 'gone-spent':
        writes.goneSpent.push(change.row)
        break
    }
  }
  return writes
}
