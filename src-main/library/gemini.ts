/**
 * gemini-key-pool's KeyPoolManager on the pool engine: the key that was used longest ago comes first, refused keys cool
 * down by tiers, and programs that share a state file share cool-downs, reservations and turns. Limits are counted by
 * each program for itself, and go on where the last one stopped.
 */
import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { periodEnd } from '../base/calendar.ts'
import { createPoolEngine } from '../pool/engine.ts'
import type { Clock, Fallback, Lease, LeaseResult, Limits, PoolEngine } from '../pool/types.ts'
import { backgroundClock } from './clock.ts'
import { type CooldownOptions, cooldownFor, type RefusalFacts } from './gemini-cooldown.ts'
import { setUpEngine, storedMark } from './gemini-engine.ts'
import { KeyPoolError } from './gemini-errors.ts'
import { KeyRing, type KeysFile, type KnownKey, readKeysFile } from './gemini-keys.ts'
import { MODEL_FALLBACKS } from './gemini-models.ts'
import {
  type CoolDown,
  coolDown,
  cooledUntil,
  isReserved,
  type KeyPoolState,
  type KeyPoolStore,
  meterName,
  recordOf,
} from './gemini-state.ts'
import { FileKeyPoolStore, MemoryKeyPoolStore } from './gemini-store.ts'

export { KeyPoolError } from './gemini-errors.ts'
export type { KeysFile } from './gemini-keys.ts'
export { MODEL_FALLBACKS } from './gemini-models.ts'
export { COOLDOWN_TIERS, parseRateLimitType, type RateLimitType } from './gemini-rate-limit.ts'
export type { CoolDown, KeyPoolStore } from './gemini-state.ts'

export interface KeyPoolOptions extends CooldownOptions {
  /** Where `env:NAME` is looked up; the process's environment by default. */
  env?: Readonly<Record<string, string | undefined>>
  /** In memory by default: then nothing outlives the program. */
  store?: KeyPoolStore
  /** By provider: what each project may use, kept before the call; none by default. */
  limits?: Readonly<Record<string, Limits>>
  fallback?: readonly Fallback[]
  /** How long a key stays reserved when nobody releases it, in seconds; 600 by default. */
  reservationSeconds?: number
  clock?: Clock
}

interface Choice {
  /** Cool-downs and limits of this model count as well as those of the whole key. */
  model?: string
}

interface Usage {
  requests?: number
  inputTokens?: number
  outputTokens?: number
}

/** Calls of a key whose end nobody told, at most; the oldest is then taken to have gone well. */
const mostOpen = 100

export class KeyPoolManager {
  readonly #options: KeyPoolOptions
  readonly #ring: KeyRing
  readonly #store: KeyPoolStore
  readonly #clock: Clock
  readonly #engine: PoolEngine
  /** Who reserves; nothing else of the process is told. */
  readonly #self = randomUUID()
  /** Leases handed out by key, oldest first, until `updateUsage` or a refusal tells how they ended. */
  readonly #open = new Map<string, Lease[]>()
  #revision = -1

