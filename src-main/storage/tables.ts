/** Every table of keywheel.db, and the engine's memory in usage.db. Column names are the fields' names. */
import type { SealedRecord, SlotRow, VaultHeader, VaultIntent } from '../vault/types.ts'
import type { Migration } from './migrate.ts'
import { table } from './table.ts'
import type {
  ApprovalRow,
  AuditRow,
  ClientDayRow,
  ClientRow,
  HistoryRow,
  KeyEventRow,
  KeyRow,
  LinkKeyRow,
  LinkRow,
  MarkRow,
  MembershipRow,
  MeterRow,
  NoticeRow,
  PoolRow,
  PromptRow,
  PromptVersionRow,
  QuotaRow,
  RefreshRow,
  RemoteRow,
  RouteRow,
  SpentRow,
  UserRow,
} from './types.ts'

export const pools = table<PoolRow>('pools', ['slug'], {
  slug: 'plain',
  name: 'plain',
  alias: 'plain',
  extras: 'json',
  state: 'plain',
  successor: 'plain',
  provider: 'plain',
  baseUrl: 'plain',
  auth: 'json',
  strategy: 'plain',
  config: 'json',
  createdAt: 'plain',
  updatedAt: 'plain',
  deletedAt: 'plain',
})

export const keys = table<KeyRow>('keys', ['id'], {
  id: 'plain',
  identifier: 'plain',
  clientConfig: 'json',
  label: 'plain',
  provider: 'plain',
  hint: 'plain',
  tags: 'json',
  notes: 'plain',
  enabled: 'flag',
  fingerprint: 'plain',
  audience: 'json',
  limits: 'json',
  limitZone: 'plain',
  budget: 'json',
  outbound: 'plain',
  account: 'plain',
  discovered: 'plain',
  expiresAt: 'plain',
  checkedAt: 'plain',
  createdAt: 'plain',
  deletedAt: 'plain',
})

export const memberships = table<MembershipRow>('memberships', ['pool', 'keyId'], {
  pool: 'plain',
  keyId: 'plain',
  priority: 'plain',
  weight: 'plain',
})

export const clients = table<ClientRow>('clients', ['id'], {
  id: 'plain',
  name: 'plain',
  tokenHash: 'plain',
  tokenHint: 'plain',
  pools: 'json',
  lane: 'plain',
  models: 'json',
  budget: 'json',
  quotas: 'json',
  expiresAt: 'plain',
  revokedAt: 'plain',
  createdAt: 'plain',
  lastSeenAt: 'plain',
})

export const approvals = table<ApprovalRow>('approvals', ['id'], {
  id: 'plain',
  code: 'plain',
  name: 'plain',
  pools: 'json',
  state: 'plain',
  address: 'plain',
  process: 'json',
  pollHash: 'plain',
  decision: 'json',
  createdAt: 'plain',
  expiresAt: 'plain',
  decidedAt: 'plain',
  clientId: 'plain',
})

export const remotes = table<RemoteRow>('remotes', ['id'], {
  id: 'plain',
  name: 'plain',
  url: 'plain',
  username: 'plain',
  createdAt: 'plain',
})

export const links = table<LinkRow>('links', ['remoteId', 'pool'], {
  remoteId: 'plain',
  identifier: 'plain',
  pool: 'plain',
  mode: 'plain',
  interval: 'plain',
  report: 'flag',
  createdAt: 'plain',
})

export const linkKeys = table<LinkKeyRow>('linkKeys', ['pool', 'identifier'], {
  pool: 'plain',
  identifier: 'plain',
  keyId: 'plain',
  brought: 'flag',
  missingSince: 'plain',
})

export const users = table<UserRow>('users', ['id'], {
  id: 'plain',
  username: 'plain',
  email: 'plain',
  role: 'plain',
  mayReveal: 'flag',
  pools: 'json',
  active: 'flag',
  password: 'plain',
  epoch: 'plain',
  createdAt: 'plain',
  lastLoginAt: 'plain',
})

export const refreshes = table<RefreshRow>('refreshes', ['id'], { id: 'plain', userId: 'plain', expiresAt: 'plain' })

export const routes = table<RouteRow>('routes', ['id'], {
  id: 'plain',
  model: 'plain',
  targets: 'json',
  then: 'json',
  timeout: 'plain',
  attemptBudget: 'plain',
  cacheTtl: 'plain',
  notes: 'plain',
  createdAt: 'plain',
  updatedAt: 'plain',
})

