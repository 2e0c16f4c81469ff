import { describe, expect, test } from 'vitest'
import {
  type ExportDocument,
  type PoolConfigInput,
  settingsPatchSchema,
  settingsSchema,
} from '../../src-preload/contract/index.ts'
import { openHouse, openPool, secretOf } from './house.ts'

const keyIn = (pool: string, n = 1) => ({ secret: secretOf(n), pools: [pool], tags: [], notes: '', weight: 1, priority: 0 })

describe('pools', () => {
  test('a pool made in the place of a deleted one has none of its keys; the keys live on', async () => {
    const house = await openHouse()
    await openPool(house, 'a')
    const { id } = await house.keys.create(keyIn('a'), 'local')
    await house.pools.remove('a', 'local')
    expect(() => house.pools.get('a')).toThrow(expect.objectContaining({ code: 'POOL_NOT_FOUND' }))
    await openPool(house, 'a')
    expect(house.pools.get('a').keys.total).toBe(0)
    expect(house.keys.get(id).pools).toEqual([])
    expect(await house.pools.restore('a', 'local')).toMatchObject({ keys: { total: 0 } })
  })

  test('undo brings a pool back with its keys, over a restart as well', async () => {
    const house = await openHouse()
    await openPool(house, 'a')
    await house.keys.create(keyIn('a'), 'local')
    const { undoUntil } = await house.pools.remove('a', 'local')
    expect(undoUntil).toBeGreaterThan(Date.now())
    await house.close()
    const again = await openHouse({ dataDir: house.dataDir })
    expect(again.pools.list()).toEqual([])
    expect(await again.pools.restore('a', 'local')).toMatchObject({ slug: 'a', keys: { total: 1 } })
    await expect(again.pools.restore('never', 'local')).rejects.toMatchObject({ code: 'POOL_NOT_FOUND' })
  })

  test('the demo pool serves after it was deleted, Keywheel restarted, and the deletion undone', async () => {
    const house = await openHouse()
    await house.pools.demo('local')
    await house.pools.remove('demo', 'local')
    await house.close()
    const again = await openHouse({ dataDir: house.dataDir })
    await again.pools.restore('demo', 'local')
    expect(await again.proxy.test({ pool: 'demo' })).toMatchObject({ ok: true, status: 200 })
  })

  test('a pool of one’s own named demo takes the place of the deleted demo pool and its keys', async () => {
    const house = await openHouse()
    await house.pools.demo('local')
    await house.pools.remove('demo', 'local')
    await openPool(house, 'demo')
    expect(house.keys.list({ limit: 50 }).total).toBe(0)
    await expect(house.pools.demo('local')).rejects.toMatchObject({ code: 'SLUG_TAKEN' })
    await house.pools.remove('demo', 'local')
    expect(await house.pools.demo('local')).toMatchObject({ provider: 'demo', keys: { total: 3 } })
  })

  test('what was never chosen follows the default; null goes back to it', async () => {
    const house = await openHouse({ lock: 'nothing' })
    await openPool(house, 'a')
    expect(await house.pools.update('a', { config: { concurrency: 3, timeout: 9 } }, 'local')).toMatchObject({
      config: { concurrency: 3, timeout: 9 },
    })
    expect(await house.pools.update('a', { config: { concurrency: 0 } }, 'local')).toMatchObject({
      config: { concurrency: 0, timeout: 9 },
    })
    const document = await house.transfer.export({ what: 'pools', secrets: 'none' }, 'local')
    expect(document).toMatchObject({ pools: [{ config: { timeout: 9 } }] })
  })
})

