/** Logging in at the apipool-server, on the wire. */
import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { openRig, password } from './rig.ts'

const bearer = (headers: Headers) => headers.get('www-authenticate')
const claimsOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())

describe('login', () => {
  test('answers two tokens with the claims that programs know, and nothing else', async () => {
    const rig = await openRig()
    const id = await rig.addUser('ann', { role: 'admin' })
    const { status, headers, json } = await rig.call('POST', '/api/v1/auth/login', {
      body: { username: 'ann', password, extra: 1 },
    })
    expect(status).toBe(200)
    expect(headers.get('content-type')).toMatch(/^application\/json/)
    expect(headers.get('cache-control')).toBe('no-store')
    expect(json).toEqual({
      access_token: expect.any(String),
      refresh_token: expect.any(String),
      token_type: 'bearer',
      expires_in: 3600,
    })
    const [access, refresh] = [claimsOf(json.access_token), claimsOf(json.refresh_token)]
    const same = { sub: id, username: 'ann', role: 'admin', jti: expect.stringMatching(/^[\w-]{43}$/) }
    expect(access).toMatchObject({ ...same, type: 'access' })
    expect(refresh).toMatchObject({ ...same, type: 'refresh', jti: access.jti })
    expect(refresh.exp - access.exp).toBe(30 * 86_400 - 3600)
    expect(rig.users.list()[0]?.lastLoginAt).toEqual(expect.any(Number))
    expect(rig.log() + JSON.stringify(rig.users.list())).not.toMatch(new RegExp(`${password}|scrypt|${json.refresh_token}`))
  })

  test('says the same of a wrong password and of nobody, without a challenge', async () => {
    const rig = await openRig()
    await rig.addUser('ann')
    const wrong = await rig.call('POST', '/api/v1/auth/login', { body: { username: 'ann', password: 'wrong' } })
    const nobody = await rig.call('POST', '/api/v1/auth/login', { body: { username: "ann' OR 1=1 --", password } })
    for (const { status, headers, text } of [wrong, nobody]) {
      expect([status, text, bearer(headers)]).toEqual([401, '{"detail":"Incorrect username or password"}', null])
    }
  })

  test('is refused after five wrong passwords, also with the right one, and says for how long', async () => {
    const rig = await openRig()
    await rig.addUser('ann')
    const tries = Array.from({ length: 8 }, () =>
      rig.call('POST', '/api/v1/auth/login', { body: { username: 'ann', password: 'wrong' } }),
    )
    const statuses = (await Promise.all(tries)).map(({ status }) => status)
    expect(statuses.filter((status) => status === 401)).toHaveLength(5)
    expect(statuses.filter((status) => status === 429)).toHaveLength(3)
    const right = await rig.call('POST', '/api/v1/auth/login', { body: { username: 'ann', password } })
    expect(right.status).toBe(429)
    expect(Number(right.headers.get('retry-after'))).toBeGreaterThan(50)
    expect(right.json.detail).toMatch(/^Too many tries; wait \d+ s\.$/)
  })

  test('of a disabled user is 403, but only for who knows the password', async () => {
    const rig = await openRig()
    const id = await rig.addUser('ann')
    await rig.users.update(id, { active: false }, 'local')
    const right = await rig.call('POST', '/api/v1/auth/login', { body: { username: 'ann', password } })
    expect([right.status, right.json]).toEqual([403, { detail: 'User account is disabled' }])
    const wrong = await rig.call('POST', '/api/v1/auth/login', { body: { username: 'ann', password: 'wrong' } })
    expect(wrong.status).toBe(401)
  })

  test('with a body that does not fit is 422 in the words of FastAPI, without the password', async () => {
    const rig = await openRig()
    const { status, json, text } = await rig.call('POST', '/api/v1/auth/login', { body: { password: 'hunter2hunter2' } })
    expect(status).toBe(422)
    expect(json).toEqual({
      detail: [{ type: 'missing', loc: ['body', 'username'], msg: 'Field required', input: { password: '**********' } }],
    })
    expect(text).not.toContain('hunter2')
    const none = await rig.call('POST', '/api/v1/auth/login')
    expect([none.status, none.json.detail[0]]).toEqual([
      422,
      { type: 'missing', loc: ['body'], msg: 'Field required', input: null },
    ])
    const half = await rig.call('POST', '/api/v1/auth/login', { body: '{"username":' })
    expect([half.status, half.json.detail[0]]).toMatchObject([422, { type: 'json_invalid', msg: 'JSON decode error', input: {} }])
    const number = await rig.call('POST', '/api/v1/auth/login', { body: { username: 7, password: 8 } })
    expect(number.json.detail).toEqual([
      { type: 'string_type', loc: ['body', 'username'], msg: 'Input should be a valid string', input: 7 },
      { type: 'string_type', loc: ['body', 'password'], msg: 'Input should be a valid string', input: '**********' },
    ])
  })

  test('waits for the vault: 503 while it is locked', async () => {
    const rig = await openRig({ lock: 'nothing' })
    await rig.addUser('ann')
    const { status, json } = await rig.call('POST', '/api/v1/auth/login', { body: { username: 'ann', password } })
    expect([status, json]).toEqual([503, { detail: expect.stringContaining('vault') }])
  })
})

