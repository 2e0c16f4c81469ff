import { describe, expect, test } from 'vitest'
import { write } from '../../src-main/storage/config.ts'
import { connect, tuneConfig } from '../../src-main/storage/connection.ts'
import { storageError } from '../../src-main/storage/errors.ts'
import { migrate } from '../../src-main/storage/migrate.ts'
import { openStorage } from '../../src-main/storage/open.ts'
import { partsOf } from '../../src-main/storage/parts.ts'
import { configMigrations, keys } from '../../src-main/storage/tables.ts'
import type {
  ClientRow,
  ConfigWrites,
  KeyRow,
  MarkRow,
  MemoryWrites,
  MeterRow,
  PromptRow,
  PromptVersionRow,
  RouteRow,
} from '../../src-main/storage/types.ts'
import { key, memoryLog, newFolder, newStorage, nothingNew, nothingStored, pool } from './fixtures.ts'

const client: ClientRow = {
  id: 'client-1',
  name: 'Editor',
  tokenHash: 'a'.repeat(64),
  tokenHint: 'wxyz',
  pools: ['main'],
  lane: 'background',
  models: ['gpt-*', 'fast'],
  budget: { usd: 1, per: 'day' },
  quotas: [{ duration: 'MONTH', credits: 0.5, start: 7, zone: 'Europe/Paris' }],
  expiresAt: 99,
  revokedAt: 98,
  createdAt: 4,
  lastSeenAt: null,
}
const mark: MarkRow = {
  scope: 'bucket',
  owner: 'openai:org',
  model: '',
  outcome: 'rate-short',
  until: 99,
  reason: 'slow down',
  strikes: 2,
  at: 5,
}
const meter: MeterRow = {
  scope: 'key',
  owner: 'k1',
  model: 'gpt-5',
  unit: 'total',
  window: 'day:America/Los_Angeles',
  source: 'announced',
  limit: 1e15,
  used: 0.5,
  at: 7,
  remaining: null,
  resetsAt: 8,
  refills: true,
}
const memory = (changes: Partial<MemoryWrites>): MemoryWrites => ({ ...nothingNew, ...changes })
const allowances: Partial<KeyRow> = {
  limits: { '*': { rpm: 5 }, 'gpt-5*': { tpd: 0, tokenType: 'input' } },
  limitZone: 'Europe/Paris',
  budget: { usd: 0.5, per: 'month' },
  account: 'team',
  discovered: 'org-1',
  outbound: 'socks5://127.0.0.1:1080',
}
const route: RouteRow = {
  id: 'route-1',
  model: 'fast',
  targets: [{ pool: 'main', model: 'gpt-5-mini', weight: 3 }],
  // oxlint-disable-next-line unicorn/no-thenable -- a list, not a function
  then: [{ pool: 'other', model: null }],
  timeout: 1.5,
  attemptBudget: null,
  cacheTtl: 0,
  notes: 'two\nlines',
  createdAt: 5,
  updatedAt: 6,
}
const prompt: PromptRow = {
  slug: 'sum-up',
  name: 'Sum up',
  description: '',
  state: 'published',
  version: 2,
  published: 1,
  successor: null,
  createdAt: 7,
  updatedAt: 8,
}
const version: PromptVersionRow = {
  slug: 'sum-up',
  version: 1,
  model: 'fast',
  messages: [{ role: 'user', text: 'Sum up {{text}}' }],
  variables: [{ name: 'text', description: '', default: null }],
  parameters: { temperature: 0.5 },
  createdAt: 7,
}
const everything: ConfigWrites = {
  putPools: [pool(), pool({ slug: 'other', config: {}, deletedAt: 9 })],
  putKeys: [key('k1'), key('k2', { enabled: false, fingerprint: null, tags: [], expiresAt: 7, ...allowances })],
  setMemberships: [{ keyId: 'k1', pools: [{ pool: 'main', priority: -1, weight: 5 }] }],
  putClients: [client, { ...client, id: 'client-2', tokenHash: 'b'.repeat(64), pools: null, lastSeenAt: 8 }],
  putRoutes: [route, { ...route, id: 'route-2', model: '*', timeout: null, cacheTtl: null }],
  putPrompts: [prompt],
  putPromptVersions: [version, { ...version, version: 2, variables: [], parameters: {} }],
  putSettings: { theme: 'dark', proxyPort: 8787, proxyOrigins: [] },
  audit: [{ at: 1, actor: 'local', action: 'keys.create', subject: 'k1' }],
}

