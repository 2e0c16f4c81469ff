/** What the form needs to know about each field of a pool's configuration, read from its schema. */
import { z } from 'zod'
import { type NewPools, type PoolConfig, type ProviderId, poolConfig } from '../../../src-preload/contract/index.ts'
import { issuesOf } from '../../parts/issues.ts'

export type FieldName = keyof PoolConfig
type FieldKind =
  | 'number'
  | 'share'
  | 'boolean'
  | 'text'
  | 'object'
  | 'limits'
  | 'zone'
  | 'fallback'
  | 'choice'
  | 'names'
  | 'deployments'
  | 'budget'
  | 'outbound'

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
  accounts: ['limits', 'limitZone', 'interactiveReserve'],
  limits: ['concurrency', 'keyConcurrency', 'rateLimit', 'rateLimitInterval'],
  money: ['budget', 'cacheTtl', 'cacheShared'],
  waiting: ['queueTimeout', 'timeout', 'connectTimeout', 'idleTimeout', 'totalTimeout'],
  retries: ['maxAttempts', 'attemptBudget', 'retryUncertain', 'retryOnFailure', 'maxRetries'],
  models: ['models', 'deployments', 'apiVersion'],
  fallback: ['fallback', 'fallbackAfter'],
  network: ['outbound', 'http2'],
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
  'rateLimitInterval',
  'totalTimeout',
  'attemptBudget',
  'cacheTtl',
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
  retryUncertain: 'choice',
  models: 'names',
  deployments: 'deployments',
  budget: 'budget',
  outbound: 'outbound',
}

/** Fields that mean something for one provider alone. */
const onlyFor: Partial<Record<FieldName, ProviderId>> = { deployments: 'azure-openai', apiVersion: 'azure-openai' }

/** Whether a field is shown for a provider (null = any): one that was set stays in sight wherever it means nothing. */
export function isShown(name: FieldName, provider: string | null, isSet: boolean): boolean {
  const only = onlyFor[name]
  return only === undefined || provider === null || only === provider || isSet
}

/** What the 0 of a field means where it is not an amount. */
export const zeroMeans: Partial<Record<FieldName, 'unlimited' | 'never' | 'atOnce' | 'notAtAll'>> = {
  concurrency: 'unlimited',
  keyConcurrency: 'unlimited',
  rateLimit: 'unlimited',
  totalTimeout: 'unlimited',
  cacheTtl: 'notAtAll',
  breakerFailures: 'never',
  fallbackAfter: 'atOnce',
}

/** As Keywheel is made. */
export const configDefaults: PoolConfig = poolConfig.parse({})

/** The whole configuration that a new pool begins with. */
export function configOfNew({ config }: NewPools): PoolConfig {
  return Object.assign({}, configDefaults, config)
}

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

const wideKinds: ReadonlySet<FieldKind> = new Set(['limits', 'fallback', 'choice', 'names', 'deployments', 'budget', 'outbound'])

/** Tables and long texts take the whole width of the form. */
export function isWide({ kind }: FieldSpec): boolean {
  return wideKinds.has(kind)
}

/** What is wrong with a value, or null. */
export function fieldProblem(name: FieldName, value: unknown): string | null {
  return issuesOf(poolConfig.shape[name].safeParse(value).error)[0]?.message ?? null
}

function kindOf(types: ReadonlySet<string>): FieldKind {
  if (types.has('number') || types.has('integer')) return 'number'
  if (types.has('boolean')) return 'boolean'
  return types.has('string') ? 'text' : 'object'
}

function asObject(schema: JsonSchema | boolean | undefined): JsonSchema {
  return typeof schema === 'object' ? schema : {}
}
