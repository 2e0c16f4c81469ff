/** A pool's settings as `pool_config` of the protocol has them: apipool's names, those of Keywheel's that may travel, and whatever else was given. */
import { z } from 'zod'
import { type PoolConfig, poolConfig } from '../../../src-preload/contract/index.ts'

type FieldName = keyof PoolConfig

/** A `pool_config` says all of these: what it leaves out is the default again. */
const apipoolNames = [
  'concurrency',
  'timeout',
  'rateLimit',
  'rateLimitInterval',
  'retryOnFailure',
  'maxRetries',
  'custom',
  'batchRetryOnFailure',
  'batchMaxRetries',
  'banThreshold',
  'banDuration',
] as const satisfies readonly FieldName[]

/** These change only when they are given. The others are this machine's own: ways out, budgets, kept answers, other pools. */
const ownNames = [
  'keyConcurrency',
  'queueTimeout',
  'connectTimeout',
  'idleTimeout',
  'totalTimeout',
  'maxAttempts',
  'attemptBudget',
  'retryUncertain',
  'cooldownBase',
  'cooldownMax',
  'hintMax',
  'noCreditCooldown',
  'dailyCooldown',
  'modelCooldown',
  'breakerFailures',
  'breakerCooldown',
  'limits',
  'limitZone',
  'interactiveReserve',
] as const satisfies readonly FieldName[]

const names: readonly FieldName[] = [...apipoolNames, ...ownNames]
const defaults: Readonly<Record<string, unknown>> = poolConfig.parse({})
const snake = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
const bySnake = new Map(names.map((name) => [snake(name), name]))

/** Where the pool leads; apipool-server has it at each key. */
export const baseUrlName = 'base_url'

/** Any object; what is known of it has to be in its range. */
export const poolConfigBody = z.looseObject({
  ...Object.fromEntries(names.map((name) => [snake(name), (poolConfig.shape[name].unwrap() as z.ZodType).nullish()])),
  [baseUrlName]: z.string().min(1).max(2048).nullish(),
})

/** What is stored: settings that are not the default, and beside them what is none of these. */
export interface StoredConfig {
  settings: Readonly<Record<string, unknown>>
  /** As it was given. */
  rest: Record<string, unknown>
}

/** `before` with what was given in its place. */
export function withPoolConfig(
  before: Readonly<Record<string, unknown>>,
  given: Readonly<Record<string, unknown>>,
): StoredConfig {
  const told = new Set<string>(apipoolNames)
  const settings: [string, unknown][] = []
  const rest: [string, unknown][] = []
  for (const [name, value] of Object.entries(given)) {
    const field = bySnake.get(name)
    if (field !== undefined) told.add(field)
    const isSetting = field !== undefined && value !== null && !same(value, defaults[field])
    if (isSetting) settings.push([field, value])
    else rest.push([name, value])
  }
  const kept = Object.entries(before).filter(([name]) => !told.has(name))
  return { settings: Object.fromEntries([...kept, ...settings]), rest: Object.fromEntries(rest) }
}

/** What an answer says; null = nothing was ever set. */
export function poolConfigView({ settings, rest }: StoredConfig, baseUrl: string): Record<string, unknown> | null {
  const said = Object.entries(settings).filter(([name]) => (names as readonly string[]).includes(name))
  const view: Record<string, unknown> = { ...rest, ...Object.fromEntries(said.map(([name, value]) => [snake(name), value])) }
  if (view[baseUrlName] != null) view[baseUrlName] = baseUrl
  return Object.keys(view).length === 0 ? null : view
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
