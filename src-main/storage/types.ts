/** The tables as the program sees them. Every call is asynchronous; the threads that own SQLite are behind it. */
import type {
  Approval,
  ApprovalDecision,
  AuthStyle,
  Budget,
  Client,
  HistoryEntry,
  HistoryQuery,
  Key,
  LimitsByModel,
  ModelRoute,
  Notice,
  Outbound,
  PoolConfigInput,
  PoolState,
  Prompt,
  PromptVersion,
  Quota,
  Strategy,
} from '../../src-preload/contract/index.ts'
import type { StoredReport } from '../usage/schema.ts'
import type { Followed, FollowQuery, UsageStore } from '../usage/types.ts'
import type { VaultStore, VaultWrites } from '../vault/types.ts'

export interface PoolRow {
  slug: string
  name: string
  /** Its name in an apipool-server or import, where that is no slug. */
  alias: string | null
  /** What the apipool protocol keeps beside a pool; null = nothing was given. */
  extras: PoolExtras | null
  state: PoolState
  successor: string | null
  provider: string
  baseUrl: string
  auth: AuthStyle
  strategy: Strategy
  /** Only what differs from the defaults. */
  config: PoolConfigInput
  createdAt: number
  updatedAt: number
  /** In the trash since then. */
  deletedAt: number | null
}

interface PoolExtras {
  description: string | null
  /** What was given as pool_config and is none of a pool's settings here, or is its default: under its names, as it was given. */
  config: Record<string, unknown>
}

export interface KeyRow {
  id: string
  /** Its name in the apipool protocol; null = its id. Unique among those that are not null. */
  identifier: string | null
  /** What that protocol keeps beside a key, e.g. `base_url`: where a pool goes that is made of it. Never a credential. */
  clientConfig: Record<string, unknown> | null
  label: string
  provider: string
  hint: string
  tags: string[]
  notes: string
  enabled: boolean
  /** Null for demo keys. Unique among keys that are not null. */
  fingerprint: string | null
  /** Copy of the audience inside the sealed record, for display and for finding mismatches; never what is trusted. */
  audience: string[]
  limits: LimitsByModel
  /** Zone in which the days and months of its limits and budget end. */
  limitZone: string
  budget: Budget | null
  outbound: Outbound | null
  /** The account whose quota it draws on: as a person said, and as answers said. The former counts. */
  account: string | null
  discovered: string | null
  expiresAt: number | null
  checkedAt: number | null
  createdAt: number
  deletedAt: number | null
}

export interface MembershipRow {
  pool: string
  keyId: string
  priority: number
  weight: number
}

export interface ClientRow {
  id: string
  name: string
  /** SHA-256 of the token, hex. */
  tokenHash: string
  tokenHint: string
  pools: string[] | null
  lane: Client['lane']
  models: string[] | null
  budget: Budget | null
  quotas: (Quota & { start: number; zone: string })[]
  expiresAt: number | null
  revokedAt: number | null
  createdAt: number
  lastSeenAt: number | null
}

/** A program that asked for a token. */
export interface ApprovalRow {
  id: string
  code: string
  name: string
  pools: string[] | null
  state: Approval['state']
  address: string
  process: Approval['process']
  /** SHA-256 of the address at which the program asks how it stands, hex. */
  pollHash: string
  /** What it was given, until the program has fetched its token. */
  decision: ApprovalDecision | null
  createdAt: number
  expiresAt: number
  decidedAt: number | null
  clientId: string | null
}

/** An apipool-server that is used here; its password is in the vault under its id. */
export interface RemoteRow {
  id: string
  name: string
  url: string
  username: string
  createdAt: number
}

/** A pool of it that is used here. */
export interface LinkRow {
  remoteId: string
  identifier: string
  pool: string
  mode: 'proxy' | 'sync'
  /** Seconds. */
  interval: number
  report: boolean
  createdAt: number
}

/** Which key here stands for a key of a synced pool's server. */
export interface LinkKeyRow {
  pool: string
  /** Its name there. */
  identifier: string
  keyId: string
  /** It came from the server; otherwise it was here before, and is not the server's to change or delete. */
  brought: boolean
  /** The server's list has been without it since then, wall ms; null = it is there. */
  missingSince: number | null
}