test('what was written is there after closing and opening again', async () => {
  const folder = newFolder()
  const first = await openStorage({ folder, log: memoryLog(), now: Date.now })
  await first.write(everything)
  const remembered = {
    ...nothingStored.memory,
    marks: [mark, { ...mark, model: 'gpt-5', until: null }],
    meters: [meter],
    quotas: [{ client: 'client-1', duration: 'MONTH', used: 9_000_000_000_000_001, intervalStart: 7 }],
    clientDays: [{ client: 'client-1', day: '2026-01-31', calls: 3, credits: 0.1 }],
  }
  await first.saveMemory(memory(remembered))
  const before = await first.load()
  await first.close()
  const second = await newStorage({ folder })
  expect(await second.load()).toEqual(before)
  expect(before).toEqual({
    ...nothingStored,
    pools: everything.putPools,
    keys: everything.putKeys,
    memberships: [{ pool: 'main', keyId: 'k1', priority: -1, weight: 5 }],
    clients: everything.putClients,
    routes: everything.putRoutes,
    prompts: everything.putPrompts,
    promptVersions: everything.putPromptVersions,
    settings: everything.putSettings,
    memory: remembered,
  })
})

test('what the engine remembers is replaced and taken away', async () => {
  const storage = await newStorage()
  const day: MeterRow = { ...meter, window: 'slide:60000', remaining: 3 }
  await storage.saveMemory(memory({ marks: [mark, { ...mark, scope: 'key', owner: 'k2' }], meters: [meter, day] }))
  await storage.saveMemory(
    memory({ marks: [{ ...mark, strikes: 3 }], goneMarks: [{ scope: 'key', owner: 'k2', model: '' }], goneMeters: [day] }),
  )
  await storage.saveMemory(memory({ meters: [{ ...meter, used: 9 }] }))
  expect((await storage.load()).memory).toEqual({
    ...nothingStored.memory,
    marks: [{ ...mark, strikes: 3 }],
    meters: [{ ...meter, used: 9 }],
  })
})

test('a change of what the engine remembers is stored whole or not at all', async () => {
  const storage = await newStorage()
  await storage.saveMemory(memory({ marks: [mark] }))
  const broken = { ...meter, used: Number.NaN }
  await expect(storage.saveMemory(memory({ goneMarks: [mark], meters: [broken] }))).rejects.toMatchObject({
    code: 'STORAGE_FAILED',
  })
  expect((await storage.load()).memory).toEqual({ ...nothingStored.memory, marks: [mark] })
})

