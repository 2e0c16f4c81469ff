/** Changes of pools and settings: written down with what was before, and taken back. */
import { describe, expect, test } from 'vitest'
import { openHouse, openPool } from './house.ts'

describe('the history of a pool', () => {
  test('has every change with what was before and after, by whom, the newest first, over a restart', async () => {
    const house = await openHouse()
    await openPool(house, 'a')
    await house.pools.update('a', { config: { concurrency: 3 } }, 'local')
    await house.pools.update('a', { name: 'A', strategy: 'lru', config: { timeout: 9 } }, 'admin')
    await house.close()
    const again = await openHouse({ dataDir: house.dataDir })
    const [second, first, ...more] = await again.history.list({ subject: 'pool', slug: 'a' })
    expect(more).toEqual([])
    expect(first).toMatchObject({ actor: 'local', slug: 'a', before: { config: {} }, after: { config: { concurrency: 3 } } })
    expect(second).toMatchObject({
      actor: 'admin',
      before: { name: 'a', strategy: 'round_robin', config: { concurrency: 3 } },
      after: { name: 'A', strategy: 'lru', config: { concurrency: 3, timeout: 9 } },
    })
  })

  test('says nothing where nothing changed: saved as it was, published, deleted and brought back, a key more', async () => {
    const house = await openHouse()
    await openPool(house, 'a')
    await house.pools.update('a', { name: 'a', config: {} }, 'local')
    await house.pools.retire('a', null, 'local')
    await house.pools.publish('a', 'local')
    await house.pools.remove('a', 'local')
    await house.pools.restore('a', 'local')
    expect(await house.history.list({ subject: 'pool', slug: 'a' })).toEqual([])
  })

  test('leads back: what was set since is reset too, and the way back can itself be taken back', async () => {
    const house = await openHouse()
    await openPool(house, 'a')
    await house.pools.update('a', { config: { concurrency: 3 } }, 'local')
    const before = house.pools.get('a')
    await house.pools.update('a', { name: 'Other', strategy: 'lru', config: { concurrency: 0, models: ['m'] } }, 'local')
    const [change] = await house.history.list({ subject: 'pool', slug: 'a' })
    await house.history.restore(change!.id, 'local')
    expect(house.pools.get('a')).toEqual({ ...before, updatedAt: expect.any(Number) })
    const [back] = await house.history.list({ subject: 'pool', slug: 'a' })
    expect(back).toMatchObject({ before: change!.after, after: change!.before })
    await house.history.restore(back!.id, 'local')
    expect(house.pools.get('a')).toMatchObject({ name: 'Other', strategy: 'lru', config: { concurrency: 0, models: ['m'] } })
  })

  test('what is not valid any more is refused like the same update by hand, and nothing changes', async () => {
    const house = await openHouse()
    await openPool(house, 'a')
    await openPool(house, 'b')
    await house.pools.update('a', { config: { fallback: [{ model: '*', then: ['b/m'] }] } }, 'local')
    await house.pools.update('a', { config: { fallback: [] } }, 'local')
    const [change] = await house.history.list({ subject: 'pool', slug: 'a' })
    await house.pools.remove('b', 'local')
    await expect(house.history.restore(change!.id, 'local')).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    expect(house.pools.get('a').config.fallback).toEqual([])
  })

  test('ends with the pool: one that is gone is named as such, and one of its name has nothing of its past', async () => {
    const house = await openHouse()
    await openPool(house, 'a')
    await house.pools.update('a', { name: 'Old' }, 'local')
    const [change] = await house.history.list({ subject: 'pool', slug: 'a' })
    await house.pools.remove('a', 'local')
    await expect(house.history.list({ subject: 'pool', slug: 'a' })).rejects.toMatchObject({ code: 'POOL_NOT_FOUND' })
    await expect(house.history.restore(change!.id, 'local')).rejects.toMatchObject({ code: 'POOL_NOT_FOUND' })
    await openPool(house, 'a')
    expect(await house.history.list({ subject: 'pool', slug: 'a' })).toEqual([])
    await expect(house.history.restore(change!.id, 'local')).rejects.toMatchObject({ code: 'CHANGE_NOT_FOUND' })
    await expect(house.history.list({ subject: 'pool' })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  })

  test('an import that replaces a pool is a change of it', async () => {
    const house = await openHouse()
    await openPool(house, 'a')
    const document = await house.transfer.export({ what: 'pools', secrets: 'none' }, 'local')
    await house.pools.update('a', { name: 'Mine' }, 'local')
    await house.transfer.import({ document, mode: 'apply' }, 'local')
    const [change] = await house.history.list({ subject: 'pool', slug: 'a' })
    expect(change).toMatchObject({ before: { name: 'Mine' }, after: { name: 'a' } })
  })

  test('of the demo pool leads back without touching its address', async () => {
    const house = await openHouse()
    await house.pools.demo('local')
    await house.pools.update('demo', { strategy: 'lru' }, 'local')
    const [change] = await house.history.list({ subject: 'pool', slug: 'demo' })
    await house.history.restore(change!.id, 'local')
    expect(house.pools.get('demo').strategy).toBe('round_robin')
  })
})

describe('the history of the settings', () => {
  test('has what changed and only that; how the page looks and what Keywheel remembers is not in it', async () => {
    const house = await openHouse()
    await house.settings.update({ theme: 'dark', language: 'zh' }, 'local')
    await house.proxy.stop('local')
    expect(await house.history.list({ subject: 'settings' })).toEqual([])
    await house.settings.update({ retentionDays: 7, cacheMb: 100, theme: 'light' }, 'local')
    const [change] = await house.history.list({ subject: 'settings' })
    expect(change).toMatchObject({ slug: null, actor: 'local', before: { retentionDays: 30 }, after: { retentionDays: 7 } })
    expect(Object.keys(change!.after)).toEqual(['retentionDays'])
    await house.history.restore(change!.id, 'admin')
    expect(house.settings.get()).toMatchObject({ retentionDays: 30, theme: 'light' })
    expect((await house.history.list({ subject: 'settings' }))[0]).toMatchObject({ actor: 'admin' })
    expect(house.audit().filter(({ action }) => action === 'settings.update')).toHaveLength(3)
  })

  test('goes when everything is erased', async () => {
    const house = await openHouse()
    await house.settings.update({ retentionDays: 7 }, 'local')
    await house.system.erase('local')
    expect(await house.history.list({ subject: 'settings' })).toEqual([])
  })
})
