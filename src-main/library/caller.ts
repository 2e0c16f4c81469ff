/** One attempt at one call: lease a key, connect its client, call, and report how it went to the engine and the statistics. */
import type { Clock, Lease, LeaseQuery, LeaseResult, Outcome, PoolEngine } from '../pool/types.ts'
import { bounded, isThenable } from './bounded.ts'
import { resolve } from './chain.ts'
import type { KeepAlive } from './clock.ts'
import type { Connection } from './connection.ts'
import { CallTimeoutError, PoolError, PoolExhaustedError } from './errors.ts'
import type { Judge } from './judge.ts'
import { type Member, type Members, POOL, textsOf } from './members.ts'
import { type OnProblem, wordsOf } from './problems.ts'
import type { StatsCollector } from './stats.ts'
import { StatusCollection } from './status.ts'

/** What a call may ask for while it runs. */
export interface CallContext {
  /** Aborted at the call's time-out, or when its caller gives up. */
  readonly signal: AbortSignal
}

/** The arguments, or a function that makes them, for methods that take a signal: `({ signal }) => [{ ids }, { signal }]`. */
export type CallArgs = readonly unknown[] | ((context: CallContext) => readonly unknown[])

export interface AttemptLimits {
  timeoutMs: number
  /** Longest wait for a key. */
  waitMs: number
  /** Whether it waits as well when every key is cooling down. */
  waitsForCooldown: boolean
  signal?: AbortSignal | undefined
  /** Keys (engine ids) that must not be used. */
  exclude?: ReadonlySet<string>
  /** Keys that were tried: used again only when there is no other. */
  avoid?: ReadonlySet<string>
  session?: string | undefined
  model?: string | undefined
}

export type Attempt<Client> =
  | { kind: 'ok'; value: unknown; member: Member<Client> }
  /** The key's limit is reached, or the call failed; on another key it may do better. */
  | { kind: 'limit' | 'failed'; error: unknown; member: Member<Client> }
  /** Nothing that another try would mend: no key, no such method, given up. */
  | { kind: 'refused'; error: unknown }

interface Tools<Client> {
  engine: PoolEngine
  members: Members<Client>
  stats: StatsCollector
  clock: Clock
  keepAlive: KeepAlive
  judge: () => Judge
  onProblem: OnProblem
}

export class Caller<Client> {
  readonly #tools: Tools<Client>

  constructor(tools: Tools<Client>) {
    this.#tools = tools
  }

  /** Never rejects. A key whose client cannot be made is set aside and the next one is taken. */
  async attempt(path: readonly string[], args: CallArgs, limits: AttemptLimits): Promise<Attempt<Client>> {
    const { engine, members } = this.#tools
    let unconnected: Set<string> | undefined
    let lastFailure: unknown
    for (;;) {
      if (limits.signal?.aborted) return { kind: 'refused', error: limits.signal.reason }
      const lease = await this.#lease(unconnected ? { ...limits, exclude: unconnected } : limits)
      if (lease instanceof Error) return { kind: 'refused', error: lastFailure ?? lease }
      const member = members.byId(lease.keyId)
      try {
        const connection = member.connection ?? (await this.#connect(member, limits))
        connection.enter()
        // It left the pool meanwhile; the calls that waited for it may still use it.
        if (member.connection !== connection) connection.retire()
        return await this.#call({ lease, member, connection }, path, args, limits)
      } catch (error) {
        if (!(error instanceof ConnectError)) throw error
        engine.cancel(lease)
        unconnected ??= new Set(limits.exclude)
        unconnected.add(member.id)
        lastFailure = new PoolError('CLIENT_FAILED', "No key's client could be made; the last error is the cause.", {
          cause: error.cause,
        })
      }
    }
  }

  async #connect(member: Member<Client>, limits: AttemptLimits): Promise<Connection<Client>> {
    const { members, clock, keepAlive, onProblem } = this.#tools
    const bounds = { clock, timeoutMs: limits.timeoutMs, signal: limits.signal, stop: () => undefined }
    try {
      return await keepAlive.during(() =>
        bounded(members.connect(member), { ...bounds, timeout: () => new CallTimeoutError('createClient', limits.timeoutMs) }),
      )
    } catch (cause) {
      members.pause(member, clock)
      const words = wordsOf(cause, textsOf(member))
      onProblem({ code: 'CLIENT_FAILED', message: `A key's client could not be made (it is tried again later): ${words}` })
      throw new ConnectError(cause)
    }
  }

