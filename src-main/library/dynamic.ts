/** A pool that keeps in step with a list of keys kept elsewhere. */
import type { Clock } from '../pool/types.ts'
import type { ApiKey } from './api-key.ts'
import { bounded } from './bounded.ts'
import { backgroundClock } from './clock.ts'
import { CallTimeoutError, PoolError } from './errors.ts'
import { ApiKeyManager } from './manager.ts'
import type { ApiKeyManagerOptions } from './manager-options.ts'
import type { PoolConfig, PoolConfigInput } from './pool-config.ts'
import { type OnProblem, warnProblem, wordsOf } from './problems.ts'
import { Reconciler, type RefreshReport } from './reconcile.ts'

export interface DynamicKeyManagerOptions<Client, Raw = string> extends Omit<ApiKeyManagerOptions<Client>, 'keys'> {
  /** All keys there are now. An error, null or an empty list changes nothing; nor does what takes longer than `config.timeout`. */
  keyFetcher: (context: { signal: AbortSignal }) => Fetched<readonly Raw[] | null | undefined>
  /** Called once for each raw key that was not in the list before. */
  apiKeyFactory: (raw: Raw) => ApiKey<Client> | Promise<ApiKey<Client>>
  /** Seconds between the end of a refresh and the next; above 0. Absent = 60. */
  refreshInterval?: number
  /** Primary keys that a refresh has brought, also when they came back; not called for the first load. */
  onKeysAdded?: (primaryKeys: string[]) => void | Promise<void>
  /** Primary keys that are no longer in the list. */
  onKeysRemoved?: (primaryKeys: string[]) => void | Promise<void>
  /** The pool's settings, fetched after the keys; an error or null changes nothing. */
  configFetcher?: (context: { signal: AbortSignal }) => Fetched<PoolConfig | PoolConfigInput | null | undefined>
  /** The pool's name elsewhere; absent = `default`. */
  poolIdentifier?: string
  /** Whether an empty list empties the pool. */
  allowEmpty?: boolean
  /** False = nothing is fetched before `start`. Absent = the first refresh begins at once, and calls wait for it. */
  autoStart?: boolean
}

type Fetched<Value> = Value | Promise<Value>

export class DynamicKeyManager<Client = unknown, Raw = string> extends ApiKeyManager<Client> {
  readonly #options: DynamicKeyManagerOptions<Client, Raw>
  readonly #clock: Clock
  readonly #onProblem: OnProblem
  readonly #reconciler: Reconciler<Client, Raw>
  readonly #intervalMs: number
  readonly poolIdentifier: string
  /** Ends with `stop`. */
  #run: AbortController | null = null
  #cancelTimer: () => void = () => undefined
  #refreshing: Promise<RefreshReport> | null = null
  /** Ends the refresh under way. */
  #refresher = new AbortController()
  #firstLoad: Promise<void> | undefined
  #isLoaded = false

  /** Throws as ApiKeyManager does, and INVALID_ARGUMENT for an interval that is not above 0. */
  constructor(options: DynamicKeyManagerOptions<Client, Raw>) {
    const { clock = backgroundClock(), onProblem = warnProblem, refreshInterval = 60 } = options
    if (!(refreshInterval > 0 && refreshInterval <= 1e9)) {
      throw new PoolError('INVALID_ARGUMENT', 'refreshInterval: give seconds above 0.', { field: 'refreshInterval' })
    }
    super({ ...options, keys: [], clock, onProblem })
    this.#options = options
    this.#clock = clock
    this.#onProblem = onProblem
    this.#intervalMs = refreshInterval * 1000
    this.poolIdentifier = options.poolIdentifier ?? 'default'
    const pool = {
      isActive: (primaryKey: string) => this.isActive(primaryKey),
      put: async (key: ApiKey<Client>) => {
        await this.#within('createClient', () => key.connectClient())
        await this.addOne(key, { upsert: true })
      },
      withdraw: (primaryKey: string) => this.withdraw(primaryKey),
      hasKeys: () => this.poolSize > 0,
    }
    const allowsEmpty = options.allowEmpty ?? false
    const factory = (raw: Raw) => this.#within('apiKeyFactory', () => options.apiKeyFactory(raw))
    this.#reconciler = new Reconciler({ pool, factory, onProblem, allowsEmpty })
    if (options.autoStart ?? true) void this.start()
  }

  /** Refreshes now, and then after every interval until `stop`. Resolves after the first refresh; a second start changes nothing. */
  start(): Promise<void> {
    if (this.#run === null) {
      this.#run = new AbortController()
      this.#firstLoad = this.#round(this.#run.signal)
    }
    return this.#firstLoad ?? Promise.resolve()
  }

