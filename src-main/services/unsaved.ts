/** Changes of the engine's memory that are not on disk yet: of each mark and meter the newest, however long the disk is full. */
import type { MarkRow, MemoryWrites, MeterRow } from '../storage/types.ts'

/** Rows in one write; more would hold up the calls while they are cloned for the writer's thread. */
const partRows = 500

type MarkChange = { kind: 'mark'; row: MarkRow } | { kind: 'gone-mark'; row: MemoryWrites['goneMarks'][number] }
type MeterChange = { kind: 'meter'; row: MeterRow } | { kind: 'gone-meter'; row: MemoryWrites['goneMeters'][number] }
type Change = MarkChange | MeterChange

interface Part {
  changes: MemoryWrites
  /** They are on disk; what has changed again meanwhile stays. */
  saved(): void
}

export interface Unsaved {
  add(changes: MemoryWrites): void
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
    add({ marks, goneMarks, meters, goneMeters }) {
      for (const row of goneMarks) put(markName(row), { kind: 'gone-mark', row })
      for (const row of goneMeters) put(meterName(row), { kind: 'gone-meter', row })
      for (const row of marks) put(markName(row), { kind: 'mark', row })
      for (const row of meters) put(meterName(row), { kind: 'meter', row })
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

function sorted(changes: readonly Change[]): MemoryWrites {
  const writes: MemoryWrites = { marks: [], goneMarks: [], meters: [], goneMeters: [] }
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
    }
  }
  return writes
}