  /** Gives back the error, instead of throwing it, when there is no key. */
  async #lease(limits: AttemptLimits): Promise<Lease | Error> {
    const { engine, clock, keepAlive } = this.#tools
    const query = queryOf(limits, limits.avoid)
    const first = engine.tryLease(query)
    if (first.kind === 'lease') return first.lease
    if (limits.avoid !== undefined && limits.avoid.size > 0 && !isBusy(first)) return this.#lease({ ...limits, avoid: NONE })
    if (first.kind === 'exhausted') return this.#exhausted(first.reason, first.retryAfterMs)
    if (!limits.waitsForCooldown && engine.pool(POOL)?.ready === 0) {
      return this.#exhausted('cooling', first.wakeAt === null ? null : first.wakeAt - clock.mono())
    }
    keepAlive.enter()
    try {
      const deadlineMs = clock.mono() + limits.waitMs
      const result = await engine.acquire(query, { deadlineMs, ...(limits.signal && { signal: limits.signal }) })
      return result.kind === 'lease' ? result.lease : this.#exhausted(result.reason, result.retryAfterMs)
    } catch (reason) {
      return reason instanceof Error ? reason : new DOMException('The call was aborted.', 'AbortError')
    } finally {
      keepAlive.leave()
    }
  }

  #exhausted(reason: string, retryAfterMs: number | null): PoolExhaustedError {
    const { members, clock } = this.#tools
    const back = Math.min(retryAfterMs ?? Number.POSITIVE_INFINITY, members.nextUnpaused() - clock.mono())
    const counts = { active: members.active.size, archived: members.archived.size }
    return new PoolExhaustedError(
      { reason, retryAfterMs: Number.isFinite(back) ? Math.max(0, back) : null, ...counts },
      clock.now(),
    )
  }

  async #call(
    { lease, member, connection }: { lease: Lease; member: Member<Client>; connection: Connection<Client> },
    path: readonly string[],
    args: CallArgs,
    limits: AttemptLimits,
  ): Promise<Attempt<Client>> {
    const { engine, clock } = this.#tools
    const abort = typeof args === 'function' ? new AbortController() : undefined
    const prepared = prepare(
      connection.client,
      path,
      typeof args === 'function' ? () => args(abort as AbortController) : () => args,
    )
    if (prepared instanceof Unsendable) {
      engine.cancel(lease)
      connection.leave()
      return { kind: 'refused', error: prepared.cause }
    }
    const startedAt = clock.mono()
    try {
      const answer = prepared()
      const value = isThenable(answer) ? await this.#answer(answer, path, limits, abort) : answer
      this.#finish(lease, member, path, startedAt, { class: 'ok' })
      return { kind: 'ok', value, member }
    } catch (error) {
      const outcome = this.#outcomeOf(error, limits.signal)
      this.#finish(lease, member, path, startedAt, outcome)
      if (limits.signal?.aborted) return { kind: 'refused', error }
      return { kind: outcome.class === 'rate-short' ? 'limit' : 'failed', error, member }
    } finally {
      connection.leave()
    }
  }

  #answer(
    answer: PromiseLike<unknown>,
    path: readonly string[],
    limits: AttemptLimits,
    abort?: AbortController,
  ): Promise<unknown> {
    const { clock, keepAlive } = this.#tools
    const { timeoutMs, signal } = limits
    const timeout = () => new CallTimeoutError(path.join('.'), timeoutMs)
    const stop = (reason: unknown) => abort?.abort(reason)
    return keepAlive.during(() => bounded(answer, { clock, timeoutMs, signal, timeout, stop }))
  }

  #outcomeOf(error: unknown, signal: AbortSignal | undefined): Outcome {
    // It was sent and nobody knows what became of it: it counts, and blames nobody.
    if (error instanceof CallTimeoutError || signal?.aborted) return { class: 'aborted' }
    const { judge, clock, onProblem } = this.#tools
    try {
      return judge()(error, clock.now()) ?? { class: 'request-bad' }
    } catch (broken) {
      onProblem({ code: 'REACH_LIMIT_FAILED', message: `reachLimit threw, so that no key was set aside: ${wordsOf(broken)}` })
      return { class: 'request-bad' }
    }
  }

  #finish(lease: Lease, { primaryKey }: Member<Client>, path: readonly string[], startedAt: number, outcome: Outcome): void {
    const { engine, stats, clock } = this.#tools
    engine.report(lease, outcome)
    const { c1_Success, c5_Failed, c9_ReachLimit } = StatusCollection
    const status = outcome.class === 'ok' ? c1_Success : outcome.class === 'rate-short' ? c9_ReachLimit : c5_Failed
    stats.addEvent(primaryKey, status.id, (clock.mono() - startedAt) / 1000, path.join('.'))
  }
}

const NONE: ReadonlySet<string> = new Set()

/** A call that fails before anything is sent: there is no such method, or its arguments could not be made. */
class Unsendable {
  readonly cause: unknown

  constructor(cause: unknown) {
    this.cause = cause
  }
}

function prepare(client: unknown, path: readonly string[], args: () => readonly unknown[]): (() => unknown) | Unsendable {
  try {
    const { method, owner } = resolve(client, path)
    const given = args()
    return () => Reflect.apply(method, owner, given)
  } catch (error) {
    return new Unsendable(error)
  }
}

/** The client of a leased key could not be made. */
class ConnectError extends Error {
  override readonly name = 'ConnectError'

  constructor(cause: unknown) {
    super('connect', { cause })
  }
}

function queryOf({ exclude, session, model }: AttemptLimits, avoid: ReadonlySet<string> = NONE): LeaseQuery {
  const both = avoid.size === 0 ? exclude : exclude && exclude.size > 0 ? new Set([...exclude, ...avoid]) : avoid
  return {
    pool: POOL,
    ...(both && both.size > 0 && { exclude: both }),
    ...(session !== undefined && { session }),
    ...(model !== undefined && { model }),
  }
}

/** Another key is there, only not at this moment. */
function isBusy(result: Exclude<LeaseResult, { kind: 'lease' }>): boolean {
  return result.kind === 'wait' && result.wakeAt === null
}