/** Somebody who may log in at our own apipool-server. */
export interface UserRow {
  id: string
  username: string
  email: string
  role: 'admin' | 'user'
  mayReveal: boolean
  pools: string[] | null
  active: boolean
  /** scrypt, with its parameters and salt. */
  password: string
  /** Access tokens of another epoch are worth nothing. */
  epoch: number
  createdAt: number
  lastLoginAt: number | null
}

/** A refresh token that was given out; what is not here is not believed. */
export interface RefreshRow {
  /** SHA-256 of the token's jti, hex. */
  id: string
  userId: string
  expiresAt: number
}

/** As the contract has them. */
export type RouteRow = ModelRoute

/** A prompt without what its versions say. */
export type PromptRow = Pick<
  Prompt,
  'slug' | 'name' | 'description' | 'state' | 'version' | 'published' | 'successor' | 'createdAt' | 'updatedAt'
>
export type PromptVersionRow = PromptVersion & { slug: string }

type Scope = 'key' | 'bucket'

/** An engine mark as stored (pool/types.ts StoredMark). */
export interface MarkRow {
  scope: Scope
  owner: string
  model: string
  outcome: string
  until: number | null
  reason: string | null
  strikes: number
  at: number
}

/** A counter or learned limit as stored (pool/types.ts StoredMeter). */
export interface MeterRow {
  scope: Scope
  owner: string
  model: string
  unit: string
  window: string
  source: string
  limit: number
  used: number
  at: number
  remaining: number | null
  resetsAt: number | null
  refills: boolean
}

/** What a pool or client has spent, in billionths of a US dollar: in the day and month that end then (wall ms), and ever. */
export interface SpentRow {
  scope: 'pool' | 'client'
  owner: string
  day: number
  dayEndsAt: number
  month: number
  monthEndsAt: number
  total: number
}

/** What a client has used of one of its quotas. */
export interface QuotaRow {
  client: string
  duration: string
  /** Credits, a whole number of millionths. */
  used: number
  /** Wall ms of the interval in which that was. */
  intervalStart: number
}

/** What a client has used on one day of the machine's zone. */
export interface ClientDayRow {
  client: string
  /** YYYY-MM-DD */
  day: string
  calls: number
  credits: number
}

/** What the engine remembers, and what was spent. */
export interface MemoryRows {
  marks: MarkRow[]
  meters: MeterRow[]
  spent: SpentRow[]
  quotas: QuotaRow[]
  /** Of each client the newest day. */
  clientDays: ClientDayRow[]
}

/** A call that a program made elsewhere with our keys, as it told our apipool-server. */
export type ReportRow = StoredReport

export interface ReportStore {
  add(rows: readonly ReportRow[]): Promise<{ accepted: number; duplicates: number }>
}

/** A change of a key's state. */
export interface KeyEventRow {
  keyId: string
  at: number
  state: Key['state']
  /** Null = all models. */
  model: string | null
  reason: string | null
  until: number | null
}

/** What has changed of it. */
export interface MemoryWrites extends MemoryRows {
  goneMarks: Pick<MarkRow, 'scope' | 'owner' | 'model'>[]
  goneMeters: Pick<MeterRow, 'scope' | 'owner' | 'model' | 'unit' | 'window'>[]
  goneSpent: Pick<SpentRow, 'scope' | 'owner'>[]
  goneQuotas: Pick<QuotaRow, 'client' | 'duration'>[]
  /** Days of a client, both ends inclusive. */
  goneClientDays: { client: string; from: string; to: string }[]
}

/** What a copy of keywheel.db holds. */
export interface CopyFacts {
  /** Without what was in the trash. */
  pools: number
  keys: number
  /** Null = there was no vault yet. */
  vaultId: string | null
  schema: number
}

/** A change of configuration (contract HistoryEntry). */
export type HistoryRow = HistoryEntry
/** What a person was told (contract Notice). `members` = the troubles that it still speaks of: ids of keys or accounts, else its subject. */
export type NoticeRow = Notice & { members: string[] }

/** Who did something, for the audit: `client` and `user` through the proxy. */
type Actor = 'local' | 'admin' | 'system' | 'client' | 'user'
export interface AuditRow {
  at: number
  actor: Actor
  action: string
  subject: string
}

export interface Loaded {
  pools: PoolRow[]
  keys: KeyRow[]
  memberships: MembershipRow[]
  clients: ClientRow[]
  approvals: ApprovalRow[]
  remotes: RemoteRow[]
  links: LinkRow[]
  linkKeys: LinkKeyRow[]
  users: UserRow[]
  refreshes: RefreshRow[]
  routes: RouteRow[]
  prompts: PromptRow[]
  promptVersions: PromptVersionRow[]
  /** The newest 200, the oldest first. */
  notices: NoticeRow[]
  settings: Record<string, unknown>
  memory: MemoryRows
}

