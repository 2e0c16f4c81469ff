/** Pools: a set of keys for one upstream, and the rules by which they are handed out. */
import { z } from 'zod'
import { changesOf, instant, slug } from './common.ts'
import { budget, limits, meter, modelName, modelPattern, timeZone } from './limits.ts'
import { outbound } from './outbound.ts'

export const strategies = [
  'random',
  'round_robin',
  'least_used',
  'lru',
  'weighted',
  'priority',
  'sticky',
  'least_latency',
] as const
export const strategy = z.enum(strategies)
export type Strategy = z.infer<typeof strategy>

export const providerIds = [
  'openai',
  'anthropic',
  'gemini',
  'azure-openai',
  'openrouter',
  'deepseek',
  'mistral',
  'groq',
  'xai',
  'cohere',
  'openai-compatible',
  'custom',
  'demo',
] as const
export type ProviderId = (typeof providerIds)[number]

/** Where the upstream wants its key. `format` holds `{key}` once, e.g. `Bearer {key}`. */
export const authStyle = z.strictObject({
  in: z.enum(['header', 'query']),
  name: z
    .string()
    .min(1)
    .max(128)
    .regex(/^[A-Za-z0-9_.-]+$/, 'use letters, digits, dots, dashes and underscores'),
  format: z
    .string()
    .max(128)
    .regex(/^[\x20-\x7e]*\{key\}[\x20-\x7e]*$/, 'it must contain {key}, as in "Bearer {key}"')
    .default('{key}'),
})
export type AuthStyle = z.infer<typeof authStyle>

/** What scripts may write: `{ in, name, format }`, or short `{ header: 'X-Key' }` and `{ query: 'key' }`. */
const authInput = z.preprocess((value) => {
  if (typeof value !== 'object' || value === null) return value
  const { header, query, ...rest } = value as Record<string, unknown>
  if (header !== undefined && query === undefined) return { in: 'header', name: header, ...rest }
  if (query !== undefined && header === undefined) return { in: 'query', name: query, ...rest }
  return value
}, authStyle)

const seconds = (min: number, max: number) => z.number().min(min).max(max)

/** The first entry whose `model` fits is used: a name, `prefix*` or `*`. */
const fallback = z.strictObject({ model: modelPattern, then: z.array(modelName).min(1).max(8) })

