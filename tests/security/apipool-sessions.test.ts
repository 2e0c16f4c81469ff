/** T3, T9: stolen tokens, names that look alike, and rights that change while somebody is logged in. */
import { expect, test } from 'vitest'
import { openRig, type Rig, secretOf } from '../remote/server/rig.ts'

const refresh = (rig: Rig, refresh_token: string) => rig.call('POST', '/api/v1/auth/refresh', { body: { refresh_token } })

test('a refresh token of before the new password is worth nothing, not even to end the sessions of after it', async () => {
  const rig = await openRig()
  const id = await rig.addUser('ann')
  const stolen = await rig.login('ann')
  await rig.users.update(id, { password: 'another horse' }, 'local')
  const own = await rig.login('ann', 'another horse')
  for (let i = 0; i < 3; i++) expect((await refresh(rig, stolen.refresh_token)).status).toBe(401)
  expect((await refresh(rig, own.refresh_token)).status).toBe(200)
})

test('rights end with the next request: role, raw keys, pools, and a pool of the same name that is another', async () => {
  const rig = await openRig()
  await rig.addPool('main', [1])
  const id = await rig.addUser('ann', { role: 'admin', mayReveal: true, pools: ['main'] })
  const { access_token: token } = await rig.login('ann')
  const statuses = async () => {
    const ask = async (method: string, path: string, body?: object) =>
      (await rig.call(method, `/api/v1${path}`, { token, ...(body ? { body } : {}) })).status
    return [
      await ask('PUT', '/pools/main', { name: 'x' }),
      await ask('GET', '/keys/raw?pool_identifier=main'),
      await ask('POST', '/proxy/main/invoke', { attr_path: ['get'], args: ['/x'] }),
    ]
  }
  expect(await statuses()).toEqual([200, 200, 200])
  await rig.users.update(id, { role: 'user' }, 'local')
  expect(await statuses()).toEqual([403, 200, 200])
  await rig.users.update(id, { mayReveal: false }, 'local')
  expect(await statuses()).toEqual([403, 403, 200])
  await rig.users.update(id, { role: 'admin', mayReveal: true }, 'local')
  await rig.pools.remove('main', 'local')
  await rig.addPool('main', [2])
  expect(await statuses()).toEqual([404, 404, 404])
})

test('nobody can register as somebody else in other letters', async () => {
  const rig = await openRig()
  await rig.settings.update({ apipoolRegistration: true }, 'local')
  await rig.addUser('admin', { email: 'a@example.com' })
  const register = (username: string, email: string) =>
    rig.call('POST', '/api/v1/auth/register', { body: { username, email, password: 'correct horse' } })
  expect((await register('Admin', 'b@example.com')).json).toEqual({ detail: 'Username already exists' })
  expect((await register('other', 'A@Example.com')).json).toEqual({ detail: 'Email already exists' })
  const taken = await Promise.all(['bob', 'Bob', 'BOB'].map((name) => register(name, `${name}1@example.com`)))
  expect(taken.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409, 409])
})

test('other writings of an address lead nowhere, with a token and without', async () => {
  const rig = await openRig()
  await rig.addPool('main', [1])
  await rig.addUser('ann', { role: 'admin', mayReveal: true })
  const { access_token } = await rig.login('ann')
  for (const path of [
    '/API/v1/keys/raw?pool_identifier=main',
    '/api/V1/keys/raw?pool_identifier=main',
    '/api%2fv1/keys/raw?pool_identifier=main',
    '/api/v1%2fkeys/raw?pool_identifier=main',
    '/%61pi/v1/keys/raw?pool_identifier=main',
    '//api/v1/keys/raw?pool_identifier=main',
    '/api//v1/keys/raw?pool_identifier=main',
    '/api/v1//keys/raw?pool_identifier=main',
    '/api/v1/keys/raw/?pool_identifier=main',
    '/api/v1/keys/raw;x?pool_identifier=main',
    '/api/v1/auth/..%2fkeys/raw?pool_identifier=main',
    '/api/v1/keys%2fraw?pool_identifier=main',
    '/v1/api/v1/keys/raw?pool_identifier=main',
    '/main/api/v1/keys/raw?pool_identifier=main',
    '/connect/api/v1/keys/raw?pool_identifier=main',
  ]) {
    for (const token of [undefined, access_token]) {
      const { status, text } = await rig.call('GET', path, token === undefined ? {} : { token })
      expect([path, [400, 401, 404].includes(status)]).toEqual([path, true])
      expect(text).not.toContain(secretOf(1))
    }
  }
  // Nor does a query say who one is.
  expect((await rig.call('GET', `/api/v1/keys?token=${access_token}&access_token=${access_token}`)).status).toBe(401)
})

test('an admin of some pools changes no key that works in others', async () => {
  const rig = await openRig()
  const [shared = ''] = await rig.addPool('ours', [1])
  await rig.addPool('theirs')
  await rig.keys.update(shared, { pools: ['ours', 'theirs'] }, 'local')
  await rig.addUser('ann', { role: 'admin', pools: ['ours'] })
  const { access_token: token } = await rig.login('ann')
  const ask = async (method: string, path: string, body?: object) =>
    (await rig.call(method, `/api/v1${path}`, { token, ...(body ? { body } : {}) })).status
  expect(await ask('PATCH', `/keys/${shared}/rotate`, { new_raw_key: secretOf(9) })).toBe(403)
  expect(await ask('PUT', `/keys/${shared}`, { is_active: false })).toBe(403)
  expect(await ask('DELETE', `/keys/${shared}`)).toBe(403)
  expect(await ask('DELETE', `/pools/ours/members/${shared}`)).toBe(200)
  expect(await ask('GET', `/keys/${shared}`)).toBe(404)
  const [own = ''] = await rig.addPool('other', [2])
  await rig.keys.update(own, { pools: ['ours'] }, 'local')
  expect(await ask('PATCH', `/keys/${own}/rotate`, { new_raw_key: secretOf(9) })).toBe(200)
  expect(await ask('DELETE', `/keys/${own}`)).toBe(200)
})
