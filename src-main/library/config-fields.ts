/** Every setting of a pool with its default and range: apipool's, and those that are Keywheel's own. */
import { type StrategyName, strategyNames } from '../pool/types.ts'

export interface PoolConfigFields {
  /** Calls under way at once in the whole pool; 0 = unlimited. */
  concurrency: number
  /** Longest wait for one call's answer, in seconds. */
  timeout: number
  /** Calls per key and interval; 0 = unlimited. */
  rateLimit: number
  /** That interval, in seconds. */
  rateLimitInterval: number
  /** Try a failed call again, on another key where there is one. */
  retryOnFailure: boolean
  /** How many times. */
  maxRetries: number
  /** The program's own fields, kept as they are. */
  custom: Record<string, unknown>
  /** `retryOnFailure` for batches; null = as above. */
  batchRetryOnFailure: boolean | null
  /** `maxRetries` for batches; null = as above. */
  batchMaxRetries: number | null
  /** Batches: failures of a key in a row before it is left out. */
  banThreshold: number
  /** Batches: how long it is left out, in seconds. */
  banDuration: number
  /** Class of the error that means "limit reached"; the last part of a dotted path counts. */
  reachLimitException: string | null
  rotationStrategy: StrategyName
  /** Kind of client that the keys are for; the library makes no use of it. */
  clientType: string
  /** Calls under way at once on one key; 0 = unlimited. */
  keyConcurrency: number
  /** How long a call waits for a key that is busy or at its rate limit, in seconds. */
  queueTimeout: number
  /** First and longest cool-down of a key whose limit is reached and that was told no time, in seconds; it doubles in between. */
  cooldownBase: number
  cooldownMax: number
  /** Longest cool-down believed from the upstream's own hint, in seconds. */
  hintMax: number
}

/** How one field is read: `says` is what to do about a value that is refused. */
interface Rule {
  start: unknown
  takes: (value: unknown) => boolean
  says: string
  /** Only in Keywheel. */
  own?: true
}

const whole = (start: unknown, min: number, max: number, nullable = false): Rule => ({
  start,
  takes: (value) => (nullable && value === null) || (Number.isInteger(value) && inside(value, min, max)),
  says: `give a whole number from ${min} to ${max}`,
})
const seconds = (start: number, min: number, max: number): Rule => ({
  start,
  takes: (value) => inside(value, min, max),
  says: `give seconds from ${min} to ${max}`,
})
const flag = (start: unknown, nullable = false): Rule => ({
  start,
  takes: (value) => (nullable && value === null) || typeof value === 'boolean',
  says: 'give true or false',
})
const own = (rule: Rule): Rule => ({ ...rule, own: true })

/** Ranges are those of apipool-server's own form. */
export const configFields: Readonly<Record<keyof PoolConfigFields, Rule>> = {
  concurrency: whole(0, 0, 1000),
  timeout: seconds(30, 1, 600),
  rateLimit: whole(0, 0, 100_000),
  rateLimitInterval: whole(60, 1, 86_400),
  retryOnFailure: flag(false),
  maxRetries: whole(0, 0, 50),
  custom: { start: {}, takes: isRecord, says: 'give a JSON object' },
  batchRetryOnFailure: flag(null, true),
  batchMaxRetries: whole(null, 0, 50, true),
  banThreshold: whole(3, 1, 100),
  banDuration: seconds(300, 10, 86_400),
  reachLimitException: {
    start: null,
    takes: (value) => value === null || (typeof value === 'string' && value.length <= 256),
    says: "give the name of an error's class",
  },
  rotationStrategy: {
    start: 'random',
    takes: (value) => (strategyNames as readonly unknown[]).includes(value),
    says: `give one of ${strategyNames.join(', ')}`,
  },
  clientType: { start: '', takes: (value) => typeof value === 'string' && value.length <= 64, says: 'give a short text' },
  keyConcurrency: own(whole(0, 0, 1000)),
  queueTimeout: own(seconds(30, 0, 600)),
  cooldownBase: own(seconds(1, 0.1, 3600)),
  cooldownMax: own(seconds(300, 1, 86_400)),
  hintMax: own(seconds(86_400, 1, 604_800)),
}

export const fieldNames = Object.keys(configFields) as (keyof PoolConfigFields)[]

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function inside(value: unknown, min: number, max: number): boolean {
  return typeof value === 'number' && value >= min && value <= max
}
