import { describe, expect, test } from 'vitest'
import { bucketOf } from '../../src-main/services/keys/account.ts'
import { key } from '../storage/fixtures.ts'
import { secretOf } from './house.ts'
import { openStreet } from './street.ts'

const accountsIn = (street: Awaited<ReturnType<typeof openStreet>>) =>
  street.pools.accounts('main').map(({ id, source, keys }) => [id, source, keys.map(({ label }) => label)])

describe('accounts', () => {
  test('are found out from answers, shown, and share their limits from then on', async () => {
    const street = await openStreet([{ slug: 'main', keys: [1, 2, 3] }])
    expect(street.pools.get('main').accounts).toBe(3)
    for (const n of [1, 2]) street.upstream.script(secretOf(n), { kind: 'ok', account: 'org-1' })
    for (let n = 0; n < 3; n++) await street.chat('main')
    await expect.poll(() => street.pools.get('main').accounts).toBe(2)
    expect(accountsIn(street)).toEqual([
      ['org-1', 'discovered', ['key 1', 'key 2']],
      [street.id(3), 'own', ['key 3']],
    ])
    expect(street.keys.get(street.id(2)).account).toEqual({ id: 'org-1', source: 'discovered' })
    const found = street.audit().filter(({ action }) => action === 'key.account')
    expect(found.map(({ actor, subject }) => `${actor} ${subject}`).toSorted()).toEqual(
      [1, 2].map((n) => `system ${street.id(n)} org-1`).toSorted(),
    )
    street.upstream.script(secretOf(1), { kind: 'rate-short', retryAfterS: 100 })
    for (let n = 0; n < 4; n++) expect(await street.chat('main')).toMatchObject({ status: 200, key: 'key 3' })
    expect(street.keys.get(street.id(2)).state).toBe('cooling')
    expect((await street.keys.resume(street.id(2), 'local')).state).toBe('ready')
    expect(street.keys.get(street.id(1)).state).toBe('ready')
  })

  test('survive a restart', async () => {
    const street = await openStreet([{ slug: 'main', keys: [1, 2] }])
    street.upstream.script('*', { kind: 'ok', account: 'org-1' })
    for (let n = 0; n < 2; n++) await street.chat('main')
    await expect.poll(() => street.pools.get('main').accounts).toBe(1)
    await street.close()
    const again = await openStreet([], street.dataDir)
    expect(again.pools.get('main').accounts).toBe(1)
    expect(again.keys.get(street.id(1)).account).toEqual({ id: 'org-1', source: 'discovered' })
  })

  test('said by a person are believed, whatever answers say; null goes back to the answers', async () => {
    const street = await openStreet([{ slug: 'main', keys: [1] }])
    street.upstream.script('*', { kind: 'ok', account: 'org-1' })
    await street.setKey(1, { account: 'mine' })
    await street.chat('main')
    expect(street.keys.get(street.id(1)).account).toEqual({ id: 'mine', source: 'set' })
    await street.setKey(1, { account: null })
    expect(street.keys.get(street.id(1)).account).toBeNull()
    await street.keys.check(street.id(1), 'local')
    await expect.poll(() => street.keys.get(street.id(1)).account).toEqual({ id: 'org-1', source: 'discovered' })
    expect((await street.keys.update(street.id(1), { secret: secretOf(9) }, 'local')).account).toBeNull()
  })

  test('that an upstream makes of the key itself are not stored', async () => {
    const street = await openStreet([{ slug: 'main', keys: [1] }])
    street.upstream.script('*', { kind: 'ok', account: secretOf(1) })
    await street.keys.check(street.id(1), 'local')
    await street.chat('main')
    await street.close()
    expect(JSON.stringify(street.audit())).not.toContain(secretOf(1))
  })

  test('of one name at two providers are two', () => {
    const of = (provider: string) => bucketOf(key('k', { provider, account: 'team' }))
    expect(of('openai')).not.toBe(of('anthropic'))
    expect(bucketOf(key('k'))).toBe('k')
  })
})

describe('the runway', () => {
  test('names the account that ends first, once for all its keys, with the pool that shows it', async () => {
    const street = await openStreet([{ slug: 'main', keys: [1, 2, 3, 4] }])
    for (const n of [1, 2]) await street.setKey(n, { account: 'shared', limits: { '*': { rpd: 100 } } })
    await street.setKey(3, { limits: { '*': { rpd: 1, rpm: 1 } } })
    const before = await street.pools.runway({ limit: 8 })
    expect(before).toMatchObject({ accounts: 3, limited: 2 })
    for (let n = 0; n < 6; n++) await street.chat('main')
    const { rows } = await street.pools.runway({ pool: 'main', limit: 8 })
    expect(rows.map(({ account, source, pool, keys }) => ({ account, source, pool, keys }))).toEqual([
      { account: 'key 3', source: 'own', pool: 'main', keys: 1 },
      { account: 'shared', source: 'set', pool: 'main', keys: 2 },
    ])
    expect(rows[0]?.meter).toMatchObject({ unit: 'requests', per: 'day', limit: 1, used: 1 })
    expect((await street.pools.runway({ limit: 1 })).rows).toHaveLength(1)
    await street.setKey(3, { enabled: false })
    expect((await street.pools.runway({ limit: 8 })).rows.map(({ account }) => account)).toEqual(['shared'])
    await expect(street.pools.runway({ pool: 'nowhere', limit: 8 })).rejects.toMatchObject({ code: 'POOL_NOT_FOUND' })
  })
})
