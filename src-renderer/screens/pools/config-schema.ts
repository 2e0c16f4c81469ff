/** What the form needs to know about each field of a pool's configuration, read from its schema. */
import { z } from 'zod'
import { type PoolConfig, poolConfig } from '../../../src-preload/contract/index.ts'

export type FieldName = keyof PoolConfig
type FieldKind =
  | 'number'
  | 'share'
  | 'boolean'
  | 'text'
  | 'names'
  | 'choice'
  | 'budget'
  | 'object'
  | 'limits'
  | 'zone'
  | 'fallback'

export interface FieldSpec {
  name: FieldName
  kind: FieldKind
  /** Null means "not set", and may be chosen. */
  nullable: boolean
  integer: boolean
  min: number | undefined
  max: number | undefined
  seconds: boolean
}

/** The groups of the form; the type below makes sure that no field is left out. */
export const fieldGroups = {
  accounts: ['limits', 'limitZone', 'interactiveReserve', 'budget'],
  limits: ['concurrency', 'keyConcurrency', 'rateLimit', 'rateLimitInterval'],
  waiting: ['queueTimeout', 'timeout', 'connectTimeout', 'idleTimeout', 'totalTimeout'],
  retries: ['maxAttempts', 'attemptBudget', 'retryUncertain', 'retryOnFailure', 'maxRetries'],
  fallback: ['fallback', 'fallbackAfter'],
  models: ['models', 'deployments', 'apiVersion', 'cacheTtl', 'cacheShared'],
  way: ['outbound', 'http2'],
  cooldowns: [
    'cooldownBase',
    'cooldownMax',
    'hintMax',
    'dailyCooldown',
    'noCreditCooldown',
    'modelCooldown',
    'breakerFailures',
    'breakerCooldown',
  ],
  library: [
    'banThreshold',
    'banDuration',
    'batchRetryOnFailure',
    'batchMaxRetries',
    'reachLimitException',
    'clientType',
    'custom',
  ],
} as const satisfies Record<string, readonly FieldName[]>

export type FieldGroup = keyof typeof fieldGroups
type Missing = Exclude<FieldName, (typeof fieldGroups)[FieldGroup][number]>
const noFieldMissing: [Missing] extends [never] ? true : Missing = true
void noFieldMissing

const inSeconds: ReadonlySet<FieldName> = new Set([
  'queueTimeout',
  'timeout',
  'connectTimeout',
  'idleTimeout',
  'totalTimeout',
  'cacheTtl',
  'rateLimitInterval',
  'attemptBudget',
  'cooldownBase',
  'cooldownMax',
  'hintMax',
  'noCreditCooldown',
  'dailyCooldown',
  'modelCooldown',
  'breakerCooldown',
  'fallbackAfter',
  'banDuration',
])

/** Fields with a control of their own. */
const ownControl: Partial<Record<FieldName, FieldKind>> = {
  limits: 'limits',
  limitZone: 'zone',
  interactiveReserve: 'share',
  fallback: 'fallback',
  models: 'names',
  retryUncertain: 'choice',
  budget: 'budget',
  outbound: 'text',
}

/** What the 0 of a field means where it is not an amount. */
export const zeroMeans: Partial<Record<FieldName, 'unlimited' | 'never' | 'atOnce' | 'notAtAll'>> = {
  concurrency: 'unlimited',
  keyConcurrency: 'unlimited',
  rateLimit: 'unlimited',
  breakerFailures: 'never',
  fallbackAfter: 'atOnce',
  totalTimeout: 'unlimited',
  cacheTtl: 'notAtAll',
}

export const uncertainChoices = ['never', 'idempotent', 'always'] as const satisfies readonly PoolConfig['retryUncertain'][]

export const configDefaults: PoolConfig = poolConfig.parse({})

type JsonSchema = z.core.JSONSchema.JSONSchema
const properties = z.toJSONSchema(poolConfig, { io: 'input' }).properties ?? {}

export function fieldSpec(name: FieldName): FieldSpec {
  const schema = asObject(properties[name])
  const options = (schema.anyOf ?? [schema]).map(asObject)
  const types = new Set(options.flatMap((option) => option.type ?? []))
  const bounded = options.find((option) => option.minimum !== undefined)
  return {
    name,
    kind: ownControl[name] ?? kindOf(types),
    nullable: types.has('null'),
    integer: types.has('integer'),
    min: bounded?.minimum,
    max: bounded?.maximum,
    seconds: inSeconds.has(name),
  }
}

/** Tables take the whole width of the form. */
export function isWide({ kind }: FieldSpec): boolean {
  return kind === 'limits' || kind === 'fallback'
}

/** What is wrong with a value, or null. */
export function fieldProblem(name: FieldName, value: unknown): string | null {
  return poolConfig.shape[name].safeParse(value).error?.issues[0]?.message ?? null
}

function kindOf(types: ReadonlySet<string>): FieldKind {
  if (types.has('number') || types.has('integer')) return 'number'
  if (types.has('boolean')) return 'boolean'
  return types.has('string') ? 'text' : 'object'
}

function asObject(schema: JsonSchema | boolean | undefined): JsonSchema {
  return typeof schema === 'object' ? schema : {}
}
