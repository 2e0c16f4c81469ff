/** Services without rooms behind them: answers that the contract accepts, and a record of what was asked. */
import type { Actor, Services } from '../../src-main/services/types.ts'
import type {
  Approval,
  Backup,
  Client,
  Key,
  LiveEvent,
  Meter,
  ModelRouteView,
  Pool,
  Prompt,
  Remote,
  RequestRow,
  ServedModel,
  Settings,
  User,
  VaultStatus,
  Workspace,
} from '../../src-preload/contract/index.ts'
import { KeywheelError, poolConfig, settingsSchema } from '../../src-preload/contract/index.ts'

export const canary = 'sk-canary-7f3Kq9ZbT2xWm5Rv8Ld1'

const aPool: Pool = {
  slug: 'main',
  name: 'Main',
  alias: null,
  state: 'published',
  successor: null,
  provider: 'openai',
  baseUrl: 'https://api.openai.com/v1',
  auth: { in: 'header', name: 'authorization', format: 'Bearer {key}' },
  strategy: 'round_robin',
  config: poolConfig.parse({}),
  keys: { total: 0, ready: 0, cooling: 0, exhausted: 0, invalid: 0, disabled: 0, unchecked: 0 },
  accounts: 0,
  untrustedKeys: 0,
  createdAt: 1,
  updatedAt: 1,
}

const anApproval: Approval = {
  id: 'a1',
  code: 'ABCD-EF',
  name: 'Program',
  pools: null,
  state: 'pending',
  address: '127.0.0.1',
  process: null,
  createdAt: 1,
  expiresAt: 2,
  decidedAt: null,
  clientId: null,
  clientState: null,
}

const aBackup: Backup = {
  name: 'keywheel-1.db',
  at: 1,
  bytes: 1,
  why: 'asked',
  holds: { pools: 0, keys: 0, vault: 'none' },
}

const aRemote: Remote = {
  id: 'r1',
  name: 'team',
  url: 'https://pool.example.com',
  username: 'ann',
  state: 'unknown',
  problem: null,
  checkedAt: null,
  links: [],
  createdAt: 1,
}

const aUser: User = {
  id: 'u1',
  username: 'ann',
  email: '',
  role: 'user',
  mayReveal: false,
  pools: null,
  active: true,
  createdAt: 1,
  lastLoginAt: null,
}

const aWorkspace: Workspace = { slug: 'default', name: 'Default', open: true, createdAt: 1 }

const aKey: Key = {
  id: 'k1',
  label: 'first',
  provider: 'openai',
  hint: 'sk-…Ld1',
  tags: [],
  notes: '',
  enabled: true,
  state: 'ready',
  reason: null,
  model: null,
  until: null,
  identifier: null,
  inFlight: 0,
  pools: [{ pool: 'main', priority: 0, weight: 1 }],
  limits: {},
  limitZone: 'UTC',
  budget: null,
  outbound: null,
  account: null,
  expiresAt: null,
  lastUsedAt: null,
  checkedAt: null,
  createdAt: 1,
}

const aClient: Client = {
  id: 'c1',
  name: 'Editor',
  pools: null,
  lane: 'interactive',
  models: null,
  budget: null,
  quotas: [{ duration: 'DAY', credits: 10, start: 1, zone: 'Europe/Paris', used: 0.5, remaining: 9.5, renewsAt: 2 }],
  expiresAt: null,
  revokedAt: null,
  state: 'active',
  tokenHint: 'abcd',
  createdAt: 1,
  lastSeenAt: null,
}

const aMeter: Meter = {
  scope: 'account',
  model: null,
  unit: 'requests',
  per: 'minute',
  windowSeconds: 60,
  limit: 10,
  used: 1,
  reserved: 0,
  resetsAt: null,
  source: 'set',
  pace: 0,
  endsAt: null,
}

const aRoute: ModelRouteView = {
  id: 'route1',
  model: 'fast',
  targets: [{ pool: 'main', model: null, weight: 1 }],
  // oxlint-disable-next-line unicorn/no-thenable -- a list, not a function
  then: [],
  timeout: null,
  attemptBudget: null,
  cacheTtl: null,
  notes: '',
  createdAt: 1,
  updatedAt: 1,
  missingPools: [],
}

const aModel: ServedModel = { model: 'gpt-4o', pool: 'main', provider: 'openai', source: 'listed', ready: true }

const aPrompt: Prompt = {
  slug: 'sum-up',
  name: 'Sum up',
  description: '',
  state: 'draft',
  version: 1,
  published: null,
  successor: null,
  model: 'fast',
  messages: [{ role: 'user', text: 'Sum up: {{text}}' }],
  variables: [{ name: 'text', description: '', default: null }],
  parameters: {},
  createdAt: 1,
  updatedAt: 1,
}

