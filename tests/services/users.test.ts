/** Users of the apipool-server as the person at the window has them. */
import { describe, expect, test } from 'vitest'
import type { LiveEvent } from '../../src-preload/contract/index.ts'
import { openHouse, openPool, secretOf } from './house.ts'

const ann = {
  username: 'ann',
  email: 'ann@example.com',
  password: 'correct horse',
  role: 'user',
  mayReveal: false,
  pools: null,
} as const

describe('users', () => {
  test('are made, listed in their order, changed and removed; windows are told, and the audit says who did it', async () => {
    const house = await openHouse()
    const events: LiveEvent[] = []
    house.subscribe((event) => void events.push(event))
    const made = await house.users.create({ ...ann }, 'local')
    expect(made).toEqual({
      id: expect.stringMatching(/^user_/),
      username: 'ann',
      email: 'ann@example.com',
      role: 'user',
      mayReveal: false,
      pools: null,
      active: true,
      createdAt: expect.any(Number),
      lastLoginAt: null,
    })
    await openPool(house, 'main')
    const bob = await house.users.create({ ...ann, username: 'bob', email: '', pools: ['main'] }, 'admin')
    expect(house.users.list()).toEqual([made, bob])
    const changed = await house.users.update(
      made.id,
      { email: '', role: 'admin', mayReveal: true, pools: ['main'], active: false },
      'local',
    )
    expect(changed).toEqual({ ...made, email: '', role: 'admin', mayReveal: true, pools: ['main'], active: false })
    expect(await house.users.update(made.id, { pools: null }, 'local')).toEqual({ ...changed, pools: null })
    await house.users.remove(made.id, 'local')
    expect(house.users.list()).toEqual([bob])
    expect(events.filter((event) => event.type === 'changed' && event.what === 'users')).toHaveLength(5)
    const rows = house.audit().filter(({ action }) => action.startsWith('user.'))
    expect(rows.map(({ actor, action }) => `${actor} ${action}`)).toEqual([
      'local user.create',
      'admin user.create',
      'local user.update',
      'local user.update',
      'local user.remove',
    ])
  })

  test('have a name and an e-mail of their own, and pools that are there', async () => {
    const house = await openHouse()
    const { id } = await house.users.create({ ...ann }, 'local')
    const refused = (path: string) => ({ code: 'USER_TAKEN', data: { fields: [{ path }] } })
    await expect(house.users.create({ ...ann, email: 'x' }, 'local')).rejects.toMatchObject(refused('username'))
    await expect(house.users.create({ ...ann, username: 'bob' }, 'local')).rejects.toMatchObject(refused('email'))
    const bob = await house.users.create({ ...ann, username: 'bob', email: '' }, 'local')
    await house.users.create({ ...ann, username: 'cyd', email: '' }, 'local')
    await expect(house.users.update(bob.id, { email: ann.email }, 'local')).rejects.toMatchObject(refused('email'))
    await expect(house.users.create({ ...ann, username: 'dan', email: '', pools: ['none'] }, 'local')).rejects.toMatchObject({
      code: 'POOL_NOT_FOUND',
    })
    await expect(house.users.update(id, { pools: ['none'] }, 'local')).rejects.toMatchObject({ code: 'POOL_NOT_FOUND' })
    for (const gone of [house.users.update('user_none', {}, 'local'), house.users.remove('user_none', 'local')]) {
      await expect(gone).rejects.toMatchObject({ code: 'USER_NOT_FOUND' })
    }
  })

  test('of one name that are made at once are one', async () => {
    const house = await openHouse()
    const made = await Promise.allSettled(Array.from({ length: 4 }, () => house.users.create({ ...ann }, 'local')))
    expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(house.users.list()).toHaveLength(1)
  })

  test('and what their tokens are signed with go when everything is erased; the secret is no key', async () => {
    const house = await openHouse()
    await house.settings.update({ apipoolServer: true }, 'local')
    await openPool(house, 'main')
    await house.keys.create({ secret: secretOf(1), pools: ['main'], tags: [], notes: '', weight: 1, priority: 0 }, 'local')
    await house.users.create({ ...ann }, 'local')
    const login = () =>
      fetch(`${house.proxy.status().url}/api/v1/auth/login`, {
        method: 'POST',
        body: JSON.stringify({ username: 'ann', password: 'correct horse' }),
      })
    const before = house.vault.status().records
    expect((await login()).status).toBe(200)
    expect(house.vault.status().records).toBe(before + 1)
    expect(house.keys.list({ limit: 50 }).items).toHaveLength(1)
    await house.system.erase('local')
    expect(house.users.list()).toEqual([])
    expect(house.vault.status().records).toBe(0)
    expect((await login()).status).toBe(401)
  })
})