export const prompts = table<PromptRow>('prompts', ['slug'], {
  slug: 'plain',
  name: 'plain',
  description: 'plain',
  state: 'plain',
  version: 'plain',
  published: 'plain',
  successor: 'plain',
  createdAt: 'plain',
  updatedAt: 'plain',
})

export const promptVersions = table<PromptVersionRow>('promptVersions', ['slug', 'version'], {
  slug: 'plain',
  version: 'plain',
  model: 'plain',
  messages: 'json',
  variables: 'json',
  parameters: 'json',
  createdAt: 'plain',
})

export const history = table<HistoryRow>('history', ['id'], {
  id: 'plain',
  at: 'plain',
  actor: 'plain',
  subject: 'plain',
  slug: 'plain',
  before: 'json',
  after: 'json',
})

export const notices = table<NoticeRow>('notices', ['id'], {
  id: 'plain',
  at: 'plain',
  kind: 'plain',
  subject: 'plain',
  values: 'json',
  members: 'json',
  readAt: 'plain',
  endedAt: 'plain',
})

export const settings = table<{ name: string; value: unknown }>('settings', ['name'], { name: 'plain', value: 'json' })

export const audit = table<AuditRow>('audit', [], { at: 'plain', actor: 'plain', action: 'plain', subject: 'plain' })

export const headers = table<VaultHeader>('vaultHeader', ['vaultId'], {
  vaultId: 'plain',
  mode: 'plain',
  formatVersion: 'plain',
  createdAt: 'plain',
})

export const slots = table<SlotRow>('vaultSlots', ['id'], {
  id: 'plain',
  kind: 'plain',
  params: 'plain',
  wrapped: 'plain',
  createdAt: 'plain',
})

export const records = table<SealedRecord>('vaultRecords', ['keyId'], { keyId: 'plain', revision: 'plain', data: 'plain' })

export const intents = table<VaultIntent>('vaultIntents', ['id'], {
  id: 'plain',
  op: 'plain',
  account: 'plain',
  createdAt: 'plain',
})

export const marks = table<MarkRow>('marks', ['scope', 'owner', 'model'], {
  scope: 'plain',
  owner: 'plain',
  model: 'plain',
  outcome: 'plain',
  until: 'plain',
  reason: 'plain',
  strikes: 'plain',
  at: 'plain',
})

export const meters = table<MeterRow>('meters', ['scope', 'owner', 'model', 'unit', 'window'], {
  scope: 'plain',
  owner: 'plain',
  model: 'plain',
  unit: 'plain',
  window: 'plain',
  source: 'plain',
  limit: 'plain',
  used: 'plain',
  at: 'plain',
  remaining: 'plain',
  resetsAt: 'plain',
  refills: 'flag',
})

export const keyEvents = table<KeyEventRow>('keyEvents', [], {
  keyId: 'plain',
  at: 'plain',
  state: 'plain',
  model: 'plain',
  reason: 'plain',
  until: 'plain',
})

export const quotas = table<QuotaRow>('quotas', ['client', 'duration'], {
  client: 'plain',
  duration: 'plain',
  used: 'plain',
  intervalStart: 'plain',
})

export const clientDays = table<ClientDayRow>('clientDays', ['client', 'day'], {
  client: 'plain',
  day: 'plain',
  calls: 'plain',
  credits: 'plain',
})

export const spent = table<SpentRow>('spent', ['scope', 'owner'], {
  scope: 'plain',
  owner: 'plain',
  day: 'plain',
  dayEndsAt: 'plain',
  month: 'plain',
  monthEndsAt: 'plain',
  total: 'plain',
})