describe('what a new pool begins with', () => {
  const begin = (newPools: object) => ({ newPools: settingsSchema.shape.newPools.unwrap().parse(newPools) })

  test('is chosen in the settings: pools that exist stay as they are, and what is said of a pool itself counts more', async () => {
    const house = await openHouse()
    await openPool(house, 'old')
    const before = house.pools.get('old')
    await house.settings.update(begin({ strategy: 'lru', config: { timeout: 120, concurrency: 5 } }), 'local')
    expect(house.pools.get('old')).toEqual(before)
    const plain = { draft: false, provider: 'openai' }
    const fresh = await house.pools.create({ ...plain, slug: 'fresh' }, 'local')
    expect(fresh).toMatchObject({ strategy: 'lru', config: { timeout: 120, concurrency: 5, queueTimeout: 30 } })
    const own = { ...plain, slug: 'own', strategy: 'sticky' as const, config: { timeout: 600, maxAttempts: 2 } }
    expect(await house.pools.create(own, 'local')).toMatchObject({
      strategy: 'sticky',
      config: { timeout: 600, concurrency: 5, maxAttempts: 2 },
    })
    await house.settings.update(begin({}), 'local')
    expect(house.pools.get('fresh')).toMatchObject({ strategy: 'lru', config: { timeout: 120 } })
    expect(await house.pools.create({ ...plain, slug: 'later' }, 'local')).toMatchObject({
      strategy: 'round_robin',
      config: { timeout: 600, concurrency: 0 },
    })
  })

  test('is what a pool goes back to when all of it is reset; the demo pool is as Keywheel is made', async () => {
    const house = await openHouse()
    await openPool(house, 'a')
    await house.pools.update('a', { config: { concurrency: 3 } }, 'local')
    await house.settings.update(begin({ strategy: 'lru', config: { timeout: 120 } }), 'local')
    expect(await house.pools.update('a', { config: null }, 'local')).toMatchObject({ config: { concurrency: 0, timeout: 120 } })
    expect(await house.pools.demo('local')).toMatchObject({ strategy: 'round_robin', config: { timeout: 600 } })
  })

  test('is kept over a restart and travels with an export; a document that says nothing of a pool leaves it to them', async () => {
    const house = await openHouse()
    await openPool(house, 'a')
    await house.settings.update(begin({ strategy: 'lru', config: { timeout: 120 } }), 'local')
    const exported = await house.transfer.export({ what: 'all', secrets: 'none' }, 'local')
    expect(exported).toMatchObject({ settings: { newPools: { strategy: 'lru', config: { timeout: 120 } } } })
    await house.close()
    const again = await openHouse({ dataDir: house.dataDir, lock: 'nothing' })
    expect(again.settings.get().newPools).toEqual({ strategy: 'lru', config: { timeout: 120 } })
    const { strategy: _strategy, config: _config, ...bare } = (exported as ExportDocument).pools[0]!
    const pools = [
      { ...bare, slug: 'said', strategy: 'random', config: {} },
      { ...bare, slug: 'unsaid' },
      { ...bare, name: 'Renamed' },
    ]
    const imported = { ...(exported as ExportDocument), pools, settings: {} }
    await again.transfer.import({ document: imported, mode: 'apply' }, 'local')
    expect(again.pools.get('said')).toMatchObject({ strategy: 'random', config: { timeout: 600 } })
    expect(again.pools.get('unsaid')).toMatchObject({ strategy: 'lru', config: { timeout: 120 } })
    expect(again.pools.get('a')).toMatchObject({ name: 'Renamed', strategy: 'round_robin', config: { timeout: 600 } })
  })

  test('is refused, naming the field, where no pool could begin so', async () => {
    const house = await openHouse({ lock: 'nothing' })
    const issues = (newPools: object) => {
      const read = settingsPatchSchema.safeParse({ newPools })
      return read.error?.issues.map(({ path }) => path.join('.'))
    }
    expect(issues({ config: { timeout: 0 } })).toEqual(['newPools.config.timeout'])
    const rules = (text: string) => JSON.parse(text) as PoolConfigInput['fallback']
    expect(issues({ config: { fallback: rules('[{"model":"*","then":["other/m"]}]') } })).toEqual([
      'newPools.config.fallback.0.then.0',
    ])
    const circle = rules('[{"model":"a","then":["b"]},{"model":"b","then":["a"]}]')
    await expect(house.settings.update(begin({ config: { fallback: circle } }), 'local')).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      data: { fields: [{ path: 'newPools.config.fallback' }] },
    })
    expect(house.settings.get().newPools).toEqual({ strategy: 'round_robin', config: {} })
  })
})

