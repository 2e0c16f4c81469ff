/** The tables as the program sees them. Every call is asynchronous; the threads that own SQLite are behind it. */
import type { AuthStyle, PoolConfigInput, Strategy } from '../../src-preload/contract/index.ts'
import type { UsageStore } from '../usage/types.ts'
import type { VaultStore, VaultWrites } from '../vault/types.ts'

export interface PoolRow {
  slug: string
  name: string
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

export interface KeyRow {
  id: string
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
  createdAt: number
  lastSeenAt: number | null
}

/** An engine mark as stored (pool/types.ts KeyMark). */
export interface MarkRow {
  keyId: string
  model: string
  outcome: string
  until: number | null
  reason: string | null
  strikes: number
  at: number
}

/** Who did something, for the audit. */
type Actor = 'local' | 'admin' | 'system'
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
  settings: Record<string, unknown>
  marks: MarkRow[]
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
  putSettings?: Record<string, unknown>
  vault?: VaultWrites
  audit?: AuditRow[]
}

export interface Storage {
  load(): Promise<Loaded>
  write(writes: ConfigWrites): Promise<void>
  /** Engine marks, in usage.db. */
  saveMarks(marks: { set: MarkRow[]; gone: { keyId: string; model: string }[] }): Promise<void>
  readonly vault: VaultStore
  readonly usage: UsageStore
  sizes(): Promise<{ databaseBytes: number; usageBytes: number }>
  /** Empties every table except the settings and the vault's header and slots; the files shrink, backups go. */
  erase(): Promise<void>
  /** Flushes, checkpoints and stops the threads. */
  close(): Promise<void>
}