describe('a write', () => {
  test('replaces rows without breaking what belongs to them', async () => {
    const storage = await newStorage()
    await storage.write(everything)
    await storage.write({ putPools: [pool({ name: 'New name' })], putKeys: [key('k1', { label: 'New label' })] })
    const { pools, keys: all, memberships } = await storage.load()
    expect(pools[0]?.name).toBe('New name')
    expect(all[0]?.label).toBe('New label')
    expect(memberships).toHaveLength(1)
  })

  test('that removes a key or a pool takes its memberships along', async () => {
    const storage = await newStorage()
    await storage.write(everything)
    await storage.write({
      setMemberships: [{ keyId: 'k2', pools: ['main', 'other'].map((each) => ({ pool: each, priority: 0, weight: 1 })) }],
    })
    await storage.write({ removeKeys: ['k1'] })
    expect((await storage.load()).memberships.map((each) => [each.pool, each.keyId])).toEqual([
      ['main', 'k2'],
      ['other', 'k2'],
    ])
    await storage.write({ removePools: ['main'], removeClients: ['client-1'] })
    const { memberships, clients } = await storage.load()
    expect(memberships.map((each) => each.pool)).toEqual(['other'])
    expect(clients.map((each) => each.id)).toEqual(['client-2'])
  })

  test('replaces and removes routes, and prompts with their versions', async () => {
    const storage = await newStorage()
    await storage.write(everything)
    await storage.write({ removeRoutes: ['route-2'], putRoutes: [{ ...route, notes: '' }], removePrompts: ['sum-up'] })
    expect(await storage.load()).toMatchObject({ routes: [{ ...route, notes: '' }], prompts: [], promptVersions: [] })
  })

  test('may put a prompt with other versions in the place of one it removes', async () => {
    const storage = await newStorage()
    await storage.write(everything)
    const other = { ...version, version: 5 }
    await storage.write({ removePrompts: ['sum-up'], putPrompts: [prompt], putPromptVersions: [other] })
    expect(await storage.load()).toMatchObject({ prompts: [prompt], promptVersions: [other] })
  })

  test('with a second route for a model, or a version of no prompt, is refused whole', async () => {
    const storage = await newStorage()
    await storage.write(everything)
    const before = await storage.load()
    const failed = { code: 'STORAGE_FAILED' }
    const second = storage.write({ removeRoutes: ['route-2'], putRoutes: [{ ...route, id: 'route-3' }] })
    await expect(second).rejects.toMatchObject(failed)
    const orphan = storage.write({ removePrompts: ['sum-up'], putPromptVersions: [version] })
    await expect(orphan).rejects.toMatchObject(failed)
    expect(await storage.load()).toEqual(before)
  })

  test('with a key that is there already is refused whole', async () => {
    const storage = await newStorage()
    await storage.write(everything)
    const before = await storage.load()
    const twice = key('k3', { fingerprint: key('k1').fingerprint })
    await expect(storage.write({ putSettings: { theme: 'light' }, putKeys: [key('k4'), twice] })).rejects.toMatchObject({
      code: 'KEY_DUPLICATE',
    })
    expect(await storage.load()).toEqual(before)
  })

  test('may put a key in the place of one it removes', async () => {
    const storage = await newStorage()
    await storage.write(everything)
    await storage.write({ removeKeys: ['k1'], putKeys: [key('k9', { fingerprint: key('k1').fingerprint })] })
    expect((await storage.load()).keys.map(({ id }) => id)).toEqual(['k2', 'k9'])
  })

  test('that joins a pool which does not exist is refused whole', async () => {
    const storage = await newStorage()
    const writes: ConfigWrites = {
      putKeys: [key('k1')],
      setMemberships: [{ keyId: 'k1', pools: [{ pool: 'nowhere', priority: 0, weight: 1 }] }],
    }
    await expect(storage.write(writes)).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
    expect((await storage.load()).keys).toEqual([])
  })

  test('that is refused tells nothing of the rows', async () => {
    const storage = await newStorage()
    const broken = key('k1', { label: null as unknown as string, notes: 'SECRET-CANARY', fingerprint: 'SECRET-CANARY' })
    const error = await storage.write({ putKeys: [broken] }).catch((reason: unknown) => reason)
    expect(JSON.stringify(error) + String(error)).not.toContain('SECRET-CANARY')
    expect(String(error)).toContain('keys.label')
  })
})

test('on a full disk nothing is written, and room makes it work again', () => {
  const connection = connect(':memory:')
  tuneConfig(connection)
  migrate(connection, ':memory:', configMigrations)
  connection.pragma(`max_page_count = ${(connection.pragma('page_count') as number) + 4}`)
  const many = Array.from({ length: 500 }, (_, index) => key(`k${index}`))
  const failure = attempt(() => write(connection, { putKeys: many }))
  expect(storageError(failure)).toMatchObject({ code: 'DISK_FULL', status: 507 })
  expect(keys.all(connection)).toEqual([])
  connection.pragma('max_page_count = 100000')
  write(connection, { putKeys: many })
  expect(keys.all(connection)).toHaveLength(500)
  connection.close()
})

function attempt(work: () => void): unknown {
  try {
    work()
  } catch (error) {
    return error
  }
  return undefined
}

test('10,000 keys with memberships and sealed records go in one call', async () => {
  const storage = await newStorage()
  const ids = Array.from({ length: 10_000 }, (_, index) => `k${index}`)
  await storage.write({
    putPools: [pool()],
    putKeys: ids.map((id) => key(id)),
    setMemberships: ids.map((keyId) => ({ keyId, pools: [{ pool: 'main', priority: 0, weight: 1 }] })),
    vault: { putRecords: ids.map((keyId, index) => ({ keyId, revision: 1, data: Buffer.from(`sealed ${index}`) })) },
  })
  const { keys: all, memberships } = await storage.load()
  expect([all.length, memberships.length]).toEqual([10_000, 10_000])
  const records = await storage.vault.records()
  expect(records).toHaveLength(10_000)
  expect(Buffer.from(records[9_999]?.data ?? []).toString()).toBe('sealed 9999')
})

test('while a large write is under way the main thread goes on', async () => {
  const storage = await newStorage()
  const ids = Array.from({ length: 10_000 }, (_, index) => `k${index}`)
  const rows = ids.map((id) => key(id))
  let turns = 0
  const ticking = setInterval(() => (turns += 1), 1)
  await storage.write({ putKeys: rows })
  clearInterval(ticking)
  expect(turns).toBeGreaterThan(5)
})

