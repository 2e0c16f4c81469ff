/** Many calls of one method, each item once: tried again on other keys, with failing keys left out for a while. */
import type { Clock } from '../pool/types.ts'
import { Bans } from './bans.ts'
import type { AttemptLimits, CallArgs, Caller } from './caller.ts'
import { eachLimited } from './concurrent.ts'
import { PoolExhaustedError } from './errors.ts'

/** Id, arguments (or a function that makes them from `{ signal }`), and options that become the last argument. */
export type BatchItem<Id> = readonly [id: Id, args?: CallArgs, kwargs?: object]

export interface BatchProgress {
  readonly done: number
  readonly total: number
  readonly succeeded: number
  readonly failed: number
}

export interface BatchPlan {
  path: readonly string[]
  workers: number
  /** 1 + retries. */
  attempts: number
  banThreshold: number
  banMs: number
  limits: AttemptLimits
  onProgress: (progress: BatchProgress) => void
}

/** How a batch went. Every distinct id is in exactly one of `results` and `errors`, in the order of the items. */
export class BatchResult<Id = unknown, Value = unknown> {
  /** Distinct ids. */
  total = 0
  /** Items left out because their id was there already. */
  duplicates = 0
  readonly results = new Map<Id, Value>()
  readonly errors = new Map<Id, unknown>()
  /** Primary key → when its last ban ends. */
  bannedKeys: ReadonlyMap<string, Date> = new Map()
  readonly startedAt: Date
  /** Seconds. */
  elapsed = 0
  /** Whether the signal ended it early. */
  aborted = false

  constructor(startedAt: Date) {
    this.startedAt = startedAt
  }

  get succeeded(): number {
    return this.results.size
  }

  get failed(): number {
    return this.errors.size
  }

  /** As plain data: ids become names, errors their words. Keys that were banned are only counted, for their names may be secrets. */
  toJSON(): Record<string, unknown> {
    const { total, succeeded, failed, successRate, duplicates, elapsed, startedAt, aborted } = this
    const errors = [...this.errors].map(([id, error]) => [id, error instanceof Error ? error.message : String(error)])
    return {
      total,
      succeeded,
      failed,
      successRate,
      duplicates,
      elapsed,
      startedAt,
      aborted,
      results: Object.fromEntries(this.results) as unknown,
      errors: Object.fromEntries(errors) as unknown,
      bannedKeys: this.bannedKeys.size,
    }
  }

  /** From 0 to 1; 0 for an empty batch. */
  get successRate(): number {
    return this.total === 0 ? 0 : this.succeeded / this.total
  }
}

/** Runs every item; the result tells of failures, and nothing is thrown for them. */
export async function runBatch<Id, Value, Client>(
  { caller, clock }: { caller: Caller<Client>; clock: Clock },
  items: readonly BatchItem<Id>[],
  plan: BatchPlan,
): Promise<BatchResult<Id, Value>> {
  const result = new BatchResult<Id, Value>(new Date(clock.now()))
  const startedAt = clock.mono()
  const distinct = new Map<Id, CallArgs>()
  for (const [id, args = [], kwargs] of items) if (!distinct.has(id)) distinct.set(id, withOptions(args, kwargs))
  result.total = distinct.size
  result.duplicates = items.length - distinct.size
  const bans = new Bans(clock, plan.banThreshold, plan.banMs)
  const ends: End[] = []
  const { total } = result
  let [done, failed] = [0, 0]
  await eachLimited([...distinct.values()], plan.workers, async (args, index) => {
    const end = await runItem(caller, clock, bans, args, plan)
    ends[index] = end
    done += 1
    if ('error' in end) failed += 1
    plan.onProgress({ done, total, succeeded: done - failed, failed })
  })
  for (const [index, id] of [...distinct.keys()].entries()) {
    const end = ends[index] as End
    if ('value' in end) result.results.set(id, end.value as Value)
    else result.errors.set(id, end.error)
  }
  result.bannedKeys = bans.all
  result.elapsed = (clock.mono() - startedAt) / 1000
  result.aborted = plan.limits.signal?.aborted ?? false
  return result
}

type End = { value: unknown } | { error: unknown }

async function runItem<Client>(
  caller: Caller<Client>,
  clock: Clock,
  bans: Bans,
  args: CallArgs,
  { path, attempts, limits }: BatchPlan,
): Promise<End> {
  const tried = new Set<string>()
  let error: unknown
  for (let left = attempts; left > 0; left -= 1) {
    const attempt = await caller.attempt(path, args, { ...limits, exclude: bans.current(), avoid: tried })
    if (attempt.kind === 'ok') {
      bans.succeeded(attempt.member)
      return { value: attempt.value }
    }
    // What the last try said is worth more than that there is no key for another.
    if (attempt.kind === 'refused') return { error: tried.size > 0 ? error : told(attempt.error, bans, clock) }
    if (attempt.kind === 'failed') bans.failed(attempt.member)
    tried.add(attempt.member.id)
    error = attempt.error
  }
  return { error }
}

/** The engine only knows that it may not give those keys. */
function told(error: unknown, bans: Bans, clock: Clock): unknown {
  if (!(error instanceof PoolExhaustedError) || error.reason !== 'all-tried' || bans.current().size === 0) return error
  const { activeKeys: active, archivedKeys: archived } = error
  return new PoolExhaustedError({ reason: 'banned', retryAfterMs: bans.nextBackMs(), active, archived }, clock.now())
}

function withOptions(args: CallArgs, kwargs: object | undefined): CallArgs {
  if (kwargs === undefined) return args
  return typeof args === 'function' ? (context) => [...args(context), kwargs] : [...args, kwargs]
}
