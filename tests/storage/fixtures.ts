/** Rows, folders and storages for the tests of storage and usage. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { type Connection, connect } from '../../src-main/storage/connection.ts'
import { migrate } from '../../src-main/storage/migrate.ts'
import { openStorage, type StorageOptions } from '../../src-main/storage/open.ts'
import type { ClientRow, KeyRow, Loaded, MemoryWrites, PoolRow, Storage } from '../../src-main/storage/types.ts'
import { usageMigrations } from '../../src-main/usage/schema.ts'
import type { RequestRow } from '../../src-preload/contract/index.ts'

/** A folder that does not exist yet, in one that is removed after the test. */
export function newFolder(): string {
  const parent = mkdtempSync(join(tmpdir(), 'keywheel-storage-'))
  onTestFinished(() => {
    chmodSync(parent, 0o700)
    rmSync(parent, { recursive: true, force: true })
  })
  return join(parent, 'data')
}

export interface LogLine {
  level: 'info' | 'warn'
  fields: Record<string, unknown>
  message: string
}

export function memoryLog() {
  const lines: LogLine[] = []
  const at = (level: LogLine['level']) => (fields: Record<string, unknown>, message: string) =>
    void lines.push({ level, fields, message })
  return { lines, info: at('info'), warn: at('warn') }
}

/** A storage that is closed after the test, unless the test did it. */
export async function newStorage(options: Partial<StorageOptions> = {}): Promise<Storage & { closeNow(): Promise<void> }> {
  const storage = await openStorage({ folder: newFolder(), log: memoryLog(), now: Date.now, ...options })
  let closed = false
  const closeNow = async () => {
    if (closed) return
    closed = true
    await storage.close()
  }
  onTestFinished(closeNow)
  return { ...storage, closeNow }
}

/** usage.db without threads: what the writer runs, in this thread. */
export function newUsage(): Connection {
  const connection = connect(':memory:')
  migrate(connection, ':memory:', usageMigrations)
  onTestFinished(() => connection.close())
  return connection
}

export function pool(fields: Partial<PoolRow> = {}): PoolRow {
  return {
    slug: 'main',
    name: 'Main',
    alias: null,
    state: 'published',
    successor: null,
    extras: null,
    provider: 'openai',
    baseUrl: 'https://api.openai.com',
    auth: { in: 'header', name: 'authorization', format: 'Bearer {key}' },
    strategy: 'round_robin',
    config: { keyConcurrency: 3 },
    createdAt: 1,
    updatedAt: 2,
    deletedAt: null,
    ...fields,
  }
}

export function key(id: string, fields: Partial<KeyRow> = {}): KeyRow {
  return {
    id,
    identifier: null,
    clientConfig: null,
    label: `Key ${id}`,
    provider: 'openai',
    hint: 'sk-…ab12',
    tags: ['team', 'näme'],
    notes: 'two\nlines',
    enabled: true,
    fingerprint: `fingerprint of ${id}`,
    audience: ['https://api.openai.com'],
    limits: {},
    limitZone: 'UTC',
    budget: null,
    outbound: null,
    account: null,
    discovered: null,
    expiresAt: null,
    checkedAt: null,
    createdAt: 3,
    deletedAt: null,
    ...fields,
  }
}

export function client(fields: Partial<ClientRow> = {}): ClientRow {
  return {
    id: 'editor',
    name: 'Editor',
    tokenHash: 'x',
    tokenHint: 'wxyz',
    pools: null,
    lane: 'interactive',
    models: null,
    budget: null,
    quotas: [],
    expiresAt: null,
    revokedAt: null,
    createdAt: 1,
    lastSeenAt: null,
    ...fields,
  }
}

export function request(fields: Partial<RequestRow> = {}): RequestRow {
  return {
    id: 'request-1',
    at: Date.UTC(2026, 4, 20, 12, 34, 56, 789),
    clientId: 'client-1',
    clientName: 'Editor',
    pool: 'main',
    keyId: 'key-1',
    keyLabel: 'Key 1',
    lane: 'interactive',
    estimatedTokens: 40,
    credits: null,
    chosenBy: 'round_robin',
    method: 'POST',
    path: '/v1/chat/completions',
    modelAsked: 'gpt-5',
    modelServed: 'gpt-5-2026',
    status: 200,
    outcome: 'ok',
    attempts: [{ keyId: 'key-1', keyLabel: 'Key 1', outcome: 'ok', status: 200, ms: 120, message: null }],
    streamed: false,
    msQueued: 0.25,
    msFirstByte: 80,
    msTotal: 120,
    bytesIn: 100,
    bytesOut: 1000,
    inputTokens: 10,
    outputTokens: 20,
    cacheReadTokens: null,
    cacheWriteTokens: null,
    reasoningTokens: null,
    costNanos: 1500,
    priceVersion: 'genai-prices 0.1.8',
    route: null,
    clientFormat: null,
    upstreamFormat: null,
    dropped: [],
    cache: null,
    errorCode: null,
    ...fields,
  }
}

/** Nothing has changed of what must not be forgotten. */
export const nothingNew: MemoryWrites = {
  marks: [],
  goneMarks: [],
  meters: [],
  goneMeters: [],
  spent: [],
  goneSpent: [],
  quotas: [],
  goneQuotas: [],
  clientDays: [],
  goneClientDays: [],
}

/** Clients that use nothing, for what keeps the memory. */
export const noUse = { takeMemory: () => ({ quotas: [], goneQuotas: [], clientDays: [], goneClientDays: [] }) }

/** What a new installation has. */
export const nothingStored: Loaded = {
  pools: [],
  keys: [],
  memberships: [],
  clients: [],
  approvals: [],
  remotes: [],
  links: [],
  linkKeys: [],
  users: [],
  refreshes: [],
  routes: [],
  prompts: [],
  promptVersions: [],
  notices: [],
  settings: {},
  memory: { marks: [], meters: [], spent: [], quotas: [], clientDays: [] },
}

export const nothingCounted = { coarse: [], latency: [], fine: [] }
