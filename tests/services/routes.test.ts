/** Routes: made, changed, refused, and what becomes of them when a pool goes. */
import { describe, expect, test } from 'vitest'
import type { ModelRouteInput } from '../../src-preload/contract/index.ts'
import { openHouse, openPool } from './house.ts'

function routeTo(model: string, ...pools: string[]): ModelRouteInput {
  const targets = pools.map((pool) => ({ pool, model: null, weight: 1 }))
  // oxlint-disable-next-line unicorn/no-thenable -- a list, not a function
  return { model, targets, then: [], timeout: null, attemptBudget: null, cacheTtl: null, notes: '' }
}

describe('routes', () => {
  test('are there after a restart, in the order of their names; each change is in the audit', async () => {
    const house = await openHouse()
    await openPool(house, 'main')
    const fast = await house.routes.create(routeTo('fast', 'main'), 'local')
    await house.routes.create(routeTo('*', 'main'), 'admin')
    const gone = await house.routes.create(routeTo('gone', 'main'), 'local')
    await house.routes.update(fast.id, { ...routeTo('faster', 'main'), notes: 'for the editor' }, 'local')
    await house.routes.remove(gone.id, 'local')
    const before = house.routes.list()
    expect(before.map(({ model, notes }) => [model, notes])).toEqual([
      ['*', ''],
      ['faster', 'for the editor'],
    ])
    expect(before[1]).toMatchObject({ id: fast.id, createdAt: fast.createdAt })
    await house.close()
    expect((await openHouse({ dataDir: house.dataDir })).routes.list()).toEqual(before)
    expect(house.audit().filter(({ action }) => action.startsWith('route'))).toMatchObject([
      { actor: 'local', action: 'route.create', subject: 'fast' },
      { actor: 'admin', action: 'route.create', subject: '*' },
      { actor: 'local', action: 'route.create', subject: 'gone' },
      { actor: 'local', action: 'route.update', subject: 'faster' },
      { actor: 'local', action: 'route.remove', subject: 'gone' },
    ])
  })

  test('one model has one route', async () => {
    const house = await openHouse()
    await openPool(house, 'main')
    const fast = await house.routes.create(routeTo('fast', 'main'), 'local')
    const other = await house.routes.create(routeTo('other', 'main'), 'local')
    const taken = { code: 'ROUTE_TAKEN', data: { fields: [{ path: 'model' }] } }
    await expect(house.routes.create(routeTo('fast', 'main'), 'local')).rejects.toMatchObject(taken)
    await expect(house.routes.update(other.id, routeTo('fast', 'main'), 'local')).rejects.toMatchObject(taken)
    expect(await house.routes.update(fast.id, routeTo('fast', 'main'), 'local')).toMatchObject({ model: 'fast' })
  })

  test('a pool that is not there is named with its field, and so is a name that would never be looked at', async () => {
    const house = await openHouse()
    await openPool(house, 'main')
    // oxlint-disable-next-line unicorn/no-thenable -- a list, not a function
    const lost = { ...routeTo('fast', 'main', 'nowhere'), then: [{ pool: 'gone', model: null }] }
    await expect(house.routes.create(lost, 'local')).rejects.toMatchObject({
      code: 'POOL_NOT_FOUND',
      data: { fields: [{ path: 'targets.1.pool' }, { path: 'then.0.pool' }] },
    })
    await expect(house.routes.create(routeTo('main/gpt', 'main'), 'local')).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      data: { fields: [{ path: 'model' }] },
    })
    expect(await house.routes.create(routeTo('other/gpt', 'main'), 'local')).toMatchObject({ model: 'other/gpt' })
    expect(house.routes.list()).toHaveLength(1)
  })

  test('a route keeps a pool that was deleted, says so, may be changed all the same, and has it back with the pool', async () => {
    const house = await openHouse()
    await openPool(house, 'main')
    await openPool(house, 'spare')
    const { id } = await house.routes.create(routeTo('fast', 'main', 'spare', 'spare'), 'local')
    await house.pools.remove('spare', 'local')
    expect(house.routes.list()).toMatchObject([{ missingPools: ['spare'] }])
    const changed = await house.routes.update(id, { ...routeTo('fast', 'spare', 'main'), notes: 'x' }, 'local')
    expect(changed).toMatchObject({ missingPools: ['spare'], notes: 'x' })
    await house.pools.restore('spare', 'local')
    expect(house.routes.list()).toMatchObject([{ missingPools: [] }])
  })

  test('one that is not there cannot be changed or removed', async () => {
    const house = await openHouse()
    await openPool(house, 'main')
    await expect(house.routes.update('route_x', routeTo('m', 'main'), 'local')).rejects.toMatchObject({ code: 'ROUTE_NOT_FOUND' })
    await expect(house.routes.remove('route_x', 'local')).rejects.toMatchObject({ code: 'ROUTE_NOT_FOUND' })
  })

  test('windows are told when routes change', async () => {
    const house = await openHouse()
    await openPool(house, 'main')
    const told: string[] = []
    house.subscribe((event) => void (event.type === 'changed' && told.push(event.what)))
    const { id } = await house.routes.create(routeTo('fast', 'main'), 'local')
    expect(told).toContain('routes')
    told.length = 0
    await house.routes.remove(id, 'local')
    expect(told).toContain('routes')
  })
})
