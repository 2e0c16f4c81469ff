/** What programs that use one key pool tell each other: cool-downs, reservations, whose turn it is, what was counted. */
import type { MeterName, StoredMeter } from '../pool/types.ts'
import { type RateLimitType, rateLimitTypes } from './gemini-rate-limit.ts'

/** All times are wall ms. */
export interface CoolDown {
  until: number
  type: RateLimitType
}

export interface KeyRecord {
  /** Calls counted so far. */
  requests: number
  /** Number of its last use among all uses of the pool; 0 = never. */
  turn: number
  reservation: { by: string; until: number } | null
}

export interface KeyPoolState {
  /** Goes up with every write; tells whether somebody else wrote since. */
  revision: number
  turn: number
  keys: Map<string, KeyRecord>
  /** By account, then by model ('' = all of them). */
  coolDowns: Map<string, Map<string, CoolDown>>
  /** The engine's counters, by their names. */
  meters: Map<string, StoredMeter>
}

/** Where the state is kept. */
export interface KeyPoolStore {
  /** The newest state, to look at only. */
  read(): Promise<KeyPoolState>
  /** Runs `change` on the newest state, with no change of anyone else in between. It raises `revision`, or throws before it changes anything. */
  update<T>(change: (state: KeyPoolState) => T): Promise<T>
}

export function emptyState(): KeyPoolState {
  return { revision: 0, turn: 0, keys: new Map(), coolDowns: new Map(), meters: new Map() }
}

export function recordOf(state: KeyPoolState, keyId: string): KeyRecord {
  const record = state.keys.get(keyId) ?? { requests: 0, turn: 0, reservation: null }
  state.keys.set(keyId, record)
  return record
}

/** A shorter cool-down never replaces a longer one. Gives back the one that holds. */
export function coolDown(state: KeyPoolState, bucket: string, model: string, fresh: CoolDown): CoolDown {
  const models = state.coolDowns.get(bucket) ?? new Map<string, CoolDown>()
  state.coolDowns.set(bucket, models)
  const old = models.get(model)
  const held = old && old.until >= fresh.until ? old : fresh
  models.set(model, held)
  return held
}

/** When the account is free for `model`, as far as cool-downs go; 0 = it has none. */
export function cooledUntil(state: KeyPoolState, bucket: string, model: string): number {
  const models = state.coolDowns.get(bucket)
  return Math.max(models?.get('')?.until ?? 0, model === '' ? 0 : (models?.get(model)?.until ?? 0))
}

export function isReserved(state: KeyPoolState, keyId: string, now: number): boolean {
  return (state.keys.get(keyId)?.reservation?.until ?? 0) > now
}

export function meterName({ scope, owner, model, unit, window }: MeterName): string {
  return JSON.stringify([scope, owner, model, unit, window])
}

export function encodeState({ revision, turn, keys, coolDowns, meters }: KeyPoolState): string {
  const cooling = [...coolDowns].flatMap(([bucket, models]) => [...models].map(([model, held]) => ({ bucket, model, ...held })))
  const written = [...keys].map(([id, record]) => ({ id, ...record }))
  return JSON.stringify({ version: 1, revision, turn, keys: written, coolDowns: cooling, meters: [...meters.values()] })
}

/** Throws TypeError or SyntaxError for what `encodeState` never wrote; takes the file of the Python original as well. */
export function decodeState(text: string): KeyPoolState {
  const file = JSON.parse(text) as Record<string, unknown>
  if (typeof file !== 'object' || file === null || Array.isArray(file)) throw new TypeError('not an object')
  if (!('version' in file)) return decodeOriginal(file)
  const state = emptyState()
  state.revision = number(file['revision'])
  state.turn = number(file['turn'])
  for (const row of rows(file['keys'])) {
    const held = row['reservation'] as KeyRecord['reservation'] | null
    const reservation = held === null ? null : { by: string(held.by), until: number(held.until) }
    state.keys.set(string(row['id']), { requests: number(row['requests']), turn: number(row['turn']), reservation })
  }
  for (const row of rows(file['coolDowns'])) {
    coolDown(state, string(row['bucket']), string(row['model']), { until: number(row['until']), type: type(row['type']) })
  }
  for (const row of rows(file['meters'])) {
    const meter = row as unknown as StoredMeter
    for (const figure of [meter.limit, meter.used, meter.at]) number(figure)
    state.meters.set(meterName(meter), meter)
  }
  return state
}

/** key-usage.json of gemini-key-pool: by key, times in seconds, use in a history of which only the last entry tells the order. */
function decodeOriginal(file: Record<string, unknown>): KeyPoolState {
  const state = emptyState()
  const used: { id: string; at: number }[] = []
  for (const [id, value] of Object.entries(file)) {
    const key = object(value)
    const record = recordOf(state, id)
    record.requests = number(key['total_requests'] ?? 0)
    const last = rows(key['history'] ?? []).at(-1)
    if (last) used.push({ id, at: number(last['timestamp']) })
    const hold = (model: string, seconds: unknown, limit: unknown) =>
      coolDown(state, `key ${id}`, model, { until: number(seconds) * 1000, type: type(limit ?? 'unknown') })
    if (key['rate_limit_backoff']) hold('', key['rate_limit_backoff'], key['rate_limit_type'])
    for (const [model, until] of Object.entries(object(key['model_cooldowns'] ?? {}))) hold(model, until, undefined)
  }
  for (const { id } of used.toSorted((a, b) => a.at - b.at)) recordOf(state, id).turn = ++state.turn
  return state
}

function rows(value: unknown): Record<string, unknown>[] {
  if (!Array.isArray(value)) throw new TypeError('not a list')
  return value.map(object)
}

function object(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) throw new TypeError('not an object')
  return value as Record<string, unknown>
}

function number(value: unknown): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new TypeError('not a number')
  return value
}

function string(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError('not a text')
  return value
}

function type(value: unknown): RateLimitType {
  return rateLimitTypes.find((known) => known === value) ?? 'unknown'
}
