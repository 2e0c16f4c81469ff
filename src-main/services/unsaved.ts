/** What must not be forgotten and is not on disk yet: of each mark, meter and sum the newest, however long the disk is full. */
import type { MemoryWrites } from '../storage/types.ts'

/** Rows in one write; more would hold up the calls while they are cloned for the writer's thread. */
const partRows = 500

type Kind = keyof MemoryWrites

/** A row of one of the lists. */
type Change = { [K in Kind]: { kind: K; row: MemoryWrites[K][number] } }[Kind]

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
    add(added) {
      for (const span of added.goneClientDays ?? []) dropDays(changes, span)
      // What is gone first: the same may have come again since.
      for (const kind of inOrder) for (const row of added[kind] ?? []) put(names[kind](row as never), { kind, row } as Change)
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

type Names = { [K in Kind]: (row: MemoryWrites[K][number]) => string }

const name = (...parts: readonly string[]) => JSON.stringify(parts)
const markName: Names['goneMarks'] = ({ scope, owner, model }) => name('mark', scope, owner, model)
const meterName: Names['goneMeters'] = ({ scope, owner, model, unit, window }) => name('meter', scope, owner, model, unit, window)
const spentName: Names['goneSpent'] = ({ scope, owner }) => name('spent', scope, owner)
const quotaName: Names['goneQuotas'] = ({ client, duration }) => name('quota', client, duration)

/** A row and its end have one name: the later one counts. */
const names: Names = {
  goneMarks: markName,
  goneMeters: meterName,
  goneSpent: spentName,
  goneQuotas: quotaName,
  goneClientDays: ({ client, from, to }) => name('gone-days', client, from, to),
  marks: markName,
  meters: meterName,
  spent: spentName,
  quotas: quotaName,
  clientDays: ({ client, day }) => name('day', client, day),
}
const inOrder = Object.keys(names) as Kind[]

/** Days that are forgotten and were not written yet are not written at all. */
function dropDays(changes: Map<string, Change>, { client, from, to }: MemoryWrites['goneClientDays'][number]): void {
  for (const [key, { kind, row }] of changes)
    if (kind === 'clientDays' && row.client === client && row.day >= from && row.day <= to) changes.delete(key)
}

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
  for (const { kind, row } of changes) (writes[kind] as (typeof row)[]).push(row)
  return writes
}
