/** Logins without a network: what is tried, how often, and for how long tokens hold; by a clock that tests move. */
import { describe, expect, test } from 'vitest'
import { createPasswords, type Derive } from '../../../src-main/remote/server/passwords.ts'
import { type Account, type Accounts, createSessions } from '../../../src-main/remote/server/sessions.ts'
import { createThrottle } from '../../../src-main/remote/server/throttle.ts'
import { createTokens } from '../../../src-main/remote/server/tokens.ts'
import { VirtualClock } from '../../support/clock.ts'

const home = '127.0.0.1'
const minute = 60_000

/** A hash that costs nothing, counted. */
function countedDerive() {
  const calls: { N: unknown; r: unknown; p: unknown }[] = []
  let running = 0
  let most = 0
  const derive: Derive = async (password, salt, length, { N, r, p }) => {
    calls.push({ N, r, p })
    running += 1
    most = Math.max(most, running)
    await new Promise((resolve) => setImmediate(resolve))
    running -= 1
    const bytes = Buffer.alloc(length)
    Buffer.from(password + Buffer.from(salt).toString('hex')).copy(bytes)
    return bytes
  }
  return { derive, calls, most: () => most }
}

async function openDesk(names: readonly string[] = ['ann', 'bob']) {
  const clock = new VirtualClock()
  const counted = countedDerive()
  const passwords = createPasswords(counted.derive)
  const users = new Map<string, Account>()
  for (const name of names) {
    const account = {
      id: `id-${name}`,
      username: name,
      role: 'user',
      mayReveal: false,
      pools: null,
      email: '',
      active: true,
    } as const
    users.set(account.id, { ...account, password: await passwords.hash(`right ${name}`), epoch: 1, createdAt: 0 })
  }
  const refreshes = new Map<string, string>()
  const accounts: Accounts = {
    byName: (name) => [...users.values()].find(({ username }) => username === name),
    byId: (id) => users.get(id),
    async loggedIn({ id }, token) {
      refreshes.set(id, token.id)
      return true
    },
    async rotate(id, from, token) {
      if (refreshes.get(id) !== from) return false
      refreshes.set(id, token.id)
      return true
    },
    async revoke() {},
    async revokeAll(id) {
      refreshes.delete(id)
    },
  }
  const secret = new Uint8Array(32).fill(7)
  const tokens = createTokens({ clock, secret: async () => secret })
  const sessions = createSessions({ accounts, passwords, tokens, throttle: createThrottle(clock) })
  counted.calls.length = 0
  const login = (username: string, password: string, address = home) =>
    sessions.login({ username, password }, address).then(
      () => 200,
      ({ status, headers }) => (status === 429 ? `429 ${headers['retry-after']}` : status),
    )
  return { clock, counted, users, sessions, passwords, login }
}

describe('passwords', () => {
  test('are hashed with scrypt, N = 2^15, r = 8, p = 1, each with a salt of its own', async () => {
    const { derive, calls } = countedDerive()
    const { hash } = createPasswords(derive)
    const [one, other] = [await hash('pass word'), await hash('pass word')]
    expect(calls).toEqual([
      { N: 32_768, r: 8, p: 1 },
      { N: 32_768, r: 8, p: 1 },
    ])
    expect(one).toMatch(/^scrypt\$N=32768,r=8,p=1\$[\w-]{22}\$[\w-]{43}$/)
    expect(one).not.toBe(other)
  })

  test('are the same however an accent was typed, and nothing else is', async () => {
    const { hash, matches } = createPasswords()
    const stored = await hash('caf\u00e9 pass')
    expect(await matches('cafe\u0301 pass', stored)).toBe(true)
    expect(await matches('cafe pass', stored)).toBe(false)
    expect(await matches('', stored)).toBe(false)
  })

  test('that were stored with other parameters still match; what cannot be read is a failure, not a no', async () => {
    const { derive, calls } = countedDerive()
    const { hash, matches } = createPasswords(derive)
    const stored = (await hash('x')).replace('N=32768,r=8', 'N=65536,r=16')
    expect(await matches('x', stored)).toBe(true)
    expect(calls.at(-1)).toEqual({ N: 65_536, r: 16, p: 1 })
    await expect(matches('x', 'md5$x')).rejects.toThrow('cannot be read')
  })

  test('are hashed two at once at most', async () => {
    const { derive, most } = countedDerive()
    const { hash, matches } = createPasswords(derive)
    await Promise.all(Array.from({ length: 9 }, (_, n) => (n % 2 ? hash('x') : matches('x', null))))
    expect(most()).toBe(2)
  })

  test('of nobody cost what those of somebody cost', async () => {
    const { login, counted } = await openDesk()
    expect(await login('ann', 'wrong')).toBe(401)
    const forSomebody = counted.calls.splice(0)
    expect(await login('nobody', 'wrong')).toBe(401)
    expect(counted.calls).toEqual(forSomebody)
  })
})

