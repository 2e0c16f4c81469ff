/** Billing as frappy's users know it, over real stores and real sockets. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import {
  ApiBilling,
  BillingError,
  type BillingStore,
  billingMiddleware,
  MemoryBillingStore,
  type QuotaDefinition,
  type QuotaDuration,
  QuotaError,
  QuotaExceededError,
  unlimited,
} from '../../src-main/library/billing.ts'

const start = Date.parse('2026-01-01T00:00:00Z')
const quota = (duration: QuotaDuration, credits: number): QuotaDefinition => ({ duration, credits, start })

interface Rig {
  billing: ApiBilling
  store: MemoryBillingStore
  pass(ms: number): void
}

function rig(...quotas: QuotaDefinition[]): Rig {
  let now = Date.parse('2026-03-15T12:00:00Z')
  const store = new MemoryBillingStore()
  const billing = new ApiBilling(store, () => now)
  billing.updateClientQuotas('ann', quotas)
  return { billing, store, pass: (ms) => void (now += ms) }
}

const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => expect.fail('it was granted'),
    (error: unknown) => error,
  )

describe('tracking', () => {
  test('counts against every quota and says how the tightest stands', async () => {
    const { billing, store } = rig(quota('DAY', 10), quota('MINUTE', 3))
    const standing = await billing.trackClientUsage('ann', 2)
    expect(standing).toEqual({ quota: quota('MINUTE', 3), remaining: 1, renewsAt: new Date('2026-03-15T12:01:00Z') })
    expect(store.total('ann')).toBe(2)
  })

  test('one credit by default, fractions as they are', async () => {
    const { billing } = rig(quota('DAY', 1))
    for (let i = 0; i < 9; i++) await billing.trackClientUsage('ann', 0.1)
    expect((await billing.trackClientUsage('ann', 0.1)).remaining).toBe(0)
    expect(await refusal(billing.trackClientUsage('ann'))).toBeInstanceOf(QuotaExceededError)
  })

  test('a refusal is an Error with what is left, what was asked and when it renews; nothing is counted', async () => {
    const { billing, store } = rig(quota('DAY', 5), quota('MINUTE', 100))
    await billing.trackClientUsage('ann', 4)
    const error = await refusal(billing.trackClientUsage('ann', 2, false))
    expect(error).toBeInstanceOf(Error)
    expect(error).toMatchObject({
      code: 'QUOTA_EXCEEDED',
      status: 429,
      remaining: 1,
      required: 2,
      renewsAt: new Date('2026-03-16T00:00:00Z'),
      quota: { duration: 'DAY' },
      response: null,
    })
    expect(String(error)).toContain('1 credits left, 2 are required. It renews at 2026-03-16T00:00:00.000Z')
    expect(store.total('ann')).toBe(4)
  })

  test('with useAbort the refusal carries the answer to send: 429, headers with Retry-After, JSON', async () => {
    const { billing, pass } = rig(quota('MINUTE', 1))
    await billing.trackClientUsage('ann')
    pass(20_500)
    const { response } = (await refusal(billing.trackClientUsage('ann'))) as QuotaExceededError
    expect(response?.status).toBe(429)
    expect(response?.headers).toEqual({
      'Content-Type': 'application/json',
      'X-RateLimit-Limit': '1',
      'X-RateLimit-Remaining': '0',
      'X-RateLimit-Reset': String(Date.parse('2026-03-15T12:01:00Z') / 1000),
      'Retry-After': '40',
    })
    expect(JSON.parse(response?.body ?? '')).toMatchObject({
      error: { code: 'QUOTA_EXCEEDED', remaining: 0, required: 1, limit: 1, per: 'MINUTE', renewsAt: '2026-03-15T12:01:00.000Z' },
    })
  })

  test('more than a whole quota: no time to come back is promised', async () => {
    const error = (await refusal(rig(quota('DAY', 5)).billing.trackClientUsage('ann', 6))) as QuotaExceededError
    expect(error.renewsAt).toBeNull()
    expect(error.response?.headers).not.toHaveProperty('Retry-After')
    expect(error.message).toContain('The whole quota is smaller')
  })

  test.each([true, false])('an unknown client is refused with a coded 403 (useAbort %s)', async (useAbort) => {
    const error = (await refusal(rig().billing.trackClientUsage('nobody', 1, useAbort))) as BillingError
    expect(error).toBeInstanceOf(BillingError)
    expect(error).toMatchObject({ code: 'UNKNOWN_CLIENT', status: 403, message: 'You do not have any available quota' })
    expect(error.response?.status).toBe(useAbort ? 403 : undefined)
  })

  test.each([-1, Number.NaN])('%d credits are refused: nobody gives credit to himself', async (credits) => {
    const { billing, store } = rig(quota('DAY', 5))
    expect(await refusal(billing.trackClientUsage('ann', credits))).toBeInstanceOf(QuotaError)
    expect(store.total('ann')).toBe(0)
  })

  test('an unlimited quota grants everything and still counts', async () => {
    const { billing, store } = rig(quota('DAY', unlimited))
    expect((await billing.trackClientUsage('ann', 1_000_000)).remaining).toBe(-1)
    expect(store.total('ann')).toBe(1_000_000)
  })

  test('a quota is whole again in the next interval', async () => {
    const { billing, pass } = rig(quota('MINUTE', 1))
    await billing.trackClientUsage('ann')
    pass(60_000)
    expect((await billing.trackClientUsage('ann')).remaining).toBe(0)
  })

  test('many calls at once are granted exactly as often as the quota says', async () => {
    const { billing, store } = rig(quota('DAY', 10), quota('HOUR', 10))
    const results = await Promise.allSettled(Array.from({ length: 50 }, () => billing.trackClientUsage('ann')))
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(10)
    expect(store.total('ann')).toBe(10)
  })

  test('the same over a store that takes its time', async () => {
    const inner = new MemoryBillingStore()
    const slow: BillingStore = {
      track: async (...args) => {
        await turn()
        return inner.track(...args)
      },
      total: async (...args) => inner.total(...args),
      daily: async (...args) => inner.daily(...args),
      delete: async (...args) => inner.delete(...args),
    }
    const billing = new ApiBilling(slow)
    billing.updateClientQuotas('ann', [quota('DAY', 10)])
    const results = await Promise.allSettled(Array.from({ length: 30 }, () => billing.trackClientUsage('ann')))
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(10)
  })

  test('a store that fails counts nothing, and its error comes through', async () => {
    const store = new MemoryBillingStore()
    const broken: BillingStore = Object.assign(Object.create(store) as MemoryBillingStore, {
      track: () => Promise.reject(new Error('disk full')),
    })
    const billing = new ApiBilling(broken)
    billing.updateClientQuotas('ann', [quota('DAY', 1)])
    expect(await refusal(billing.trackClientUsage('ann'))).toMatchObject({ message: 'disk full' })
  })
})

describe('quotas of a client', () => {
  test('new ones start with what the store has counted in their interval', async () => {
    const { billing } = rig(quota('DAY', 10))
    await billing.trackClientUsage('ann', 8)
    billing.updateClientQuotas('ann', [quota('DAY', 9), quota('MONTH', 100)])
    expect(await billing.getLowestQuota('ann')).toMatchObject({ quota: { duration: 'DAY' }, remaining: 1 })
  })

  test('two of one duration are refused, and the former stay', async () => {
    const { billing } = rig(quota('DAY', 10))
    expect(() => billing.updateClientQuotas('ann', [quota('DAY', 1), quota('DAY', 2)])).toThrow(QuotaError)
    expect(await billing.getLowestQuota('ann')).toMatchObject({ remaining: 10 })
  })

  test('none at all makes the client unknown', async () => {
    const { billing } = rig(quota('DAY', 10))
    billing.updateClientQuotas('ann', [])
    expect(await billing.getLowestQuota('ann')).toBeNull()
  })

  test('the lowest has the fewest credits left, of equals the shorter; unlimited only when all are', async () => {
    const { billing } = rig(quota('YEAR', 10), quota('HOUR', 10), quota('MINUTE', unlimited))
    expect(await billing.getLowestQuota('ann')).toMatchObject({ quota: { duration: 'HOUR' } })
    billing.updateClientQuotas('ann', [quota('YEAR', unlimited), quota('HOUR', unlimited)])
    expect(await billing.getLowestQuota('ann')).toMatchObject({ quota: { duration: 'HOUR' }, remaining: -1 })
  })

  test('deleted usage is there to be used again at once', async () => {
    const { billing } = rig(quota('DAY', 3))
    await billing.trackClientUsage('ann', 3)
    await billing.deleteClientUsage('ann')
    expect(await billing.getLowestQuota('ann')).toMatchObject({ remaining: 3 })
  })

  test('usage per day', async () => {
    const { billing, pass } = rig(quota('MONTH', 30))
    await billing.trackClientUsage('ann', 2)
    pass(86_400_000)
    await billing.trackClientUsage('ann', 0.5)
    const day = Date.parse('2026-03-15T00:00:00Z') / 1000
    expect(await billing.getDailyUsage('ann')).toEqual([
      { clientId: 'ann', timestamp: day, credits: 2 },
      { clientId: 'ann', timestamp: day + 86_400, credits: 0.5 },
    ])
  })
})

describe('answers', () => {
  test('carry limit, remaining and reset of the lowest quota', async () => {
    const { billing } = rig(quota('DAY', 5), quota('MONTH', 100))
    await billing.trackClientUsage('ann', 1.5)
    expect(await billing.createResponseWithHeader('ann', { ok: true }, 201)).toEqual({
      status: 201,
      headers: {
        'Content-Type': 'application/json',
        'X-RateLimit-Limit': '5',
        'X-RateLimit-Remaining': '3.5',
        'X-RateLimit-Reset': String(Date.parse('2026-03-16T00:00:00Z') / 1000),
      },
      body: '{"ok":true}',
    })
  })

  test('of a refusal carry its own figures and Retry-After', async () => {
    const { billing } = rig(quota('DAY', 5), quota('MONTH', 4))
    const error = (await refusal(billing.trackClientUsage('ann', 5))) as QuotaExceededError
    const { headers } = await billing.createResponseWithHeader('ann', {}, 429, error)
    expect(headers['X-RateLimit-Limit']).toBe('4')
  })

  test('to an unknown client carry none', async () => {
    expect((await rig().billing.createResponseWithHeader('nobody', {})).headers).toEqual({ 'Content-Type': 'application/json' })
  })
})

describe('in front of a server', () => {
  const servers: Server[] = []
  afterEach(() => {
    for (const server of servers.splice(0)) server.close()
  })

  async function serve(billing: ApiBilling): Promise<string> {
    const bill = billingMiddleware(billing, {
      clientOf: (request) => request.headers['x-client'] as string | undefined,
      creditsOf: (request) => Number(request.headers['x-cost'] ?? 1),
    })
    const server = createServer((request, response) => {
      void bill(request, response, (error) => response.writeHead(error ? 500 : 200).end(error ? 'failed' : 'served'))
    })
    servers.push(server.listen(0, '127.0.0.1'))
    await once(server, 'listening')
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  const call = (url: string, client?: string, cost = 1) =>
    fetch(url, { headers: { 'x-cost': String(cost), ...(client === undefined ? {} : { 'x-client': client }) } })

  test('counted calls are served with the headers, the others get 429 in JSON', async () => {
    const { billing } = rig(quota('DAY', 2))
    const url = await serve(billing)
    const served = await call(url, 'ann', 2)
    expect([served.status, await served.text(), served.headers.get('x-ratelimit-remaining')]).toEqual([200, 'served', '0'])
    const refused = await call(url, 'ann')
    expect([refused.status, refused.headers.get('content-type')]).toEqual([429, 'application/json'])
    expect(Number(refused.headers.get('retry-after'))).toBe(12 * 3600)
    expect(await refused.json()).toMatchObject({ error: { code: 'QUOTA_EXCEEDED', per: 'DAY' } })
  })

  test('strangers and unknown clients get 403', async () => {
    const url = await serve(rig(quota('DAY', 2)).billing)
    for (const client of [undefined, 'nobody']) {
      const answer = await call(url, client)
      expect([answer.status, ((await answer.json()) as { error: { code: string } }).error.code]).toEqual([403, 'UNKNOWN_CLIENT'])
    }
  })

  test('what is not a refusal goes to next', async () => {
    const url = await serve(rig(quota('DAY', 2)).billing)
    expect(await (await call(url, 'ann', -5)).text()).toBe('failed')
  })
})
