/** A proxy with a real engine in front of any upstream, and what it recorded: what every proxy test stands on. */
import { periodEnd } from '../../src-main/base/calendar.ts'
import { createClientDirectory, newToken } from '../../src-main/clients/index.ts'
import { createRouter } from '../../src-main/gateway/router.ts'
import { systemClock } from '../../src-main/pool/clock.ts'
import { createPoolEngine } from '../../src-main/pool/engine.ts'
import { defaultRules } from '../../src-main/pool/rules.ts'
import type { KeySpec, Lane, MeterView, PoolRules, StrategyName } from '../../src-main/pool/types.ts'
import { providers } from '../../src-main/providers/index.ts'
import type { Resolve } from '../../src-main/proxy/forward/guarded-connect.ts'
import { createProxy, type Proxy, type ProxyLimits } from '../../src-main/proxy/proxy.ts'
import type { KeptAnswer, PromptFound, ProxyDeps, ProxyPool, Spending } from '../../src-main/proxy/types.ts'
import {
  type AuthStyle,
  KeywheelError,
  type ModelRoute,
  type PoolConfig,
  type PoolConfigInput,
  poolConfig,
  type RequestRow,
} from '../../src-preload/contract/index.ts'

export interface HousePool {
  slug: string
  state?: ProxyPool['state']
  successor?: string
  provider?: keyof typeof providers
  baseUrl: string
  auth?: AuthStyle
  /** Secrets; the key's id is `key-1`, `key-2`, … in this order, its label `Key 1`, … */
  keys: string[]
  strategy?: StrategyName
  config?: PoolConfigInput
  /** Origins that the pool's keys may go to; the pool's own unless told. */
  audience?: string[]
  /** Limits and account of each of its keys. */
  key?: Pick<KeySpec, 'limits' | 'bucket'>
}

export interface House {
  readonly url: string
  readonly port: number
  readonly token: string
  readonly proxy: Proxy
  readonly rows: RequestRow[]
  readonly logged: string[]
  /** A token of another client, which may use these pools only. */
  tokenFor(pools: string[] | null, lane?: Lane, models?: string[] | null): string
  /** Answers that are kept, by what they depend on. */
  readonly kept: Map<string, { answer: KeptAnswer; ttlMs: number }>
  /** What answers have named as a key's account, in order: `key-1 account`. */
  readonly accounts: string[]
  meters(keyId: string): MeterView[]
  /** Waits until so many calls have been recorded. */
  recorded(count: number): Promise<RequestRow[]>
  /** The health that the engine sees. */
  health(keyId: string): string | undefined
  inFlight(keyId: string): number
  close(): Promise<void>
}

/** What tests pass to fetch. */
export interface CallInit extends Omit<RequestInit, 'headers'> {
  headers?: Record<string, string>
  duplex?: 'half'
}

interface Options {
  limits?: Partial<ProxyLimits>
  origins?: string[]
  vaultOpen?: () => boolean
  /** In place of the secret, e.g. to fail. */
  secretFor?: () => string
  /** Called before the look-up of a pool and the recording of a row, e.g. to fail. */
  findPool?: () => void
  onFinished?: () => void
  onAccount?: () => void
  /** Stands in for the system's resolver. */
  resolve?: Resolve
  /** Any free one unless told. */
  port?: number
  /** Of every key, in place of `Key 1`. */
  label?: string
  routes?: HouseRoute[]
  prompts?: Record<string, PromptFound>
  spending?: Spending
  quotas?: ProxyDeps['quotas']
  doors?: ProxyDeps['doors']
}

/** A route with what it leaves open. */
type HouseRoute = Pick<ModelRoute, 'model'> &
  Partial<Omit<ModelRoute, 'targets' | 'then'>> & {
    targets: { pool: string; model?: string | null; weight?: number }[]
    // oxlint-disable-next-line unicorn/no-thenable -- a list, not a function
    then?: { pool: string; model?: string | null }[]
  }