describe('erasing everything', () => {
  test('leaves nothing but the settings, how the vault is locked, and the fact itself', async () => {
    const house = await openHouse()
    await openPool(house, 'a')
    await house.keys.create(keyIn('a'), 'local')
    await house.clients.create({ name: 'x', lane: 'interactive', budget: null, quotas: [], expiresAt: null }, 'local')
    await house.system.erase('admin')
    expect([house.pools.list(), house.clients.list(), house.keys.list({ limit: 50 }).total]).toEqual([[], [], 0])
    expect(house.audit()).toEqual([{ actor: 'admin', action: 'erase', subject: 'everything' }])
    await openPool(house, 'a')
    expect(await house.keys.create(keyIn('a'), 'local')).toMatchObject({ label: 'a 1' })
  })

  test('needs no passphrase', async () => {
    const house = await openHouse({ lock: 'passphrase' })
    await openPool(house, 'a')
    await house.keys.create(keyIn('a'), 'local')
    await house.close()
    const locked = await openHouse({ dataDir: house.dataDir, lock: 'nothing' })
    expect(locked.vault.status()).toMatchObject({ state: 'locked', reason: 'PASSPHRASE_NEEDED' })
    await locked.system.erase('local')
    await locked.close()
    const again = await openHouse({ dataDir: house.dataDir, lock: 'passphrase' })
    expect(again.vault.status()).toMatchObject({ state: 'unlocked', records: 0 })
    expect(again.pools.list()).toEqual([])
  })
})

test('every change is in the audit under who made it, and no secret is', async () => {
  const house = await openHouse()
  await openPool(house, 'a')
  const { id } = await house.keys.create(keyIn('a'), 'admin')
  await house.keys.import({ text: secretOf(2), pool: 'a', tags: [] }, 'admin')
  await house.keys.update(id, { label: 'x' }, 'admin')
  await house.keys.enable([id], false, 'admin')
  await house.keys.resume(id, 'admin')
  await house.keys.reveal(id, 'local')
  await house.keys.remove([id], 'admin')
  await house.keys.restore([id], 'admin')
  const client = await house.clients.create(
    { name: 'x', lane: 'interactive', budget: null, quotas: [], expiresAt: null },
    'admin',
  )
  await house.clients.remove(client.id, 'admin')
  await house.settings.update({ theme: 'dark' }, 'admin')
  await house.settings.update({}, 'admin')
  await house.pools.update('a', { name: 'A' }, 'admin')
  await house.pools.trust('a', 'admin')
  await house.pools.demo('admin')
  const document = await house.transfer.export({ what: 'all', secrets: 'none' }, 'admin')
  await house.transfer.import({ document, mode: 'preview' }, 'admin')
  await house.transfer.import({ document, mode: 'apply' }, 'admin')
  await house.proxy.stop('admin')
  await house.vault.addSlot({ kind: 'key-file' }, 'admin')
  await house.pools.remove('a', 'admin')
  const rows = house.audit()
  expect(rows.map(({ action }) => action)).toEqual([
    'proxy.start',
    'pool.create',
    'key.create',
    'key.import',
    'key.update',
    'key.disable',
    'key.resume',
    'key.reveal',
    'key.remove',
    'key.restore',
    'client.create',
    'client.remove',
    'settings.update',
    'pool.update',
    'pool.demo',
    'export',
    'import',
    'proxy.stop',
    'vault.add-slot',
    'pool.remove',
  ])
  expect(rows.filter(({ actor }) => actor !== 'admin').map(({ action }) => action)).toEqual([
    'proxy.start',
    'pool.create',
    'key.reveal',
  ])
  expect(JSON.stringify(rows)).not.toMatch(/sk-test|correct horse/)
  expect(JSON.stringify(rows)).not.toContain(client.token)
})