/** One transaction over the configuration: all of it is written, or nothing. */
export interface ConfigWrites {
  putPools?: PoolRow[]
  removePools?: string[]
  putKeys?: KeyRow[]
  /** Removes the rows and their memberships. */
  removeKeys?: string[]
  /** The whole membership list of these keys, replacing what was there. */
  setMemberships?: { keyId: string; pools: { pool: string; priority: number; weight: number }[] }[]
  putClients?: ClientRow[]
  removeClients?: string[]
  putApprovals?: ApprovalRow[]
  removeApprovals?: string[]
  putRemotes?: RemoteRow[]
  /** With their links. */
  removeRemotes?: string[]
  putLinks?: LinkRow[]
  /** With what is known of their keys. */
  removeLinks?: Pick<LinkRow, 'remoteId' | 'pool'>[]
  putLinkKeys?: LinkKeyRow[]
  removeLinkKeys?: Pick<LinkKeyRow, 'pool' | 'identifier'>[]
  putUsers?: UserRow[]
  /** With their refresh tokens. */
  removeUsers?: string[]
  putRefreshes?: RefreshRow[]
  removeRefreshes?: string[]
  putRoutes?: RouteRow[]
  removeRoutes?: string[]
  putPrompts?: PromptRow[]
  putPromptVersions?: PromptVersionRow[]
  /** With their versions. */
  removePrompts?: string[]
  /** Of each subject the newest 200 stay. */
  putHistory?: HistoryRow[]
  putNotices?: NoticeRow[]
  removeNotices?: string[]
  putSettings?: Record<string, unknown>
  vault?: VaultWrites
  audit?: AuditRow[]
}

/** A kept answer. */
export interface AnswerRow {
  status: number
  /** Name, value, name, value… */
  headers: string[]
  body: Uint8Array
  /** What it used when it was made, as the proxy reads it. */
  usage: object | null
}

/** Answers kept for the same question. Nothing here ever holds up or fails a call: an answer that cannot be read is none. */
export interface CacheStore {
  /** Null = there is none, it is too old, or it did not come in time. */
  find(key: string): Promise<AnswerRow | null>
  /** The longest unused go when all together take more than `maxBytes` on disk. */
  keep(key: string, answer: AnswerRow, ttlMs: number, maxBytes: number): void
  /** Deletes what is too old or too much now, and not only when the next answer is kept. */
  sweep(maxBytes: number): Promise<void>
  info(): Promise<{ entries: number; bytes: number }>
  clear(): Promise<void>
}

export interface Storage {
  load(): Promise<Loaded>
  write(writes: ConfigWrites): Promise<void>
  /** What must not be forgotten, in usage.db: one transaction. */
  saveMemory(changes: MemoryWrites): Promise<void>
  readonly vault: VaultStore
  readonly usage: UsageStore
  readonly cache: CacheStore
  readonly reports: ReportStore
  /** Changes of a subject, the newest first; with an id only that one. */
  history(query: HistoryQuery | { id: string }): Promise<HistoryRow[]>
  /** Of each key the newest 20 stay. */
  addKeyEvents(rows: readonly KeyEventRow[]): Promise<void>
  forgetKeyEvents(keyIds: readonly string[]): Promise<void>
  /** A key's last changes of state, the newest first. */
  keyEvents(keyId: string): Promise<KeyEventRow[]>
  /** A sound copy of keywheel.db in that file, which must not exist. */
  copyConfig(to: string): Promise<void>
  /** What such a copy holds; BACKUP_UNUSABLE. `whole` = every page of it is looked at, which takes longer. */
  readCopy(file: string, whole: boolean): Promise<CopyFacts>
  /** A pool's requests in the order in which they were written down. */
  followRequests(query: FollowQuery): Promise<Followed>
  /** What a client has used by day, the oldest first; both ends inclusive. */
  clientDays(query: { client: string; from: string; to: string }): Promise<ClientDayRow[]>
  sizes(): Promise<{ databaseBytes: number; usageBytes: number; cacheBytes: number }>
  /** Empties every table except the settings and the vault's header and slots; the files shrink, backups go. */
  erase(): Promise<void>
  /** Flushes, checkpoints and stops the threads. */
  close(): Promise<void>
}