/** Keys of several pools are numbered through. Random is fixed, so that strategies do the same in every run. */
export async function openHouse(pools: HousePool[], options: Options = {}): Promise<House> {
  const clock = systemClock()
  const engine = createPoolEngine({ clock, random: () => 0.5, calendar: { periodEnd } })
  const directory = createClientDirectory()
  const secrets = new Map<string, { secret: string; audience: string[] }>()
  const known = new Map<string, ProxyPool>()
  const specs = new Map<string, KeySpec>()
  const members = new Map<string, string[]>()
  for (const pool of pools) {
    const config = { ...poolConfig.parse({}), ...pool.config } as ProxyPool['config']
    const provider = providers[pool.provider ?? 'openai']
    const auth = pool.auth ?? provider.auth
    const sticky = pool.strategy === 'sticky'
    const { slug, state = 'published', successor = null } = pool
    known.set(slug, { slug, state, successor, provider, baseUrl: new URL(pool.baseUrl), auth, sticky, config })
    engine.setPool(pool.slug, rulesOf(pool, config))
    members.set(pool.slug, [])
    for (const secret of pool.keys) {
      const id = `key-${secrets.size + 1}`
      secrets.set(id, { secret, audience: pool.audience ?? [new URL(pool.baseUrl).origin] })
      const spec: KeySpec = { id, enabled: true, expiresAt: null, ...pool.key }
      specs.set(id, spec)
      members.get(pool.slug)?.push(id)
      engine.setKey(spec)
      engine.setMember(pool.slug, id, { priority: secrets.size, weight: 1 })
    }
  }
  const rows: RequestRow[] = []
  const logged: string[] = []
  const accounts: string[] = []
  const waiting: { count: number; resolve(rows: RequestRow[]): void }[] = []
  const own = newToken()
  directory.set(own.hash, { id: 'client-1', name: 'Tester', pools: null, lane: 'interactive', models: null, expiresAt: null })
  const served = [...known.values()].flatMap(({ slug, provider, config }) =>
    config.models.map((model) => ({ model, pool: slug, provider: provider.id, source: 'set' as const, ready: true })),
  )
  const router = createRouter({
    routes: (options.routes ?? []).map(routeOf),
    served,
    pools: [...known.values()].map(({ slug, provider, config }) => ({
      slug,
      provider: provider.id,
      listed: config.models.length > 0,
      guess: (model) => provider.ownsModel(model),
    })),
  })
  const kept: House['kept'] = new Map()
  const proxy = createProxy(
    {
      clock,
      engine,
      findPool(slug) {
        options.findPool?.()
        return known.get(slug)
      },
      authorise: (token) => directory.authorise(token, clock.now()),
      allowedOrigins: () => options.origins ?? [],
      keysOf: (slug) => members.get(slug) ?? [],
      onAccount(id, bucket) {
        options.onAccount?.()
        accounts.push(`${id} ${bucket}`)
        // As the application does, where nobody has set one by hand.
        const spec = specs.get(id)
        if (spec !== undefined && spec.bucket === undefined) engine.setKey({ ...spec, bucket })
      },
      keyLabel: (id) => options.label ?? id.replace('key-', 'Key '),
      secretFor(id, origin) {
        if (options.secretFor !== undefined) return options.secretFor()
        const entry = secrets.get(id)
        if (entry === undefined) throw new KeywheelError('KEY_NOT_FOUND')
        if (!entry.audience.includes(origin)) throw new KeywheelError('AUDIENCE_MISMATCH')
        return entry.secret
      },
      ...(options.resolve === undefined ? {} : { resolve: options.resolve }),
      vaultOpen: options.vaultOpen ?? (() => true),
      cost: (_provider, _model, usage) =>
        usage.outputTokens === null ? null : { nanos: usage.outputTokens * 10, version: 'test' },
      router: () => router,
      servedModels: () => served.map((one) => ({ ...one, ready: engine.pool(one.pool)?.ready !== 0 })),
      findPrompt: (slug) => options.prompts?.[slug],
      spending: options.spending ?? { reserve: () => ({ kind: 'reserved', settle: () => {} }) },
      quotas: options.quotas ?? { take: () => null },
      doors: options.doors ?? { connect: () => undefined, apipool: () => undefined },
      cache: {
        find: (key) => Promise.resolve(kept.get(key)?.answer ?? null),
        keep: (key, answer, ttlMs) => kept.set(key, { answer, ttlMs }),
      },
      wayFor: () => ({ proxy: null, http2: false }),
      metrics: () => Promise.resolve({ contentType: 'text/plain; version=0.0.4', text: 'keywheel_up 1\n' }),
      onFinished(row) {
        options.onFinished?.()
        rows.push(row)
        for (const one of waiting) if (rows.length >= one.count) one.resolve(rows)
      },
      log: {
        warn: (fields, message) => logged.push(JSON.stringify({ ...fields, message })),
        info: (fields, message) => logged.push(JSON.stringify({ ...fields, message })),
      },
    },
    { graceMs: 500, lingerMs: 300, ...options.limits },
  )
  const { port } = await proxy.start(options.port ?? 0)
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    token: own.token,
    proxy,
    rows,
    logged,
    accounts,
    kept,
    meters: (id) => engine.meters(id),
    tokenFor(only, lane = 'interactive', models = null) {
      const { token, hash } = newToken()
      directory.set(hash, { id: `client-${hash.slice(0, 8)}`, name: 'Guest', pools: only, lane, models, expiresAt: null })
      return token
    },
    recorded: (count) =>
      rows.length >= count ? Promise.resolve(rows) : new Promise((resolve) => waiting.push({ count, resolve })),
    health: (id) => engine.key(id)?.health,
    inFlight: (id) => engine.key(id)?.inFlight ?? -1,
    async close() {
      await proxy.stop()
      engine.close()
    },
  }
}