/** Every field of PoolConfig with its default and range. Times are in seconds; 0 means unlimited where a field says so. */
export const poolConfig = z.strictObject({
  concurrency: z.number().int().min(0).max(1000).default(0).describe('Calls under way at once in the whole pool; 0 = unlimited'),
  keyConcurrency: z.number().int().min(0).max(1000).default(0).describe('Calls under way at once on one key; 0 = unlimited'),
  queueTimeout: seconds(0, 600).default(30).describe('How long a call waits for a ready key before it is refused, in seconds'),
  timeout: seconds(1, 3600).default(600).describe('Longest wait for the first byte of an answer, in seconds'),
  connectTimeout: seconds(1, 120).default(10).describe('Longest wait for a connection, in seconds'),
  idleTimeout: seconds(1, 3600).default(120).describe('Longest silence inside an answer, in seconds'),
  totalTimeout: seconds(0, 86_400).default(0).describe('Longest time of a whole answer, in seconds; 0 = unlimited'),
  rateLimit: z.number().int().min(0).max(100_000).default(0).describe('Calls per key and interval; 0 = unlimited'),
  rateLimitInterval: z.number().int().min(1).max(86_400).default(60).describe('That interval, in seconds'),
  maxAttempts: z.number().int().min(1).max(64).default(8).describe('Keys tried for one call at most'),
  attemptBudget: seconds(1, 600).default(60).describe('Time in which a call may be tried again, in seconds'),
  retryOnFailure: z.boolean().default(false).describe('Try again after a failure that the upstream may have processed'),
  retryUncertain: z
    .enum(['never', 'idempotent', 'always'])
    .default('idempotent')
    .describe(
      'Whether a call is sent again when the upstream may have worked on it, and charged for it: only GET and the like, or every one',
    ),
  maxRetries: z.number().int().min(0).max(50).default(0).describe('How many such retries'),
  cooldownBase: seconds(0.1, 3600)
    .default(1)
    .describe('First cool-down after a rate limit without a hint, in seconds; doubles each time'),
  cooldownMax: seconds(1, 86_400).default(300).describe('Longest cool-down without a hint, in seconds'),
  hintMax: seconds(1, 604_800).default(86_400).describe("Longest cool-down believed from a provider's own hint, in seconds"),
  noCreditCooldown: seconds(1, 604_800).default(3600).describe('Cool-down of a key without credit, in seconds'),
  dailyCooldown: seconds(1, 604_800)
    .default(3600)
    .describe('Cool-down after a daily limit whose end the provider does not name, in seconds'),
  modelCooldown: seconds(1, 604_800)
    .default(86_400)
    .describe('How long a key is left out for a model it does not have, in seconds'),
  breakerFailures: z
    .number()
    .int()
    .min(0)
    .max(1000)
    .default(5)
    .describe('Overloads in a row, over all keys, after which the provider is left alone; 0 = never'),
  breakerCooldown: seconds(1, 3600).default(15).describe('How long it is left alone, in seconds'),
  limits: limits.default({}).describe('What each account of this pool may use, for all models together and for single ones'),
  limitZone: timeZone.nullable().default(null).describe("Time zone in which its days and months end; null = the provider's own"),
  interactiveReserve: z
    .number()
    .min(0)
    .max(0.95)
    .default(0.2)
    .describe('Part of every limit that background callers leave to interactive ones'),
  fallback: z
    .array(fallback)
    .max(64)
    .default([])
    .describe('Where a call goes when no key is ready for its model: other models, of this pool or (pool/model) of another'),
  fallbackAfter: seconds(0, 600).default(0).describe('How long a call waits for the model it asked for before that, in seconds'),
  models: z
    .array(modelName)
    .max(2000)
    .default([])
    .describe('Models that this pool serves on the unified API; none = what the provider lists'),
  deployments: z.record(modelName, modelName).default({}).describe('Azure: the deployment that serves a model'),
  apiVersion: z.string().max(64).nullable().default(null).describe('Azure: api-version; null = the v1 API, which needs none'),
  budget: budget.nullable().default(null).describe('Money that the whole pool may spend'),
  cacheTtl: seconds(0, 2_592_000)
    .default(0)
    .describe('How long answers are kept for the same request, in seconds; 0 = not at all'),
  cacheShared: z.boolean().default(false).describe('Whether one client may be given what another one asked for'),
  outbound: outbound.nullable().default(null).describe('Proxy on the way to the upstream; null = as in Settings'),
  http2: z.boolean().default(false).describe('Speak HTTP/2 with the upstream where it offers that'),
  banThreshold: z
    .number()
    .int()
    .min(1)
    .max(100)
    .default(3)
    .describe('Library batches: failures in a row before a key is left out'),
  banDuration: seconds(10, 86_400).default(300).describe('Library batches: how long it is left out, in seconds'),
  batchRetryOnFailure: z.boolean().nullable().default(null).describe('Library batches: retryOnFailure; null = as above'),
  batchMaxRetries: z
    .number()
    .int()
    .min(0)
    .max(50)
    .nullable()
    .default(null)
    .describe('Library batches: maxRetries; null = as above'),
  reachLimitException: z
    .string()
    .max(256)
    .nullable()
    .default(null)
    .describe('Library: class of the error that means "limit reached"'),
  clientType: z.string().max(64).default('').describe('Library: kind of client that the keys are for'),
  custom: z.record(z.string(), z.unknown()).default({}).describe('Your own fields, kept as they are'),
})
export type PoolConfig = z.infer<typeof poolConfig>

/** Keywheel's configuration as a person or script gives it: only what differs from the defaults; apipool's snake_case names are taken too. */
export const poolConfigInput = z.preprocess(camelKeys, changesOf(poolConfig))
export type PoolConfigInput = z.output<typeof poolConfigInput>

function camelKeys(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()), field]),
  )
}

const baseUrl = z.string().min(1).max(2048)
const name = z.string().trim().min(1).max(128)

/** A draft is not for clients yet; a retired pool tells them so, with its successor, by 410. */
export const poolStates = ['draft', 'published', 'retired'] as const
export type PoolState = (typeof poolStates)[number]

