/** The buckets: which keys draw on which account, and what is counted and marked there when that changes. */
import { type CellBook, cellsOf } from './cells.ts'
import { NO_LIMITS, placeOf } from './limit-lookup.ts'
import type { MarkBook } from './marks.ts'
import { type BucketState, type Cell, type KeyState, withOne } from './state.ts'

interface AccountTools {
  cells: CellBook
  marks: MarkBook
}

export class Accounts {
  readonly #tools: AccountTools
  readonly #buckets = new Map<string, BucketState>()

  constructor(tools: AccountTools) {
    this.#tools = tools
  }

  get(id: string): BucketState | undefined {
    return this.#buckets.get(id)
  }

  of(id: string): BucketState {
    const known = this.#buckets.get(id)
    if (known) return known
    const bucket: BucketState = {
      scope: 'bucket',
      id,
      present: true,
      whole: null,
      models: null,
      limits: NO_LIMITS,
      held: null,
      uses: 0,
      turn: 0,
      latency: -1,
      health: 'ready',
      review: null,
      keys: [],
      shares: [],
    }
    this.#buckets.set(id, bucket)
    return bucket
  }

  enter(key: KeyState, bucket: BucketState): void {
    key.bucket = bucket
    key.bucketAt = bucket.keys.length
    bucket.keys = withOne(bucket.keys, key)
  }

  /** The bucket goes with its last key. */
  leave(key: KeyState, now: number): void {
    const { bucket, bucketAt } = key
    const last = bucket.keys.pop()
    if (last !== undefined && last !== key) {
      bucket.keys[bucketAt] = last
      last.bucketAt = bucketAt
    }
    if (bucket.keys.length > 0) return
    bucket.present = false
    this.#tools.marks.endAll(bucket, now)
    this.#tools.cells.discard(bucket)
    this.#buckets.delete(bucket.id)
  }

  /**
   * The key moves to another bucket, which takes over what was counted, and the longer of each mark. Of a bucket that
   * keeps other keys nobody knows which part was this key's, so it keeps all of it.
   */
  move(key: KeyState, to: BucketState, now: number): void {
    const from = key.bucket
    if (from.keys.length === 1) for (const cell of cellsOf(from)) this.#absorb(cell, to, now)
    this.leave(key, now)
    this.enter(key, to)
  }

  #absorb(cell: Cell, to: BucketState, now: number): void {
    const { cells, marks } = this.#tools
    const target = cells.of(to, cell.model)
    for (const meter of cell.meters) {
      const place = placeOf(meter)
      const alike = target.meters.filter((one) => placeOf(one) === place)
      // Limits that were set belong to the account they were set for; what was learned goes along.
      const isLearned = meter.source !== 'set' && !alike.some(({ source }) => source === meter.source)
      if (isLearned) alike.push(cells.add(target, { unit: meter.unit, window: meter.window, amount: meter.limit }, meter.source))
      for (const one of alike) one.absorb(meter, now)
    }
    marks.copy(cell, target, now)
    cells.changed(target)
    cells.soil(target)
  }
}
