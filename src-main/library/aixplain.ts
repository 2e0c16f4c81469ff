/** aiXplain's API key: limits for all models and for single ones, enforced by the engine that it is attached to. */
import { isZone } from '../clients/quota-definition.ts'
import type { KeySpec, Limits, MeterView, PoolEngine } from '../pool/types.ts'
import { type AixplainFields, type AixplainJson, readKey, writeKey } from './aixplain-json.ts'
import {
  type AixplainAssetLimits,
  type AixplainLimits,
  AixplainValidationError,
  amountIssue,
  engineLimits,
  type LimitName,
} from './aixplain-limits.ts'

export type { AixplainJson } from './aixplain-json.ts'
export { type AixplainAssetLimits, type AixplainLimits, AixplainValidationError, type FieldIssue } from './aixplain-limits.ts'

/** What a key is made of. Limits left out are unlimited. */
export interface AixplainKeyInput {
  name: string
  id?: string
  /** US dollars in all; null = unlimited. */
  budget?: number | null
  /** A string names its zone: `2027-01-31T00:00:00Z`. */
  expiresAt?: Date | string | null
  globalLimits?: AixplainLimits | null
  assetLimits?: readonly AixplainAssetLimits[]
  accessKey?: string | null
  isAdmin?: boolean
}

/** Today's counters, in the platform's words; without `assetId` those of all models together. Null = no limit. */
export interface AixplainUsage {
  requestCount: number
  requestCountLimit: number | null
  tokenCount: number
  tokenCountLimit: number | null
  assetId?: string
}

type EngineKey = Pick<KeySpec, 'id'> & Partial<Pick<KeySpec, 'enabled' | 'bucket'>>

export class AixplainKey {
  readonly #fields: AixplainFields
  readonly #zone: string
  #attached: { engine: PoolEngine; key: EngineKey } | null = null

  /** `zone` (IANA) is where its days end; UTC by default. Throws AixplainValidationError with every fault. */
  constructor(input: AixplainKeyInput, zone = 'UTC') {
    this.#fields = readKey(input)
    this.#zone = zone
    if (!isZone(zone))
      throw new AixplainValidationError([{ field: 'zone', message: 'give a time zone such as Europe/Paris or UTC' }])
  }

  /** From the platform's JSON or from that of either version of its SDK. Throws AixplainValidationError with every fault. */
  static fromJSON(json: unknown, zone = 'UTC'): AixplainKey {
    return new AixplainKey(json as AixplainKeyInput, zone)
  }

  get id(): string {
    return this.#fields.id
  }

  get name(): string {
    return this.#fields.name
  }

  get budget(): number | null {
    return this.#fields.budget
  }

  get expiresAt(): Date | null {
    return this.#fields.expiresAt === null ? null : new Date(this.#fields.expiresAt)
  }

  get isAdmin(): boolean {
    return this.#fields.isAdmin
  }

  /** The secret; in no JSON and no print-out of the key. */
  get accessKey(): string | null {
    return this.#fields.accessKey
  }

  /** A copy: limits are changed by the setters only. */
  get globalLimits(): AixplainLimits | null {
    return this.#fields.globalLimits && { ...this.#fields.globalLimits }
  }

  get assetLimits(): AixplainAssetLimits[] {
    return this.#fields.assetLimits.map((limits) => ({ ...limits }))
  }

  /** The platform's JSON, without the secret. */
  toJSON(): AixplainJson {
    return writeKey(this.#fields)
  }

  /** For all models together, or for one that has limits already; null = unlimited. At once in force. Throws AixplainValidationError and changes nothing. */
  setTokenPerDay(value: number | null, model?: string): void {
    this.#set('tpd', value, model)
  }

  setTokenPerMinute(value: number | null, model?: string): void {
    this.#set('tpm', value, model)
  }

  setRequestPerDay(value: number | null, model?: string): void {
    this.#set('rpd', value, model)
  }

  setRequestPerMinute(value: number | null, model?: string): void {
    this.#set('rpm', value, model)
  }

  /** Limits and budget as the engine takes them. */
  get limits(): Limits {
    const { globalLimits, assetLimits, budget } = this.#fields
    const limits = engineLimits(globalLimits ?? {}, assetLimits, this.#zone)
    if (budget === null) return limits
    return { ...limits, '': [...(limits[''] ?? []), { unit: 'nanos', window: 'forever', amount: Math.round(budget * 1e9) }] }
  }

  /** Makes it a key of the engine: from now on every change is in force there at once. Throws what `setKey` throws. */
  attach(engine: PoolEngine, key: EngineKey): void {
    engine.setKey(this.#spec(key))
    this.#attached = { engine, key }
  }

  /** The key stays in the engine as it is, and no longer follows. */
  detach(): void {
    this.#attached = null
  }

  /** Today's counters of all models together and of each that has limits, or of `model` alone (none when it has no limits). Empty while it is not attached. */
  getUsage(model?: string): AixplainUsage[] {
    if (!this.#attached) return []
    const { engine, key } = this.#attached
    const meters = engine.meters(key.id).filter(({ scope, window }) => scope === 'key' && isDay(window))
    const all = [{ ...this.#fields.globalLimits, assetId: '' }, ...this.#fields.assetLimits]
    const wanted = model === undefined ? all : all.filter(({ assetId }) => assetId === model && model !== '')
    return wanted.map((limits) => usageOf(limits, meters))
  }

  #set(name: LimitName, value: number | null, model: string | undefined): void {
    const { assetLimits } = this.#fields
    const at = model === undefined ? -1 : assetLimits.findIndex(({ assetId }) => assetId === model)
    const field = model === undefined ? `globalLimits.${name}` : `assetsLimits.${at}.${name}`
    if (model !== undefined && at < 0) {
      throw new AixplainValidationError([
        { field: 'model', message: 'this model has no limits of its own; add them to assetsLimits' },
      ])
    }
    const message = value === null ? undefined : amountIssue(value)
    if (message) throw new AixplainValidationError([{ field, message }])
    const limits = assetLimits[at] ?? (this.#fields.globalLimits ??= {})
    if (value === null) delete limits[name]
    else limits[name] = value
    if (this.#attached) this.#attached.engine.setKey(this.#spec(this.#attached.key))
  }

  #spec({ id, enabled = true, bucket }: EngineKey): KeySpec {
    const spec = { id, enabled, expiresAt: this.#fields.expiresAt, limits: this.limits }
    return bucket === undefined ? spec : { ...spec, bucket }
  }
}

function usageOf({ assetId, tokenType = 'total', rpd, tpd }: AixplainAssetLimits, meters: readonly MeterView[]): AixplainUsage {
  const used = (unit: string) => meters.find((meter) => meter.model === assetId && meter.unit === unit)?.used ?? 0
  return {
    requestCount: used('requests'),
    requestCountLimit: rpd ?? null,
    tokenCount: used(tokenType),
    tokenCountLimit: tpd ?? null,
    ...(assetId === '' ? {} : { assetId }),
  }
}

function isDay(window: MeterView['window']): boolean {
  return window !== 'forever' && 'calendar' in window && window.calendar === 'day'
}
