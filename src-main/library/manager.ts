/** A pool of keys for one kind of client: each call goes out on the right key, and what it teaches is remembered. */
import { periodEnd } from '../base/calendar.ts'
import { createPoolEngine } from '../pool/engine.ts'
import type { Clock, KeyRuntime, PoolEngine, Random } from '../pool/types.ts'
import { ApiKey } from './api-key.ts'
import { durationMs, timeoutMs, whole } from './arguments.ts'
import { type BatchItem, type BatchResult, runBatch } from './batch.ts'
import { bounded } from './bounded.ts'
import { type AttemptLimits, type CallArgs, Caller } from './caller.ts'
import { chain, type Pooled, stepsOf } from './chain.ts'
import { checkAll, type UsabilityReport } from './check.ts'
import { backgroundClock, KeepAlive } from './clock.ts'
import { callAll, joinArgs } from './concurrent.ts'
import { PoolError, PoolExhaustedError } from './errors.ts'
import { type Judge, judgeBy, type ReachLimit } from './judge.ts'
import type { ApiKeyManagerOptions, BatchOptions, CallOptions, ConcurrentOptions } from './manager-options.ts'
import { Members, POOL } from './members.ts'
import { PoolConfig, type PoolConfigInput } from './pool-config.ts'
import { type OnProblem, warnProblem, wordsOf } from './problems.ts'
import { rulesOf } from './rules.ts'
import { StatsCollector } from './stats.ts'

/** Workers of a batch that says nothing else: enough for any client, and few enough for its sockets. */
const BATCH_WORKERS = 64

export class ApiKeyManager<Client = unknown> {
  readonly #engine: PoolEngine
  readonly #clock: Clock
  readonly #random: Random
  readonly #members: Members<Client>
  readonly #caller: Caller<Client>
  readonly #keepAlive = new KeepAlive()
  readonly #reachLimit: ReachLimit | undefined
  readonly #waitsForCooldown: boolean
  readonly #onProblem: OnProblem
  #config: PoolConfig
  #judge: Judge
  #isClosed = false
  readonly stats: StatsCollector
  /** Like a client, with every method asynchronous: `await manager.dummyclient.coins.list({ page: 1 })`. */
  readonly dummyclient: Pooled<Client>