function routeOf({ targets, then = [], ...route }: HouseRoute, index: number): ModelRoute {
  return {
    timeout: null,
    attemptBudget: null,
    cacheTtl: null,
    notes: '',
    createdAt: 0,
    updatedAt: 0,
    id: `route-${index}`,
    ...route,
    targets: targets.map(({ pool, model = null, weight = 1 }) => ({ pool, model, weight })),
    // oxlint-disable-next-line unicorn/no-thenable -- a list, not a function
    then: then.map(({ pool, model = null }) => ({ pool, model })),
  }
}

/** A fallback rule; its field is called as in PoolConfig, and nobody awaits it. */
export function fallingBack(model: string, ...places: string[]): PoolConfig['fallback'][number] {
  // oxlint-disable-next-line unicorn/no-thenable -- a list, not a function
  return { model, then: places }
}

function rulesOf({ baseUrl, strategy = 'priority' }: HousePool, config: ProxyPool['config']): PoolRules {
  return {
    ...defaultRules,
    strategy,
    concurrency: config.concurrency,
    keyConcurrency: config.keyConcurrency,
    rateLimit: config.rateLimit,
    rateIntervalMs: config.rateLimitInterval * 1000,
    cooldownBaseMs: config.cooldownBase * 1000,
    cooldownMaxMs: config.cooldownMax * 1000,
    hintMaxMs: config.hintMax * 1000,
    noCreditMs: config.noCreditCooldown * 1000,
    leaseMs: (config.timeout + config.connectTimeout) * 1000,
    upstream: new URL(baseUrl).origin,
    breakerFailures: config.breakerFailures,
    breakerMs: config.breakerCooldown * 1000,
    interactiveReserve: config.interactiveReserve,
    fallback: config.fallback,
    fallbackAfterMs: config.fallbackAfter * 1000,
  }
}