describe('the throttle', () => {
  test('lets five wrong passwords a minute through for a name, wherever they come from', async () => {
    const { login, clock } = await openDesk()
    for (let n = 0; n < 5; n += 1) {
      expect(await login('ann', 'wrong', `10.0.0.${n}`)).toBe(401)
      clock.advance(1000)
    }
    expect(await login('ann', 'right ann', '10.0.0.9')).toBe('429 55')
    expect(await login('bob', 'right bob', '10.0.0.9')).toBe(200)
    clock.advance(55_000 - 1)
    expect(await login('ann', 'right ann', '10.0.0.9')).toBe('429 1')
    clock.advance(1)
    expect(await login('ann', 'right ann', '10.0.0.9')).toBe(200)
  })

  test('lets five through from an address, whatever the names', async () => {
    const { login } = await openDesk()
    for (let n = 0; n < 5; n += 1) expect(await login(`nobody${n}`, 'x', '10.0.0.1')).toBe(401)
    expect(await login('ann', 'right ann', '10.0.0.1')).toBe('429 60')
    expect(await login('ann', 'right ann', '10.0.0.2')).toBe(200)
  })

  test('takes all spellings of this machine for one', async () => {
    const { login } = await openDesk()
    const spellings = ['127.0.0.1', '::1', '::ffff:127.0.0.1', '127.0.0.2', '::FFFF:127.0.0.1']
    for (const [n, address] of spellings.entries()) expect(await login(`nobody${n}`, 'x', address)).toBe(401)
    expect(await login('ann', 'right ann')).toBe('429 60')
  })

  test('hashes nothing for a try that it refuses, and does not count it', async () => {
    const { login, counted, clock } = await openDesk()
    for (let n = 0; n < 5; n += 1) await login('ann', 'wrong')
    counted.calls.length = 0
    for (let n = 0; n < 50; n += 1) expect(await login('ann', 'wrong')).toMatch(/^429/)
    expect(counted.calls).toEqual([])
    clock.advance(minute)
    expect(await login('ann', 'right ann')).toBe(200)
  })

  test('never keeps out who has logged in from there before because of others', async () => {
    const { login, clock } = await openDesk()
    expect(await login('ann', 'right ann')).toBe(200)
    for (let round = 0; round < 5; round += 1) {
      for (let n = 0; n < 5; n += 1) {
        await login('ann', 'wrong', '10.0.0.1')
        await login(`nobody${n}`, 'wrong')
      }
      expect(await login('bob', 'right bob')).toMatch(/^429/)
      expect(await login('ann', 'right ann')).toBe(200)
      clock.advance(minute)
    }
    for (let n = 0; n < 5; n += 1) expect(await login('ann', 'wrong')).toBe(401)
    expect(await login('ann', 'right ann')).toMatch(/^429/)
  })

  test('counts tries that come at once as it counts those that come one by one', async () => {
    const { login, counted } = await openDesk()
    const answers = await Promise.all(Array.from({ length: 64 }, () => login('ann', 'wrong')))
    expect(answers.filter((status) => status === 401)).toHaveLength(5)
    expect(counted.calls).toHaveLength(5)
    const flood = await Promise.all(Array.from({ length: 300 }, () => login('bob', 'right bob', '10.0.0.1')))
    expect(flood.filter((status) => status === 200)).toHaveLength(100)
    expect(flood.filter((status) => status === '429 1')).toHaveLength(200)
  })

  test('forgets the oldest of very many names', () => {
    const clock = new VirtualClock()
    const throttle = createThrottle(clock)
    for (let n = 0; n < 5; n += 1) throttle.failed('ann', '10.0.0.1')
    for (let n = 0; n < 11_000; n += 1) throttle.failed(`name${n}`, `10.1.${n >> 8}.${n & 255}`)
    expect(throttle.wait('ann', '10.0.0.2')).toBe(0)
    for (let n = 0; n < 5; n += 1) throttle.failed('ann', '10.0.0.1')
    expect(throttle.wait('ann', '10.0.0.2')).toBe(60)
  })
})

describe('tokens', () => {
  const enter = async () => {
    const desk = await openDesk()
    return { ...desk, pair: await desk.sessions.login({ username: 'ann', password: 'right ann' }, home) }
  }

  test('for access hold an hour', async () => {
    const { clock, sessions, pair } = await enter()
    clock.advance(3_600_000 - 1000)
    expect(await sessions.userOf(pair.access)).toMatchObject({ username: 'ann' })
    clock.advance(1000)
    await expect(sessions.userOf(pair.access)).rejects.toMatchObject({ status: 401, detail: 'Invalid access token' })
  })

  test('for refresh hold thirty days, and each starts another thirty', async () => {
    const { clock, sessions, pair } = await enter()
    clock.advance(30 * 86_400_000 - 1000)
    const next = await sessions.refresh(pair.refresh)
    clock.advance(29 * 86_400_000)
    const third = await sessions.refresh(next.refresh)
    clock.advance(30 * 86_400_000)
    await expect(sessions.refresh(third.refresh)).rejects.toMatchObject({ status: 401, detail: 'Invalid refresh token' })
  })

  test('of one installation are worth nothing at another', async () => {
    const { pair, clock } = await enter()
    const other = createTokens({ clock, secret: async () => new Uint8Array(32).fill(8) })
    expect(await other.read(pair.access, 'access')).toBeNull()
  })

  test('are not read while the secret cannot be had, and that is no 401', async () => {
    const locked = createTokens({ clock: new VirtualClock(), secret: () => Promise.reject(new Error('locked')) })
    await expect(locked.read('a.b.c', 'access')).rejects.toThrow('locked')
  })
})