describe('refresh', () => {
  const refresh = (rig: Awaited<ReturnType<typeof openRig>>, token: string) =>
    rig.call('POST', '/api/v1/auth/refresh', { body: { refresh_token: token } })

  test('gives new tokens for old ones, once; who comes with a used one ends all sessions of the user', async () => {
    const rig = await openRig()
    await rig.addUser('ann')
    const first = await rig.login('ann')
    const second = await refresh(rig, first.refresh_token)
    expect(second.status).toBe(200)
    expect(Object.keys(second.json)).toEqual(['access_token', 'refresh_token', 'token_type', 'expires_in'])
    const again = await refresh(rig, first.refresh_token)
    expect([again.status, again.json, bearer(again.headers)]).toEqual([401, { detail: 'Refresh token has been revoked' }, null])
    expect((await refresh(rig, second.json.refresh_token)).json).toEqual({ detail: 'Refresh token has been revoked' })
  })

  test('one token asked for ten times at once gives one pair', async () => {
    const rig = await openRig()
    await rig.addUser('ann')
    const { refresh_token } = await rig.login('ann')
    const answers = await Promise.all(Array.from({ length: 10 }, () => refresh(rig, refresh_token)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  })

  test('is over with the next login; access tokens live on', async () => {
    const rig = await openRig()
    await rig.addUser('ann')
    const first = await rig.login('ann')
    await rig.login('ann')
    expect((await refresh(rig, first.refresh_token)).status).toBe(401)
    expect((await rig.call('GET', '/api/v1/auth/me', { token: first.access_token })).status).toBe(200)
  })

  test('takes no access token, no text, and none of a user that is gone', async () => {
    const rig = await openRig()
    const id = await rig.addUser('ann')
    const { access_token, refresh_token } = await rig.login('ann')
    for (const token of [access_token, 'x', '', `${refresh_token}x`]) {
      expect((await refresh(rig, token)).json).toEqual({ detail: 'Invalid refresh token' })
    }
    await rig.users.update(id, { active: false }, 'local')
    expect((await refresh(rig, refresh_token)).json).toEqual({ detail: 'User not found or disabled' })
    await rig.users.remove(id, 'local')
    expect((await refresh(rig, refresh_token)).json).toEqual({ detail: 'User not found or disabled' })
  })

  test('logout ends it, and says ok whatever it is given', async () => {
    const rig = await openRig()
    await rig.addUser('ann')
    const { refresh_token } = await rig.login('ann')
    for (const token of [refresh_token, refresh_token, 'none']) {
      const { status, text } = await rig.call('POST', '/api/v1/auth/logout', { body: { refresh_token: token } })
      expect([status, text]).toEqual([200, '{"message":"ok"}'])
    }
    expect((await refresh(rig, refresh_token)).status).toBe(401)
  })

  test('survives a restart, and so do access tokens', async () => {
    const rig = await openRig()
    await rig.addUser('ann')
    const pair = await rig.login('ann')
    await rig.close()
    const later = await openRig({ dataDir: rig.dataDir })
    expect((await later.call('GET', '/api/v1/auth/me', { token: pair.access_token })).status).toBe(200)
    expect((await refresh(later, pair.refresh_token)).status).toBe(200)
  })
})

describe('access tokens', () => {
  test('say who one is', async () => {
    const rig = await openRig()
    const id = await rig.addUser('ann', { email: 'ann@example.com' })
    const { access_token: token } = await rig.login('ann')
    const { status, json } = await rig.call('GET', '/api/v1/auth/me', { token })
    expect([status, json]).toEqual([
      200,
      {
        id,
        username: 'ann',
        email: 'ann@example.com',
        role: 'user',
        is_active: true,
        created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/),
      },
    ])
  })

  test('that are missing, foreign, unsigned, over or of the other type are 401 with a challenge', async () => {
    const rig = await openRig()
    const id = await rig.addUser('ann')
    const { access_token, refresh_token } = await rig.login('ann')
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const claims = claimsOf(access_token)
    const signed = (header: object, body: object, key: string) => {
      const text = `${part(header)}.${part(body)}`
      return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`
    }
    const bad = [
      refresh_token,
      `${part({ alg: 'none' })}.${part(claims)}.`,
      `${part({ alg: 'none' })}.${part(claims)}.${access_token.split('.')[2]}`,
      signed({ alg: 'HS256' }, claims, 'secret'),
      signed({ alg: 'HS256' }, claims, ''),
      signed({ alg: 'HS512' }, claims, 'secret'),
      `${access_token.split('.')[0]}.${part({ ...claims, role: 'admin' })}.${access_token.split('.')[2]}`,
      'a.b.c',
      'x'.repeat(5000),
    ]
    for (const token of bad) {
      const { status, json, headers } = await rig.call('GET', '/api/v1/auth/me', { token })
      expect([status, json, bearer(headers)]).toEqual([401, { detail: 'Invalid access token' }, 'Bearer'])
    }
    for (const authorization of ['', 'Basic YTpi', `bearer ${access_token}`, `Bearer${access_token}`, access_token]) {
      const { status, json, headers } = await rig.call(
        'GET',
        '/api/v1/auth/me',
        authorization === '' ? {} : { headers: { authorization } },
      )
      expect([status, json, bearer(headers)]).toEqual([401, { detail: 'Missing or invalid Authorization header' }, 'Bearer'])
    }
    await rig.users.remove(id, 'local')
    const gone = await rig.call('GET', '/api/v1/auth/me', { token: access_token })
    expect([gone.status, gone.json]).toEqual([401, { detail: 'User not found' }])
  })

  test('end with a new password, and with being switched off even when that is taken back', async () => {
    const rig = await openRig()
    const id = await rig.addUser('ann')
    const me = async (token: string) => (await rig.call('GET', '/api/v1/auth/me', { token })).json.detail
    const first = await rig.login('ann')
    await rig.users.update(id, { password: 'another one' }, 'local')
    expect(await me(first.access_token)).toBe('Invalid access token')
    const second = await rig.login('ann', 'another one')
    await rig.users.update(id, { active: false }, 'local')
    expect(await me(second.access_token)).toBe('User account is disabled')
    await rig.users.update(id, { active: true }, 'local')
    expect(await me(second.access_token)).toBe('Invalid access token')
    const third = await rig.login('ann', 'another one')
    await rig.users.update(id, { email: 'a@b.c', role: 'admin' }, 'local')
    expect(await me(third.access_token)).toBeUndefined()
  })
})

describe('register', () => {
  const ann = { username: 'ann', email: 'ann@example.com', password }

  test('is 403 until the setting opens it; then the user is there, without pools', async () => {
    const rig = await openRig()
    const shut = await rig.call('POST', '/api/v1/auth/register', { body: ann })
    expect([shut.status, shut.json.detail]).toEqual([403, expect.stringContaining('Settings')])
    await rig.settings.update({ apipoolRegistration: true }, 'local')
    await rig.addPool('main')
    const { status, json } = await rig.call('POST', '/api/v1/auth/register', { body: ann })
    expect([status, json]).toEqual([
      201,
      {
        id: expect.any(String),
        username: 'ann',
        email: 'ann@example.com',
        role: 'user',
        is_active: true,
        created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/),
      },
    ])
    expect(rig.users.list()).toMatchObject([{ username: 'ann', pools: [], mayReveal: false, role: 'user' }])
    const { access_token: token } = await rig.login('ann')
    expect((await rig.call('GET', '/api/v1/pools', { token })).json.total).toBe(0)
    expect((await rig.call('GET', '/api/v1/pools/main', { token })).status).toBe(404)
  })

  test('a taken name or e-mail is 409; what does not fit is 422 in the words of FastAPI', async () => {
    const rig = await openRig()
    await rig.settings.update({ apipoolRegistration: true }, 'local')
    const register = (body: object) => rig.call('POST', '/api/v1/auth/register', { body })
    await register(ann)
    expect((await register({ ...ann, email: 'x' })).json).toEqual({ detail: 'Username already exists' })
    const email = await register({ ...ann, username: 'bob' })
    expect([email.status, email.json]).toEqual([409, { detail: 'Email already exists' }])
    const { status, json } = await register({ username: 'a b', email: 'x'.repeat(256), password: 'short' })
    expect([status, json.detail]).toEqual([
      422,
      [
        {
          type: 'string_pattern_mismatch',
          loc: ['body', 'username'],
          msg: "String should match pattern '^[a-zA-Z0-9_-]+$'",
          input: 'a b',
          ctx: { pattern: '^[a-zA-Z0-9_-]+$' },
        },
        {
          type: 'string_too_long',
          loc: ['body', 'email'],
          msg: 'String should have at most 255 characters',
          input: 'x'.repeat(256),
          ctx: { max_length: 255 },
        },
        {
          type: 'string_too_short',
          loc: ['body', 'password'],
          msg: 'String should have at least 8 characters',
          input: '**********',
          ctx: { min_length: 8 },
        },
      ],
    ])
  })

  test('makes five users a minute at most', async () => {
    const rig = await openRig()
    await rig.settings.update({ apipoolRegistration: true }, 'local')
    const tries = Array.from({ length: 7 }, (_, n) =>
      rig.call('POST', '/api/v1/auth/register', { body: { ...ann, username: `user${n}`, email: `${n}@x` } }),
    )
    const statuses = (await Promise.all(tries)).map(({ status }) => status)
    expect(statuses.filter((status) => status === 201)).toHaveLength(5)
    expect(statuses.filter((status) => status === 429)).toHaveLength(2)
  })
})