/** A shipped one is never edited. */
export const configMigrations: readonly Migration[] = [
  {
    version: 1,
    name: 'pools, keys, clients, settings, audit, vault',
    sql: `
      CREATE TABLE pools (
        slug TEXT PRIMARY KEY, name TEXT NOT NULL, provider TEXT NOT NULL, baseUrl TEXT NOT NULL, auth TEXT NOT NULL,
        strategy TEXT NOT NULL, config TEXT NOT NULL, createdAt INTEGER NOT NULL, updatedAt INTEGER NOT NULL, deletedAt INTEGER
      ) STRICT;
      CREATE TABLE keys (
        id TEXT PRIMARY KEY, label TEXT NOT NULL, provider TEXT NOT NULL, hint TEXT NOT NULL, tags TEXT NOT NULL,
        notes TEXT NOT NULL, enabled INTEGER NOT NULL, fingerprint TEXT UNIQUE, audience TEXT NOT NULL, expiresAt INTEGER,
        checkedAt INTEGER, createdAt INTEGER NOT NULL, deletedAt INTEGER
      ) STRICT;
      CREATE TABLE memberships (
        pool TEXT NOT NULL REFERENCES pools (slug) ON DELETE CASCADE,
        keyId TEXT NOT NULL REFERENCES keys (id) ON DELETE CASCADE,
        priority INTEGER NOT NULL, weight INTEGER NOT NULL,
        PRIMARY KEY (pool, keyId)
      ) STRICT;
      CREATE INDEX membershipsByKey ON memberships (keyId);
      CREATE TABLE clients (
        id TEXT PRIMARY KEY, name TEXT NOT NULL, tokenHash TEXT NOT NULL UNIQUE, tokenHint TEXT NOT NULL, pools TEXT,
        createdAt INTEGER NOT NULL, lastSeenAt INTEGER
      ) STRICT;
      CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
      CREATE TABLE audit (
        number INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL, subject TEXT NOT NULL
      ) STRICT;
      CREATE TABLE vaultHeader (vaultId TEXT PRIMARY KEY, mode TEXT NOT NULL, formatVersion INTEGER NOT NULL, createdAt INTEGER NOT NULL) STRICT;
      CREATE TABLE vaultSlots (
        id TEXT PRIMARY KEY, kind TEXT NOT NULL, params TEXT NOT NULL, wrapped BLOB NOT NULL, createdAt INTEGER NOT NULL
      ) STRICT;
      CREATE TABLE vaultRecords (keyId TEXT PRIMARY KEY, revision INTEGER NOT NULL, data BLOB NOT NULL) STRICT;
      CREATE TABLE vaultIntents (id TEXT PRIMARY KEY, op TEXT NOT NULL, account TEXT NOT NULL, createdAt INTEGER NOT NULL) STRICT;
    `,
  },
  {
    version: 2,
    name: 'limits, budgets and accounts of keys, lanes of clients',
    sql: `
      ALTER TABLE keys ADD COLUMN limits TEXT NOT NULL DEFAULT '{}';
      ALTER TABLE keys ADD COLUMN limitZone TEXT NOT NULL DEFAULT 'UTC';
      ALTER TABLE keys ADD COLUMN budget TEXT;
      ALTER TABLE keys ADD COLUMN account TEXT;
      ALTER TABLE keys ADD COLUMN discovered TEXT;
      ALTER TABLE clients ADD COLUMN lane TEXT NOT NULL DEFAULT 'interactive';
    `,
  },
  {
    version: 3,
    name: 'routes, prompts, models, budgets and expiry of clients, outbound proxies of keys',
    sql: `
      ALTER TABLE keys ADD COLUMN outbound TEXT;
      ALTER TABLE clients ADD COLUMN models TEXT;
      ALTER TABLE clients ADD COLUMN budget TEXT;
      ALTER TABLE clients ADD COLUMN expiresAt INTEGER;
      CREATE TABLE routes (
        id TEXT PRIMARY KEY, model TEXT NOT NULL UNIQUE, targets TEXT NOT NULL, "then" TEXT NOT NULL, timeout REAL,
        attemptBudget REAL, cacheTtl REAL, notes TEXT NOT NULL, createdAt INTEGER NOT NULL, updatedAt INTEGER NOT NULL
      ) STRICT;
      CREATE TABLE prompts (
        slug TEXT PRIMARY KEY, name TEXT NOT NULL, description TEXT NOT NULL, state TEXT NOT NULL, version INTEGER NOT NULL,
        published INTEGER, successor TEXT, createdAt INTEGER NOT NULL, updatedAt INTEGER NOT NULL
      ) STRICT;
      CREATE TABLE promptVersions (
        slug TEXT NOT NULL REFERENCES prompts (slug) ON DELETE CASCADE, version INTEGER NOT NULL, model TEXT NOT NULL,
        messages TEXT NOT NULL, variables TEXT NOT NULL, parameters TEXT NOT NULL, createdAt INTEGER NOT NULL,
        PRIMARY KEY (slug, version)
      ) STRICT;
    `,
  },
  {
    version: 4,
    name: 'states of pools, quotas of clients, approvals, remote servers, users',
    sql: `
      ALTER TABLE pools ADD COLUMN alias TEXT;
      ALTER TABLE pools ADD COLUMN extras TEXT;
      ALTER TABLE pools ADD COLUMN state TEXT NOT NULL DEFAULT 'published';
      ALTER TABLE pools ADD COLUMN successor TEXT;
      ALTER TABLE keys ADD COLUMN identifier TEXT;
      ALTER TABLE keys ADD COLUMN clientConfig TEXT;
      CREATE UNIQUE INDEX keysByIdentifier ON keys (identifier) WHERE identifier IS NOT NULL;
      ALTER TABLE clients ADD COLUMN quotas TEXT NOT NULL DEFAULT '[]';
      ALTER TABLE clients ADD COLUMN revokedAt INTEGER;
      CREATE TABLE approvals (
        id TEXT PRIMARY KEY, code TEXT NOT NULL, name TEXT NOT NULL, pools TEXT, state TEXT NOT NULL, address TEXT NOT NULL,
        process TEXT, pollHash TEXT NOT NULL UNIQUE, decision TEXT, createdAt INTEGER NOT NULL, expiresAt INTEGER NOT NULL,
        decidedAt INTEGER, clientId TEXT
      ) STRICT;
      CREATE TABLE remotes (
        id TEXT PRIMARY KEY, name TEXT NOT NULL, url TEXT NOT NULL, username TEXT NOT NULL, createdAt INTEGER NOT NULL
      ) STRICT;
      CREATE TABLE links (
        remoteId TEXT NOT NULL REFERENCES remotes (id) ON DELETE CASCADE, identifier TEXT NOT NULL, pool TEXT NOT NULL UNIQUE,
        mode TEXT NOT NULL, interval INTEGER NOT NULL, report INTEGER NOT NULL, createdAt INTEGER NOT NULL,
        PRIMARY KEY (remoteId, pool)
      ) STRICT;
      CREATE TABLE linkKeys (
        pool TEXT NOT NULL REFERENCES links (pool) ON DELETE CASCADE, identifier TEXT NOT NULL,
        keyId TEXT NOT NULL REFERENCES keys (id) ON DELETE CASCADE, brought INTEGER NOT NULL, missingSince INTEGER,
        PRIMARY KEY (pool, identifier)
      ) STRICT;
      CREATE INDEX linkKeysByKey ON linkKeys (keyId);
      CREATE TABLE users (
        id TEXT PRIMARY KEY, username TEXT NOT NULL UNIQUE, email TEXT NOT NULL, role TEXT NOT NULL, mayReveal INTEGER NOT NULL,
        pools TEXT, active INTEGER NOT NULL, password TEXT NOT NULL, epoch INTEGER NOT NULL,
        createdAt INTEGER NOT NULL, lastLoginAt INTEGER
      ) STRICT;
      CREATE TABLE refreshes (
        id TEXT PRIMARY KEY, userId TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE, expiresAt INTEGER NOT NULL
      ) STRICT;
      CREATE INDEX refreshesByUser ON refreshes (userId);
    `,
  },
  {
    version: 5,
    name: 'history of changes, notices',
    sql: `
      CREATE TABLE history (
        id TEXT PRIMARY KEY, at INTEGER NOT NULL, actor TEXT NOT NULL, subject TEXT NOT NULL, slug TEXT,
        before TEXT NOT NULL, after TEXT NOT NULL
      ) STRICT;
      CREATE INDEX historyBySubject ON history (subject, slug, at);
      CREATE TABLE notices (
        id TEXT PRIMARY KEY, at INTEGER NOT NULL, kind TEXT NOT NULL, subject TEXT, "values" TEXT NOT NULL, readAt INTEGER
      ) STRICT;
    `,
  },
  {
    version: 6,
    name: 'when a notice was over',
    sql: 'ALTER TABLE notices ADD COLUMN endedAt INTEGER;',
  },
  {
    version: 7,
    name: 'notices that speak of several keys',
    // Those that stand go on, each for its own key.
    sql: `
      ALTER TABLE notices ADD COLUMN members TEXT NOT NULL DEFAULT '[]';
      UPDATE notices SET members = json_array(subject) WHERE subject IS NOT NULL;
      UPDATE notices SET "values" = json_set("values", '$.key', subject)
        WHERE kind IN ('key-invalid', 'runway-short') OR "values" ->> 'of' = 'key';
    `,
  },
]