const vault: VaultStatus = {
  mode: 'sealed',
  state: 'unlocked',
  reason: null,
  message: 'The vault is open.',
  slots: [],
  keychain: { available: false, message: null },
  records: 0,
}
const proxyOff = { state: 'off', url: null, port: null, reason: null, since: 0, inFlight: 0, offline: null } as const
const totals = {
  requests: 0,
  ok: 0,
  failed: 0,
  byOutcome: {},
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
  costNanos: null,
  costUnknown: 0,
  p50Ms: null,
  p95Ms: null,
}

export interface FakeServices extends Services {
  calls: Array<{ call: string; input: unknown; actor?: Actor }>
  emit(event: LiveEvent): void
  listeners(): number
}

export function fakeServices(): FakeServices {
  const calls: FakeServices['calls'] = []
  const listeners = new Set<(event: LiveEvent) => void>()
  function record<T>(call: string, input: unknown, actor: Actor | undefined, answer: T): T {
    calls.push(actor ? { call, input, actor } : { call, input })
    return answer
  }
  const settings: Settings = settingsSchema.parse({})
  return {
    calls,
    emit: (event) => listeners.forEach((listener) => listener(event)),
    listeners: () => listeners.size,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    pools: {
      list: () => [aPool],
      get(slug) {
        if (slug !== 'main') throw new KeywheelError('POOL_NOT_FOUND')
        return aPool
      },
      create: async (input, actor) => {
        if (input.provider === 'nonsense') {
          throw new KeywheelError('UNKNOWN_PROVIDER', undefined, { fields: [{ path: 'provider', message: 'use one of …' }] })
        }
        return record('pools.create', input, actor, { ...aPool, slug: input.slug, secret: canary })
      },
      update: async (slug, patch, actor) => record('pools.update', { slug, patch }, actor, aPool),
      remove: async (slug, actor) => record('pools.remove', slug, actor, { undoUntil: 10_000 }),
      publish: async (slug, actor) => record('pools.publish', slug, actor, { ...aPool, slug }),
      retire: async (slug, successor, actor) =>
        record('pools.retire', { slug, successor }, actor, { ...aPool, slug, state: 'retired', successor }),
      restore: async (slug, actor) => record('pools.restore', slug, actor, aPool),
      trust: async (slug, actor) => record('pools.trust', slug, actor, { keys: 1 }),
      demo: async (actor) => record('pools.demo', undefined, actor, aPool),
      accounts: () => [],
      runway: async (query) =>
        record('pools.runway', query, undefined, {
          accounts: 0,
          limited: 0,
          usedUp: 0,
          next: null,
          ending: [],
          rows: [],
        }),
      drill: async (pool) =>
        record('pools.drill', pool, undefined, {
          pool,
          keys: 1,
          calls: 1,
          passed: 0,
          failed: 0,
          promises: [],
          notes: [],
          noted: [],
          ms: 1,
        }),
      providers: () => [],
    },
    routes: {
      list: () => [aRoute],
      create: async (input, actor) => record('routes.create', input, actor, { ...aRoute, ...input }),
      update: async (id, input, actor) => record('routes.update', { id, input }, actor, { ...aRoute, ...input, id }),
      remove: async (id, actor) => record('routes.remove', id, actor, undefined),
      models: () => [{ ...aModel, secret: canary }],
      refresh: async () => record('routes.refresh', undefined, undefined, [aModel]),
    },
    prompts: {
      list: () => [aPrompt],
      get: () => aPrompt,
      create: async (input, actor) => record('prompts.create', input, actor, { ...aPrompt, ...input }),
      update: async (slug, patch, actor) => record('prompts.update', { slug, patch }, actor, aPrompt),
      remove: async (slug, actor) => record('prompts.remove', slug, actor, undefined),
      versions: () => [],
      publish: async (slug, version, actor) => record('prompts.publish', { slug, version }, actor, aPrompt),
      retire: async (slug, successor, actor) => record('prompts.retire', { slug, successor }, actor, aPrompt),
      openapi: () => ({ openapi: '3.1.0' }),
    },
    cache: {
      info: async () => ({ entries: 1, bytes: 2 }),
      clear: async (actor) => record('cache.clear', undefined, actor, undefined),
    },
    keys: {
      list: (query) =>
        record('keys.list', query, undefined, {
          items: [{ ...aKey, secret: canary }],
          total: 1,
          counts: { ready: 1, cooling: 0, exhausted: 0, invalid: 0, disabled: 0, unchecked: 0 },
          nextCursor: null,
        }),
      get: () => aKey,
      create: async (input, actor) => record('keys.create', input, actor, { ...aKey, secret: input.secret }),
      preview: async (input) =>
        record('keys.preview', input, undefined, {
          format: 'lines',
          rows: [],
          providers: [],
          new: 0,
          duplicates: 0,
          invalid: 0,
          provider: null,
        }),
      import: async (input, actor) =>
        record('keys.import', input, actor, { added: 1, duplicates: 0, invalid: [], ids: ['k1'], left: 0 }),
      update: async (id, patch, actor) => record('keys.update', { id, patch }, actor, aKey),
      remove: async (ids, actor) => record('keys.remove', ids, actor, { undoUntil: 10_000 }),
      restore: async (ids, actor) => record('keys.restore', ids, actor, { restored: ids.length }),
      enable: async (ids, enabled, actor) => record('keys.enable', { ids, enabled }, actor, { changed: ids.length }),
      async *checkMany(ids, actor) {
        yield record('keys.checkMany', ids, actor, { type: 'paused', upstreams: [] } as const)
      },
      check: async () => {
        throw new Error(`the provider refused ${canary}`)
      },
      resume: async () => aKey,
      limits: () => [{ ...aMeter, secret: canary }],
      timeline: async (id) => record('keys.timeline', { id }, undefined, []),
      figures: async (ids) => record('keys.figures', { ids }, undefined, []),
      usageLimits: async (id, model) =>
        record('keys.usageLimits', { id, model }, undefined, [
          { requestCount: 1, requestCountLimit: null, tokenCount: 2, tokenCountLimit: 3 },
        ]),
      reveal: async (_id, actor) => {
        if (actor === 'admin') throw new KeywheelError('REVEAL_DISABLED')
        return { secret: canary, hideAfter: 30_000 }
      },
      copy: async () => ({ clearAfter: 30_000 }),
    },
    clients: {
      list: () => [],
      get: (id) => ({ ...aClient, id }),
      create: async ({ pools = null, models = null, ...input }, actor) =>
        record('clients.create', input, actor, {
          ...aClient,
          ...input,
          pools,
          models,
          quotas: [],
          token: 'kw-token',
        }),
      update: async (id, patch, actor) => record('clients.update', { id, patch }, actor, { ...aClient, id }),
      rotate: async (id, actor) => record('clients.rotate', id, actor, { ...aClient, id, token: 'kw-token' }),
      revoke: async (id, actor) => record('clients.revoke', id, actor, { ...aClient, id, state: 'revoked', revokedAt: 2 }),
      usage: async (id, span) =>
        record('clients.usage', { id, span }, undefined, [{ day: '2026-01-31', calls: 2, credits: 0.5 }]),
      forgetUsage: async (id, span, actor) => record('clients.forgetUsage', { id, span }, actor, undefined),
      renew: async (id, expiresAt, actor) =>
        record('clients.renew', { id, expiresAt }, actor, { ...aClient, id, name: 'run', expiresAt }),
      remove: async (id, actor) => record('clients.remove', id, actor, undefined),
    },
    approvals: {
      list: () => [anApproval],
      approve: async (id, decision, actor) =>
        record('approvals.approve', { id, decision }, actor, { ...anApproval, id, state: 'approved' }),
      deny: async (id, actor) => record('approvals.deny', id, actor, { ...anApproval, id, state: 'denied' }),
    },
    remotes: {
      list: () => [aRemote],
      create: async (input, actor) =>
        record('remotes.create', input, actor, { ...aRemote, ...input, name: input.name ?? 'team' }),
      update: async (id, patch, actor) => record('remotes.update', { id, patch }, actor, { ...aRemote, id }),
      remove: async (id, actor) => record('remotes.remove', id, actor, undefined),
      pools: async () => [],
      link: async (id, input, actor) => record('remotes.link', { id, input }, actor, aRemote),
      unlink: async (id, pool, actor) => record('remotes.unlink', { id, pool }, actor, aRemote),
      sync: async () => aRemote,
    },
    users: {
      list: () => [aUser],
      create: async (input, actor) => record('users.create', input, actor, { ...aUser, ...input }),
      update: async (id, patch, actor) => record('users.update', { id, patch }, actor, { ...aUser, id }),
      remove: async (id, actor) => record('users.remove', id, actor, undefined),
    },
    workspaces: {
      list: async () => [aWorkspace],
      create: async ({ slug, name = slug }, actor) =>
        record('workspaces.create', { slug, name }, actor, { slug, name, open: false, createdAt: 1 }),
      open: async (slug, actor) => record('workspaces.open', slug, actor, { ...aWorkspace, slug }),
      remove: async (slug, confirm, actor) => record('workspaces.remove', { slug, confirm }, actor, undefined),
    },
    proxy: {
      status: () => proxyOff,
      start: async (input, actor) => record('proxy.start', input, actor, proxyOff),
      stop: async (actor) => record('proxy.stop', undefined, actor, proxyOff),
      test: async () => ({ ok: true, status: 200, ms: 1, key: 'first', attempts: 1, requestId: 'r1', body: '' }),
    },
    usage: {
      summary: async (query) =>
        record('usage.summary', query, undefined, { from: 0, to: 1, attempts: 0, since: null, ...totals }),
      series: async (query) =>
        record('usage.series', query, undefined, { bucket: query.bucket, every: 1, zone: 'UTC', from: 0, to: 1, points: [] }),
      models: async () => [],
      keys: async () => [],
      shares: async (query) => record('usage.shares', query, undefined, { from: 0, to: 1, rows: [], others: null }),
      requests: async (query) => record('usage.requests', query, undefined, { items: [], nextCursor: null, lookedTo: null }),
      countRequests: async (query) => record('usage.countRequests', query, undefined, 0),
      request: async (id) => ({ ...aRequest, id }),
    },
    vault: {
      status: () => vault,
      create: async (input, actor) => record('vault.create', input, actor, vault),
      unlock: async (input, actor) => record('vault.unlock', input, actor, vault),
      addSlot: async (input, actor) => record('vault.addSlot', input, actor, vault),
      removeSlot: async (id, actor) => record('vault.removeSlot', id, actor, vault),
    },
    settings: {
      get: () => settings,
      update: async (patch, actor) => record('settings.update', patch, actor, settings),
    },
    transfer: {
      // A field that the document must not have: strict schemas refuse the whole answer.
      export: async () =>
        Object.assign(
          { vaultKey: canary },
          {
            format: 'keywheel-export' as const,
            version: 4 as const,
            createdAt: '2026-01-01T00:00:00.000Z',
            appVersion: '0.1.0',
            pools: [],
            keys: [],
            routes: [],
            prompts: [],
            clients: [],
            remotes: [],
            settings: {},
          },
        ),
      import: async (input, actor) =>
        record('transfer.import', input, actor, {
          applied: false,
          pools: [],
          routes: [],
          prompts: [],
          clients: [],
          remotes: [],
          settings: [],
          settingsBefore: {},
          settingsAfter: {},
          keys: { counts: {}, rows: [], left: 0 },
        }),
    },
    tasks: {
      stop: (name) => record('tasks.stop', { name }, undefined, { stopped: true }),
    },
    history: {
      list: async (query) => record('history.list', query, undefined, []),
      restore: async (id, actor) => record('history.restore', { id }, actor, undefined),
    },
    playground: {
      async *run(input) {
        yield record('playground.run', input, undefined, { type: 'text', text: 'hello' } as const)
      },
    },
    notices: {
      list: () => record('notices.list', undefined, undefined, []),
      read: async (ids) => record('notices.read', { ids }, undefined, { read: 0 }),
    },
    backups: {
      list: async () => record('backups.list', undefined, undefined, []),
      create: async (actor) => record('backups.create', undefined, actor, aBackup),
      restore: async (name, actor) => record('backups.restore', { name }, actor, aBackup),
      remove: async (name, actor) => record('backups.remove', { name }, actor, { undoUntil: 2 }),
      undelete: async (name, actor) => record('backups.undelete', { name }, actor, aBackup),
    },
    system: {
      diagnostics: async () => record('system.diagnostics', undefined, undefined, {}),
      info: async () => ({
        version: '0.1.0',
        shell: 'headless',
        platform: 'linux',
        node: '22',
        dataDir: '/tmp/kw',
        workspace: 'default',
        revealAllowed: false,
        databaseBytes: 0,
        usageBytes: 0,
        droppedRows: 0,
      }),
      erase: async (actor) => record('system.erase', undefined, actor, undefined),
    },
  }
}

export const aRequest: RequestRow = {
  id: 'r1',
  at: 1,
  clientId: null,
  clientName: null,
  pool: 'main',
  keyId: 'k1',
  keyLabel: 'first',
  lane: 'interactive',
  estimatedTokens: null,
  credits: null,
  chosenBy: 'round_robin',
  method: 'POST',
  path: '/chat/completions',
  modelAsked: null,
  modelServed: null,
  status: 200,
  outcome: 'ok',
  attempts: [],
  streamed: false,
  msQueued: 0,
  msFirstByte: 1,
  msTotal: 1,
  bytesIn: 0,
  bytesOut: 0,
  inputTokens: null,
  outputTokens: null,
  cacheReadTokens: null,
  cacheWriteTokens: null,
  reasoningTokens: null,
  costNanos: null,
  priceVersion: null,
  route: null,
  clientFormat: null,
  upstreamFormat: null,
  dropped: [],
  cache: null,
  errorCode: null,
}

/** A log that keeps what it is given. */
export function keptLog() {
  const lines: Array<{ level: string; fields: object; message: string }> = []
  const at = (level: string) => (fields: object, message: string) => void lines.push({ level, fields, message })
  return { lines, info: at('info'), warn: at('warn'), error: at('error') }
}