  /** Throws KeyPoolError INVALID_KEYS that names the field, EngineError for bad limits or a fallback that leads back. */
  constructor(keys: KeysFile, options: KeyPoolOptions = {}) {
    this.#options = options
    this.#ring = new KeyRing(keys, options.env ?? process.env)
    this.#store = options.store ?? new MemoryKeyPoolStore()
    this.#clock = options.clock ?? backgroundClock()
    this.#engine = createPoolEngine({ clock: this.#clock, random: Math.random, calendar: { periodEnd } })
    setUpEngine(this.#engine, this.#ring, { limits: options.limits ?? {}, fallback: options.fallback ?? MODEL_FALLBACKS })
  }

  /**
   * With the keys of `keysPath` (gemini-key-pool's keys.json) and the state in `statePath`, which other programs may use
   * at the same time. `onWarning` hears of keys that others may read and of a damaged state file.
   */
  static fromFiles(
    keysPath: string,
    statePath: string,
    options: Omit<KeyPoolOptions, 'store'> & { onWarning?: (message: string) => void } = {},
  ): KeyPoolManager {
    const { onWarning = (message: string) => process.emitWarning(message) } = options
    mkdirSync(dirname(statePath), { recursive: true })
    return new KeyPoolManager(readKeysFile(keysPath, onWarning), {
      ...options,
      store: new FileKeyPoolStore(statePath, onWarning),
    })
  }

  /**
   * The ready key that was used longest ago. When none is ready the one whose cool-down ends first, unless `strict`.
   * Throws KeyPoolError UNKNOWN_PROVIDER, and NO_KEY_AVAILABLE (all reserved, or `strict`) with `retryAfter`.
   */
  async selectKey(provider: string, options: Choice & { strict?: boolean } = {}): Promise<string> {
    const keys = this.#ring.of(provider)
    return this.#change((state) => {
      const result = this.#lease(state, provider, options.model, false)
      if (result.kind === 'lease') return result.lease.keyId
      const next = options.strict ? undefined : this.#soonest(state, keys, options.model ?? '')
      if (!next) throw this.#noKey(state, keys, options.model ?? '', result)
      this.#takeTurn(state, next.id)
      return next.id
    })
  }

  /** As `selectKey`, strictly; where no key is ready for the model, the first model of its fallback chain that has one. */
  async selectKeyAndModel(provider: string, model: string): Promise<{ id: string; model: string }> {
    const keys = this.#ring.of(provider)
    return this.#change((state) => {
      const result = this.#lease(state, provider, model, true)
      if (result.kind !== 'lease') throw this.#noKey(state, keys, model, result)
      return { id: result.lease.keyId, model: result.lease.model ?? model }
    })
  }

  /**
   * A ready key that nobody else gets, in any program of the same state, until `releaseKey` or the end of its time.
   * Throws KeyPoolError UNKNOWN_PROVIDER, NO_KEY_AVAILABLE.
   */
  async reserveKey(provider: string, options: Choice & { seconds?: number } = {}): Promise<string> {
    const keys = this.#ring.of(provider)
    const seconds = options.seconds ?? this.#options.reservationSeconds ?? 600
    if (!(seconds > 0)) throw new KeyPoolError('INVALID_COOLDOWN', 'seconds', 'seconds: give a time above 0')
    return this.#change((state) => {
      const result = this.#lease(state, provider, options.model, false)
      if (result.kind !== 'lease') throw this.#noKey(state, keys, options.model ?? '', result)
      const { keyId } = result.lease
      recordOf(state, keyId).reservation = { by: this.#self, until: this.#clock.now() + seconds * 1000 }
      return keyId
    })
  }

  /** Ends this program's own reservation; anything else is left as it is. */
  async releaseKey(id: string): Promise<void> {
    await this.#change((state) => {
      const record = state.keys.get(id)
      if (record?.reservation?.by === this.#self) record.reservation = null
      for (const lease of this.#open.get(id) ?? []) this.#engine.report(lease, { class: 'ok' })
      this.#open.delete(id)
    })
  }

  /** Keys that are neither reserved nor cooling down nor out of quota. Throws KeyPoolError UNKNOWN_PROVIDER. */
  async countAvailable(provider: string, model?: string): Promise<number> {
    const keys = this.#ring.of(provider)
    const state = await this.#look()
    const now = this.#clock.now()
    return keys.filter((key) => !isReserved(state, key.id, now) && this.#isReady(state, key, model ?? '')).length
  }

  /** Whether the key neither cools down nor is out of quota, as a whole and for `model`; a reservation does not count. Throws KeyPoolError UNKNOWN_KEY. */
  async isKeyAvailable(id: string, model?: string): Promise<boolean> {
    const key = this.#ring.key(id)
    return this.#isReady(await this.#look(), key, model ?? '')
  }

  /** The secret. Throws KeyPoolError UNKNOWN_KEY, and KEY_VARIABLE_UNSET that names the variable. */
  getApiKey(id: string): string {
    return this.#ring.secret(id)
  }

  /**
   * The upstream refused a call: the key (its whole project) stays out, for `model` alone when that is given. The time is
   * `cooldownSeconds`, else what the message says, else its tier's; a shorter one never replaces a longer one. Gives back
   * what holds now. Throws KeyPoolError UNKNOWN_KEY, INVALID_COOLDOWN.
   */
  async markKeyRateLimited(id: string, facts: RefusalFacts & Choice = {}): Promise<CoolDown> {
    const { bucket, provider } = this.#ring.key(id)
    const fresh = cooldownFor(facts, provider, this.#clock.now(), this.#options)
    return this.#change((state) => {
      this.#close(id, 'aborted')
      const held = coolDown(state, bucket, facts.model ?? '', fresh)
      this.#engine.restoreMemory({ marks: [storedMark(bucket, facts.model ?? '', held, this.#clock.now())], meters: [] })
      return held
    })
  }

  /** Forgets cool-downs that are over, and says how many there were. */
  async clearExpiredCooldowns(): Promise<number> {
    return this.#change((state) => {
      const now = this.#clock.now()
      const over = [...state.coolDowns.values()].flatMap((models) =>
        [...models].filter(([, { until }]) => until <= now).map(([model]) => ({ models, model })),
      )
      for (const { models, model } of over) models.delete(model)
      return over.length
    })
  }

  /** What a call on this key used; tells the limits how many tokens the oldest open call took. Throws KeyPoolError UNKNOWN_KEY. */
  async updateUsage(id: string, { requests = 0, inputTokens = 0, outputTokens = 0 }: Usage): Promise<void> {
    this.#ring.key(id)
    if (!(requests >= 0 && Number.isFinite(requests)))
      throw new KeyPoolError('INVALID_USAGE', 'requests', 'requests: give 0 or more')
    await this.#change((state) => {
      this.#close(id, 'ok', { input: inputTokens, output: outputTokens })
      this.#takeTurn(state, id).requests += requests
    })
  }

  /** Stops the engine's timer; the state stays as it was last written. */
  close(): void {
    this.#engine.close()
  }

  #lease(state: KeyPoolState, provider: string, model: string | undefined, fallback: boolean): LeaseResult {
    const now = this.#clock.now()
    const exclude = new Set([...state.keys.keys()].filter((id) => isReserved(state, id, now)))
    const result = this.#engine.tryLease({ pool: provider, exclude, fallback, ...(model === undefined ? {} : { model }) })
    if (result.kind !== 'lease') return result
    // Whoever asks for a key is about to use it: the call counts from now on.
    this.#engine.touch(result.lease)
    const open = this.#open.get(result.lease.keyId) ?? []
    this.#open.set(result.lease.keyId, open)
    if (open.push(result.lease) > mostOpen) this.#close(result.lease.keyId, 'ok')
    this.#takeTurn(state, result.lease.keyId)
    return result
  }

  #close(id: string, outcome: 'ok' | 'aborted', used = {}): void {
    const lease = this.#open.get(id)?.shift()
    if (lease) this.#engine.report(lease, { class: outcome }, used)
  }

  /** Fill-first by number of last use: so the longest unused key is first in every program, not in this one alone. */
  #takeTurn(state: KeyPoolState, id: string) {
    const record = recordOf(state, id)
    record.turn = ++state.turn
    this.#engine.setMember(this.#ring.key(id).provider, id, { priority: record.turn, weight: 1 })
    return record
  }

  #isReady(state: KeyPoolState, key: KnownKey, model: string): boolean {
    if (cooledUntil(state, key.bucket, model) > this.#clock.now()) return false
    const meters = this.#engine.meters(key.id).filter((meter) => meter.model === '' || meter.model === model)
    return meters.every(({ used, reserved, limit }) => used + reserved < limit)
  }

  #soonest(state: KeyPoolState, keys: readonly KnownKey[], model: string): KnownKey | undefined {
    const now = this.#clock.now()
    const free = keys.filter(({ id }) => !isReserved(state, id, now))
    const order = (key: KnownKey) => Math.max(now, cooledUntil(state, key.bucket, model))
    return free.toSorted(
      (a, b) => order(a) - order(b) || (state.keys.get(a.id)?.turn ?? 0) - (state.keys.get(b.id)?.turn ?? 0),
    )[0]
  }

  #noKey(state: KeyPoolState, keys: readonly KnownKey[], model: string, result: LeaseResult): KeyPoolError {
    const now = this.#clock.now()
    const reserved = keys.map(({ id }) => state.keys.get(id)?.reservation?.until ?? 0).filter((until) => until > now)
    const cooling = keys.map(({ bucket }) => cooledUntil(state, bucket, model)).filter((until) => until > now)
    const wake = result.kind === 'wait' && result.wakeAt !== null ? [now + result.wakeAt - this.#clock.mono()] : []
    const first = Math.min(...reserved, ...cooling, ...wake)
    const facts = `${keys.length} keys, ${reserved.length} reserved, ${cooling.length} cooling down`
    const retryAfter = Number.isFinite(first) ? Math.max(1, Math.ceil((first - now) / 1000)) : null
    return new KeyPoolError('NO_KEY_AVAILABLE', keys[0]?.provider ?? '', `No key is available (${facts}).`, retryAfter)
  }

  async #look(): Promise<KeyPoolState> {
    const state = await this.#store.read()
    this.#follow(state)
    return state
  }

  async #change<T>(change: (state: KeyPoolState) => T): Promise<T> {
    return this.#store.update((state) => {
      this.#follow(state)
      const result = change(state)
      const { meters, goneMeters } = this.#engine.takeMemory()
      for (const gone of goneMeters) state.meters.delete(meterName(gone))
      for (const meter of meters) state.meters.set(meterName(meter), meter)
      this.#revision = ++state.revision
      return result
    })
  }

  /** Takes over what other programs have written since. */
  #follow(state: KeyPoolState): void {
    if (state.revision === this.#revision) return
    const marks = [...state.coolDowns].flatMap(([bucket, models]) =>
      [...models].map(([model, held]) => storedMark(bucket, model, held, this.#clock.now())),
    )
    // Counters are this program's own from then on: two programs' could not be told apart.
    this.#engine.restoreMemory({ marks, meters: this.#revision < 0 ? [...state.meters.values()] : [] })
    for (const { id, provider } of this.#ring.all()) {
      this.#engine.setMember(provider, id, { priority: state.keys.get(id)?.turn ?? 0, weight: 1 })
    }
    this.#revision = state.revision
  }
}