describe('the vault’s part', () => {
  const header = { vaultId: 'v1', mode: 'sealed', formatVersion: 1, createdAt: 1 } as const
  const slot = { id: 's1', kind: 'passphrase', params: '{"n":1}', wrapped: new Uint8Array([0, 255, 7]), createdAt: 2 } as const
  const intent = { id: 'i1', op: 'set', account: 'k1', createdAt: 3 } as const

  test('comes back as it was written', async () => {
    const storage = await newStorage()
    expect(await storage.vault.load()).toEqual({ header: null, slots: [], intents: [] })
    await storage.vault.apply({ header, putSlots: [slot], putIntents: [intent] })
    expect(await storage.vault.load()).toEqual({ header, slots: [slot], intents: [intent] })
    await storage.vault.apply({ header: { ...header, vaultId: 'v2' }, removeSlots: ['s1'], removeIntents: ['i1'] })
    expect(await storage.vault.load()).toEqual({ header: { ...header, vaultId: 'v2' }, slots: [], intents: [] })
  })

  test('is written together with the keys, or not at all', async () => {
    const storage = await newStorage()
    const record = { keyId: 'k1', revision: 1, data: new Uint8Array([1]) }
    const bad = storage.write({
      putKeys: [key('k1'), key('k2', { fingerprint: key('k1').fingerprint })],
      vault: { putRecords: [record] },
    })
    await expect(bad).rejects.toMatchObject({ code: 'KEY_DUPLICATE' })
    expect(await storage.vault.records()).toEqual([])
    await storage.write({ putKeys: [key('k1', { deletedAt: 5 })], vault: { putRecords: [record] } })
    expect(await storage.vault.records()).toEqual([record])
    await storage.vault.apply({ putRecords: [{ ...record, revision: 2 }] })
    expect((await storage.vault.records())[0]?.revision).toBe(2)
    await storage.vault.apply({ removeRecords: ['k1'] })
    expect(await storage.vault.records()).toEqual([])
  })
})

describe('a large write', () => {
  const ids = Array.from({ length: 1201 }, (_, index) => `k${index}`)
  const large = (fields: Partial<KeyRow> = {}): ConfigWrites => ({
    putPools: [pool()],
    putKeys: ids.map((id) => key(id, fields)),
    setMemberships: ids.map((keyId) => ({ keyId, pools: [{ pool: 'main', priority: 0, weight: 1 }] })),
    vault: { putRecords: ids.map((keyId) => ({ keyId, revision: 1, data: new Uint8Array([1, 2]) })) },
  })

  test('travels in small messages, and is one transaction all the same', async () => {
    const parts = partsOf(large())
    expect(parts.length).toBeGreaterThan(12)
    const lists = parts.flatMap((part) => [...Object.values(part), ...Object.values(part.vault ?? {})]).filter(Array.isArray)
    expect(Math.max(...lists.map(({ length }) => length))).toBe(250)
    const storage = await newStorage()
    await storage.write(large())
    const { keys: stored, memberships } = await storage.load()
    expect([stored.map(({ id }) => id), memberships.length]).toEqual([ids, 1201])
    expect((await storage.vault.records()).map(({ keyId }) => keyId)).toEqual(ids)
  })

  test('leaves nothing behind when its last row is refused, and the next write is not mixed up with it', async () => {
    const storage = await newStorage()
    const writes = large()
    writes.putKeys?.push(key('one-too-many', { fingerprint: key('k0').fingerprint }))
    await expect(storage.write(writes)).rejects.toMatchObject({ code: 'KEY_DUPLICATE' })
    await storage.write({ putSettings: { theme: 'dark' } })
    expect(await storage.load()).toMatchObject({ keys: [], pools: [], settings: { theme: 'dark' } })
  })

  test('that cannot be sent to its end is forgotten whole', async () => {
    const storage = await newStorage()
    const broken = { ...large(), putSettings: { theme: () => 'a function cannot be cloned' } }
    await expect(storage.write(broken)).rejects.toThrow('could not be cloned')
    await storage.write({ putPools: [pool({ slug: 'other' })] })
    expect((await storage.load()).keys).toEqual([])
    expect((await storage.load()).pools.map(({ slug }) => slug)).toEqual(['other'])
  })

  test('keeps its place among the others, and closing waits for it', async () => {
    const folder = newFolder()
    const storage = await openStorage({ folder, log: memoryLog(), now: Date.now })
    const first = storage.write(large())
    const second = storage.write({ removeKeys: ['k7'], vault: { removeRecords: ['k7'] } })
    await storage.close()
    await Promise.all([first, second])
    const again = await newStorage({ folder })
    expect((await again.load()).keys).toHaveLength(1200)
  })
})