export const poolCreate = z.strictObject({
  slug,
  name: name.optional(),
  draft: z.boolean().default(false),
  provider: z.string().min(1).max(64),
  baseUrl: baseUrl.optional(),
  auth: authInput.optional(),
  /** Like every field that `config` leaves out: absent = as the setting `newPools` says. */
  strategy: strategy.optional(),
  config: poolConfigInput.optional(),
})
export type PoolCreate = z.output<typeof poolCreate>

export const poolPatch = z.strictObject({
  name: name.optional(),
  baseUrl: baseUrl.optional(),
  auth: authInput.optional(),
  strategy: strategy.optional(),
  /** Merged field by field into what is there; null resets everything to what a new pool begins with. */
  config: poolConfigInput.nullable().optional(),
})
export type PoolPatch = z.output<typeof poolPatch>

const keyCounts = z.object({
  total: z.number(),
  ready: z.number(),
  cooling: z.number(),
  exhausted: z.number(),
  invalid: z.number(),
  disabled: z.number(),
  unchecked: z.number(),
})
export type KeyCounts = z.infer<typeof keyCounts>

export const pool = z.object({
  slug: z.string(),
  name: z.string(),
  /** Its name in an apipool-server or import, where that is no slug. */
  alias: z.string().nullable(),
  state: z.enum(poolStates),
  /** Of a retired one. */
  successor: z.string().nullable(),
  provider: z.string(),
  baseUrl: z.string(),
  auth: authStyle,
  strategy,
  config: poolConfig,
  keys: keyCounts,
  /** Accounts among its keys: keys of one account share their limits. */
  accounts: z.number(),
  /** Keys bound to other origins than this pool's present one: they are not used until someone confirms (pools.trust). */
  untrustedKeys: z.number(),
  createdAt: instant,
  updatedAt: instant,
})
export type Pool = z.infer<typeof pool>

/** One account among a pool's keys, and how much of its limits is used. */
export const account = z.object({
  /** The name a person or an answer gave it; for a key with an account of its own, the key's id. */
  id: z.string(),
  /** `own` = a key without a named account. */
  source: z.enum(['set', 'discovered', 'own']),
  keys: z.array(z.object({ id: z.string(), label: z.string(), state: z.string() })),
  meters: z.array(meter),
})
export type Account = z.infer<typeof account>

export const runwayQuery = z.strictObject({
  pool: z.string().max(64).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(8),
})
export type RunwayQuery = z.output<typeof runwayQuery>

/** How long the accounts last: those whose limit is used up or ends first at the present pace, then those of which most is used. */
export const runway = z.object({
  accounts: z.number(),
  /** Accounts that have any limit. */
  limited: z.number(),
  /** Accounts of which a limit is used up. */
  usedUp: z.number(),
  /** The one that ends first of those that are not used up; null = none does before it starts anew. */
  next: z.object({ account: z.string(), endsAt: instant }).nullable(),
  /** Pools with accounts of which a limit longer than an hour ends within the next one, the first to end first. */
  ending: z.array(
    z.object({
      pool: z.string(),
      accounts: z.number(),
      /** Of the account that ends first. */
      account: z.string(),
      endsAt: instant,
    }),
  ),
  rows: z.array(
    z.object({
      /** Its name; the label of its key where it has none. */
      account: z.string(),
      source: z.enum(['set', 'discovered', 'own']),
      /** The pool that shows it. */
      pool: z.string(),
      keys: z.number(),
      meter,
    }),
  ),
})
export type Runway = z.infer<typeof runway>

const preset = z.object({ id: z.string(), name: z.string(), limits, source: z.string() })

export const provider = z.object({
  id: z.string(),
  name: z.string(),
  baseUrl: z.string().nullable(),
  auth: authStyle,
  /** A check that costs no tokens exists. */
  freeCheck: z.boolean(),
  /** Where a person makes a key. */
  keysUrl: z.string().nullable(),
  keyHint: z.string(),
  /** Limit tables to start from. */
  presets: z.array(preset),
  /** The zone whose midnight ends its day. */
  resetZone: z.string(),
})
export type Provider = z.infer<typeof provider>