  /** No refresh begins after this, and one under way changes nothing more. Resolves when it has ended. */
  async stop(): Promise<void> {
    this.#run?.abort()
    this.#refresher.abort()
    this.#run = null
    this.#firstLoad = undefined
    this.#cancelTimer()
    await this.#refreshing
  }

  /** Fetches and compares now; several at once are one. Never rejects: what went wrong goes to `onProblem`. */
  refresh(): Promise<RefreshReport> {
    if (this.#refreshing === null) {
      this.#refresher = new AbortController()
      this.#refreshing = this.#refresh(this.#refresher.signal).finally(() => (this.#refreshing = null))
    }
    return this.#refreshing
  }

  override async close(): Promise<void> {
    await this.stop()
    await super.close()
  }

  /** apipool's name for `close`. */
  shutdown(): Promise<void> {
    return this.close()
  }

  /** apipool's names: `ainit` is the first refresh, `astart` is `start`, and so on. */
  async ainit(): Promise<void> {
    await this.refresh()
  }

  astart(): Promise<void> {
    return this.start()
  }

  arefresh(): Promise<RefreshReport> {
    return this.refresh()
  }

  ashutdown(): Promise<void> {
    return this.close()
  }

  protected override ready(): Promise<void> | undefined {
    return this.#isLoaded ? undefined : this.#firstLoad
  }

  async #round(signal: AbortSignal): Promise<void> {
    // One that was stopped in the middle changes nothing any more; this round needs its own.
    await this.#refreshing
    await this.refresh()
    if (!signal.aborted) this.#cancelTimer = this.#clock.after(this.#intervalMs, () => void this.#round(signal))
  }

  async #refresh(signal: AbortSignal): Promise<RefreshReport> {
    const isFirst = !this.#isLoaded
    const report = await this.#refreshKeys(signal)
    if (!signal.aborted) {
      await this.#refreshConfig(signal)
      this.#isLoaded = true
      if (!isFirst && report.added.length > 0) await this.#tell('onKeysAdded', report.added)
      if (!isFirst && report.removed.length > 0) await this.#tell('onKeysRemoved', report.removed)
    }
    return report
  }

  async #refreshKeys(signal: AbortSignal): Promise<RefreshReport> {
    try {
      const list = await this.#within('keyFetcher', this.#options.keyFetcher)
      if (!signal.aborted) return await this.#reconciler.apply(list, signal)
    } catch (error) {
      const words = wordsOf(error, this.#reconciler.secrets())
      if (!signal.aborted)
        this.#onProblem({ code: 'FETCH_FAILED', message: `Keys could not be fetched; the pool keeps its keys: ${words}` })
    }
    return { added: [], replaced: [], removed: [], skipped: 0 }
  }

  async #refreshConfig(signal: AbortSignal): Promise<void> {
    try {
      const config = await this.#within('configFetcher', (context) => this.#options.configFetcher?.(context))
      if (config !== null && config !== undefined && !signal.aborted) this.applyConfig(config)
    } catch (error) {
      const words = wordsOf(error, this.#reconciler.secrets())
      this.#onProblem({ code: 'CONFIG_FAILED', message: `The pool keeps its settings; new ones could not be had: ${words}` })
    }
  }

  /** Work of the program's own, which may hang or not care for the signal: it holds neither the refresh nor `stop`. */
  async #within<Value>(name: string, work: (context: { signal: AbortSignal }) => Fetched<Value>): Promise<Value> {
    const { signal } = this.#refresher
    const timeoutMs = this.config.timeout * 1000
    const timedOut = new AbortController()
    const running = Promise.resolve(work({ signal: AbortSignal.any([signal, timedOut.signal]) }))
    const timeout = () => new CallTimeoutError(name, timeoutMs)
    return bounded(running, { clock: this.#clock, timeoutMs, signal, timeout, stop: (reason) => timedOut.abort(reason) })
  }

  async #tell(name: 'onKeysAdded' | 'onKeysRemoved', primaryKeys: readonly string[]): Promise<void> {
    try {
      await this.#options[name]?.([...primaryKeys])
    } catch (error) {
      this.#onProblem({ code: 'CALLBACK_FAILED', message: `${name} threw: ${wordsOf(error, this.#reconciler.secrets())}` })
    }
  }
}

/** The same, but nothing is fetched before `astart` or `ainit`. */
export class AsyncDynamicKeyManager<Client = unknown, Raw = string> extends DynamicKeyManager<Client, Raw> {
  constructor(options: DynamicKeyManagerOptions<Client, Raw>) {
    super({ autoStart: false, ...options })
  }
}
