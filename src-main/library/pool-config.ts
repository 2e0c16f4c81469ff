/** A pool's settings: read from a program or from apipool-server, checked, and written back without losing anything. */
import type { StrategyName } from '../pool/types.ts'
import { configFields, fieldNames, isRecord, type PoolConfigFields } from './config-fields.ts'
import { PoolError } from './errors.ts'

/** Names in camelCase or snake_case; null and absent = the default; other names are kept in `extra`. */
export type PoolConfigInput = { readonly [Name in keyof PoolConfigFields]?: PoolConfigFields[Name] | null } & {
  readonly [name: string]: unknown
}

/** apipool-server keeps these beside `pool_config`, not in it. */
const ofThePool: readonly (keyof PoolConfigFields)[] = ['reachLimitException', 'rotationStrategy', 'clientType']

/** Immutable; a change is a new one: `new PoolConfig({ ...config.toJSON(), timeout: 5 })`. */
export class PoolConfig implements PoolConfigFields {
  declare readonly concurrency: number
  declare readonly timeout: number
  declare readonly rateLimit: number
  declare readonly rateLimitInterval: number
  declare readonly retryOnFailure: boolean
  declare readonly maxRetries: number
  declare readonly custom: Record<string, unknown>
  declare readonly batchRetryOnFailure: boolean | null
  declare readonly batchMaxRetries: number | null
  declare readonly banThreshold: number
  declare readonly banDuration: number
  declare readonly reachLimitException: string | null
  declare readonly rotationStrategy: StrategyName
  declare readonly clientType: string
  declare readonly keyConcurrency: number
  declare readonly queueTimeout: number
  declare readonly cooldownBase: number
  declare readonly cooldownMax: number
  declare readonly hintMax: number
  /** What was given under names that Keywheel does not know, under those names. */
  readonly extra: Readonly<Record<string, unknown>>

  /** Throws INVALID_CONFIG, which names the field, for a value out of its range. */
  constructor(input: PoolConfigInput = {}) {
    const { known, extra } = sort(input)
    for (const name of fieldNames) {
      const rule = configFields[name]
      const value = known.get(name) ?? structuredClone(rule.start)
      if (!rule.takes(value)) throw new PoolError('INVALID_CONFIG', `${name}: ${rule.says}.`, { field: name })
      Object.defineProperty(this, name, { value, enumerable: true })
    }
    this.extra = Object.freeze(extra)
  }

  /** What `GET /api/v1/pools/{id}/config` answers. Throws INVALID_CONFIG as the constructor does. */
  static fromServerResponse(answer: unknown): PoolConfig {
    if (!isRecord(answer)) throw new PoolError('INVALID_CONFIG', 'The answer is not a JSON object.')
    const { pool_config: nested } = answer
    if (nested !== null && nested !== undefined && !isRecord(nested)) {
      throw new PoolError('INVALID_CONFIG', 'pool_config: give a JSON object.', { field: 'pool_config' })
    }
    const beside = Object.fromEntries(ofThePool.map((name) => [name, answer[snake(name)]]))
    // The pool's record rules over what may lie under the same names in its free-form part.
    const inside = Object.entries(nested ?? {}).filter(([name]) => !(ofThePool as readonly string[]).includes(camel(name)))
    return new PoolConfig({ ...Object.fromEntries(inside), ...beside })
  }

  /** The same shape as the server's answer. Keywheel's own settings are in it only where they are not the default. */
  toServerResponse(): Record<string, unknown> {
    const entries = fieldNames
      .filter((name) => !ofThePool.includes(name) && !(configFields[name].own && this[name] === configFields[name].start))
      .map((name) => [snake(name), this[name]])
    return {
      pool_config: { ...this.extra, ...Object.fromEntries(entries) },
      ...Object.fromEntries(ofThePool.map((name) => [snake(name), this[name]])),
    }
  }

  /** Every setting, and what was unknown; `new PoolConfig` takes it back. */
  toJSON(): PoolConfigFields & Record<string, unknown> {
    const known = Object.fromEntries(fieldNames.map((name) => [name, this[name]]))
    return { ...this.extra, ...known } as PoolConfigFields & Record<string, unknown>
  }

  /** Whether a batch tries again. */
  get effectiveBatchRetry(): boolean {
    return this.batchRetryOnFailure ?? this.retryOnFailure
  }

  /** How many times. */
  get effectiveBatchMaxRetries(): number {
    return this.batchMaxRetries ?? this.maxRetries
  }
}

/** Known values by their camelCase names, and the rest. Throws when one setting is given under two names with two values. */
function sort(input: Readonly<Record<string, unknown>>): { known: Map<string, unknown>; extra: Record<string, unknown> } {
  const known = new Map<string, unknown>()
  const extra: [string, unknown][] = []
  for (const [given, value] of Object.entries(input)) {
    const name = camel(given)
    if (!Object.hasOwn(configFields, name)) extra.push([given, value])
    else if (value !== undefined && value !== null) {
      if (known.has(name) && known.get(name) !== value) {
        throw new PoolError('INVALID_CONFIG', `${name}: it is given twice, as ${name} and ${snake(name)}.`, { field: name })
      }
      known.set(name, value)
    }
  }
  return { known, extra: Object.fromEntries(extra) }
}

function camel(name: string): string {
  return name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

function snake(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