  /** Throws INVALID_CONFIG, INVALID_ARGUMENT, or a TypeError for what is no ApiKey; of keys with one primary key the first is taken. */
  constructor(options: ApiKeyManagerOptions<Client>) {
    const { stats, clock = backgroundClock(), random = Math.random, onProblem = warnProblem } = options
    this.#clock = clock
    this.#random = random
    this.#onProblem = onProblem
    this.#reachLimit = options.reachLimit
    this.#waitsForCooldown = options.waitForCooldown ?? false
    this.#config = configOf(options)
    this.#judge = judgeBy(this.#reachLimit, this.#config.reachLimitException)
    this.stats = stats instanceof StatsCollector ? stats : new StatsCollector(stats, { now: () => clock.now() })
    const keys = [...(options.keys ?? [])]
    keys.forEach((key, index) => assertApiKey(key, `keys[${index}]`))
    this.#engine = createPoolEngine({ clock, random, calendar: { periodEnd } })
    this.#engine.setPool(POOL, rulesOf(this.#config))
    this.#members = new Members(this.#engine, onProblem)
    const parts = { engine: this.#engine, members: this.#members, stats: this.stats, clock, onProblem }
    this.#caller = new Caller({ ...parts, keepAlive: this.#keepAlive, judge: () => this.#judge })
    for (const key of keys) if (!this.#members.active.has(String(key.primaryKey))) this.#members.put(key)
    this.dummyclient = chain('dummyclient', (path, args) => this.call(path, args)) as Pooled<Client>
  }

  /** apipool's name for `dummyclient`. */
  get adummyclient(): Pooled<Client> {
    return this.dummyclient
  }

  get config(): PoolConfig {
    return this.#config
  }

  /** Active keys. */
  get poolSize(): number {
    return this.#members.active.size
  }

  /** By primary key. */
  get activeKeys(): Map<string, ApiKey<Client>> {
    return new Map([...this.#members.active].map(([primaryKey, { key }]) => [primaryKey, key]))
  }

  /** Keys that were taken out, by primary key. A key whose limit is reached is not among them: it only cools down. */
  get archivedKeys(): Map<string, ApiKey<Client>> {
    return new Map([...this.#members.archived].map(([primaryKey, { key }]) => [primaryKey, key]))
  }

  /** New settings take effect for the next call; those under way end as they began. Throws INVALID_CONFIG and changes nothing. */
  applyConfig(config: PoolConfig | PoolConfigInput): void {
    const next = configOf({ config })
    this.#engine.setPool(POOL, rulesOf(next))
    this.#config = next
    this.#judge = judgeBy(this.#reachLimit, next.reachLimitException)
  }

  /**
   * Connects a key and takes it in; true when it was. One whose primary key is active is left alone unless `upsert`, which
   * puts it in the old one's place. An archived one comes back. Rejects with what `createClient` threw; nothing changes then.
   */
  async addOne(key: ApiKey<Client>, { upsert = false }: { upsert?: boolean } = {}): Promise<boolean> {
    assertApiKey(key, 'key')
    this.#assertOpen()
    if (!upsert && this.#members.active.has(String(key.primaryKey))) return false
    await key.connectClient()
    this.#assertOpen()
    this.#members.put(key)
    return true
  }

  /** An active key. Rejects with UNKNOWN_KEY. */
  async fetchOne(primaryKey: string | number): Promise<ApiKey<Client>> {
    await this.#loaded()
    return this.#members.find(primaryKey, 'active').key
  }

  /** Moves an active key to the archive. Rejects with UNKNOWN_KEY. */
  async removeOne(primaryKey: string | number): Promise<ApiKey<Client>> {
    const member = this.#members.find(primaryKey, 'active')
    this.#members.archive(member, 'hand')
    return member.key
  }

  /** Back from the archive, and out of any cool-down. Rejects with UNKNOWN_KEY. */
  async restore(primaryKey: string | number): Promise<ApiKey<Client>> {
    const member = this.#members.find(primaryKey, 'any')
    this.#members.put(member.key)
    this.#engine.resume(member.id)
    return member.key
  }

  /** One of the keys that could be used now, each as likely. Rejects with PoolExhaustedError. */
  async randomOne(): Promise<ApiKey<Client>> {
    await this.#loaded()
    const ready = [...this.#members.active.values()].filter(({ id }) => this.#engine.key(id)?.health === 'ready')
    const member = ready[Math.floor(this.#random() * ready.length)]
    if (member) return member.key
    const counts = { active: this.poolSize, archived: this.#members.archived.size }
    const reason = counts.active === 0 ? 'no-keys' : 'cooling'
    throw new PoolExhaustedError({ reason, retryAfterMs: null, ...counts }, this.#clock.now())
  }

  /** How a key is: ready, cooling (until when), … Rejects with UNKNOWN_KEY. */
  async stateOf(primaryKey: string | number): Promise<KeyRuntime> {
    const state = this.#engine.key(this.#members.find(primaryKey, 'any').id)
    if (!state) throw new PoolError('POOL_CLOSED', 'The pool is closed.')
    return state
  }

  /**
   * Tests every active key, and those that an earlier test has archived. Those that pass are active afterwards, those that
   * do not are archived; one whose limit is reached stays and cools down.
   */
  async checkUsable(): Promise<UsabilityReport<Client>> {
    this.#assertOpen()
    await this.#loaded()
    const [engine, members, clock, keepAlive] = [this.#engine, this.#members, this.#clock, this.#keepAlive]
    const parts = { engine, members, stats: this.stats, clock, keepAlive, judge: this.#judge }
    return checkAll(parts, this.#config.timeout * 1000)
  }

  /** Calls the method at a path (`'coins.list'` or its steps) on some key. Rejects as the method does, or with a PoolError. `Value` is what the method gives, unchecked. */
  async call<Value = unknown>(
    method: string | readonly string[],
    args: CallArgs = [],
    options: CallOptions = {},
  ): Promise<Value> {
    const path = stepsOf(method)
    return (await this.#call(path, args, this.#attempts(options), this.#limits(options, this.#waitsForCooldown))) as Value
  }

  /**
   * Calls a method once per argument list. Results are in the order of the input; when any call fails, all others still
   * end and a ConcurrentCallError with every result is thrown. Waits for keys that cool down.
   */
  async callConcurrent<Value = unknown>(
    method: string | readonly string[],
    argsList: readonly (readonly unknown[])[],
    options: ConcurrentOptions = {},
  ): Promise<Value[]> {
    const path = stepsOf(method)
    const lists = joinArgs(argsList, options.kwargsList)
    const limit = whole('maxConcurrency', options.maxConcurrency ?? this.#config.concurrency, 0) || Number.POSITIVE_INFINITY
    const attempts = this.#attempts(options)
    const limits = this.#limits(options, true)
    return callAll(lists, limit, (args) => this.#call(path, args, attempts, limits) as Promise<Value>)
  }

  /** Calls a method once per distinct id; see BatchResult. Rejects only for bad options. Waits for keys that cool down. */
  async batchExec<Id, Value = unknown>(
    method: string | readonly string[],
    items: readonly BatchItem<Id>[],
    options: BatchOptions = {},
  ): Promise<BatchResult<Id, Value>> {
    this.#assertOpen()
    const config = this.#config
    const retries = {
      retryOnFailure: options.retryOnFailure ?? config.effectiveBatchRetry,
      maxRetries: options.maxRetries ?? config.effectiveBatchMaxRetries,
    }
    const limits = this.#limits(options, true)
    // Without keys each item says so itself.
    await this.#loaded(limits).catch(() => undefined)
    return runBatch({ caller: this.#caller, clock: this.#clock }, items, {
      path: stepsOf(method),
      workers: whole('maxConcurrency', options.maxConcurrency ?? config.concurrency, 0) || BATCH_WORKERS,
      attempts: this.#attempts(retries),
      banThreshold: whole('banThreshold', options.banThreshold ?? config.banThreshold, 1),
      banMs: durationMs('banDuration', options.banDuration ?? config.banDuration),
      limits,
      onProgress: this.#guarded('onProgress', options.onProgress),
    })
  }

  /** apipool's name for `callConcurrent`. */
  acallConcurrent<Value = unknown>(...args: Parameters<ApiKeyManager<Client>['callConcurrent']>): Promise<Value[]> {
    return this.callConcurrent<Value>(...args)
  }

  /** apipool's name for `batchExec`. */
  abatchExec<Id, Value = unknown>(
    method: string | readonly string[],
    items: readonly BatchItem<Id>[],
    options: BatchOptions = {},
  ): Promise<BatchResult<Id, Value>> {
    return this.batchExec<Id, Value>(method, items, options)
  }

  /** Refuses new calls and those that wait for a key, closes clients after their last call, and writes what was counted; rejects when that cannot be written. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#engine.close()
    this.#members.close()
    await this.stats.flush()
  }

  isActive(primaryKey: string | number): boolean {
    return this.#members.active.has(String(primaryKey))
  }

  /** Takes a key out because it does not exist any more; false when it was out already. */
  protected withdraw(primaryKey: string): boolean {
    return this.#members.withdraw(primaryKey)
  }

  /** Resolves when there are keys to call with; undefined = now. */
  protected ready(): Promise<void> | undefined {
    return undefined
  }

  /** Waits for the first keys no longer than for one that is busy. Rejects with PoolExhaustedError or the signal's reason. */
  async #loaded({ waitMs, signal }: Pick<AttemptLimits, 'waitMs' | 'signal'> = this.#limits({}, false)): Promise<void> {
    const loading = this.ready()
    if (!loading) return
    signal?.throwIfAborted()
    const counts = { active: this.poolSize, archived: this.#members.archived.size }
    const timeout = () => new PoolExhaustedError({ reason: 'loading', retryAfterMs: null, ...counts }, this.#clock.now())
    const bounds = { clock: this.#clock, timeoutMs: Math.max(1, waitMs), signal, timeout, stop: () => undefined }
    await this.#keepAlive.during(() => bounded(loading, bounds))
  }

  /** A program's callback that cannot break what calls it. */
  #guarded<Args extends unknown[]>(name: string, callback: ((...args: Args) => void) | undefined): (...args: Args) => void {
    return (...args) => {
      try {
        callback?.(...args)
      } catch (error) {
        this.#onProblem({ code: 'CALLBACK_FAILED', message: `${name} threw: ${wordsOf(error)}` })
      }
    }
  }

  async #call(path: readonly string[], args: CallArgs, attempts: number, limits: AttemptLimits): Promise<unknown> {
    await this.#loaded(limits)
    let tried: Set<string> | undefined
    let error: unknown
    for (let left = attempts; left > 0; left -= 1) {
      this.#assertOpen()
      const attempt = await this.#caller.attempt(path, args, tried ? { ...limits, avoid: tried } : limits)
      if (attempt.kind === 'ok') return attempt.value
      // What the last try said is worth more than that there is no key for another.
      if (attempt.kind === 'refused') throw tried ? error : attempt.error
      tried ??= new Set()
      tried.add(attempt.member.id)
      error = attempt.error
    }
    throw error
  }

  /** 1 and the retries. */
  #attempts({ retryOnFailure, maxRetries }: CallOptions): number {
    const retries = whole('maxRetries', maxRetries ?? this.#config.maxRetries, 0)
    return (retryOnFailure ?? this.#config.retryOnFailure) ? 1 + retries : 1
  }

  #limits({ timeout, signal, session, model }: CallOptions, waitsForCooldown: boolean): AttemptLimits {
    const waitMs = this.#config.queueTimeout * 1000
    return { timeoutMs: timeoutMs(timeout ?? this.#config.timeout), waitMs, waitsForCooldown, signal, session, model }
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new PoolError('POOL_CLOSED', 'The pool is closed.')
  }
}

function configOf({ config, strategy }: Pick<ApiKeyManagerOptions<unknown>, 'config' | 'strategy'>): PoolConfig {
  const given = config instanceof PoolConfig ? config : new PoolConfig(config)
  return strategy === undefined ? given : new PoolConfig({ ...given.toJSON(), rotationStrategy: strategy })
}

/** Before any work, and without showing what was given instead. */
function assertApiKey(value: unknown, name: string): asserts value is ApiKey {
  if (!(value instanceof ApiKey)) throw new TypeError(`${name}: give an ApiKey.`)
}
