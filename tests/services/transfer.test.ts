import { describe, expect, test } from 'vitest'
import { type ExportDocument, exportDocument } from '../../src-preload/contract/index.ts'
import * as fc from '../support/fast-check.ts'
import { type House, openHouse, openPool, secretOf } from './house.ts'

const keyIn = (n: number, ...pools: string[]) => ({ secret: secretOf(n), pools, tags: [], notes: '', weight: 1, priority: 0 })
const plain = async (house: House) => exportDocument.parse(await house.transfer.export({ what: 'all', secrets: 'none' }, 'local'))
const apply = (house: House, document: object) =>
  house.transfer.import({ document: document as Record<string, unknown>, mode: 'apply' }, 'local')

const word = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/)
const label = fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' }).filter((text) => text.length <= 128)
const rank = { priority: fc.integer({ min: -1_000_000, max: 1_000_000 }), weight: fc.integer({ min: 0, max: 1_000_000 }) }
const zone = fc.constantFrom('UTC', 'Asia/Tokyo')
const amount = fc.integer({ min: 0, max: 1000 })
const limitSet = fc.record(
  { rpm: amount, tpm: amount, rpd: amount, tpd: amount, tokenType: fc.constantFrom('input' as const, 'total' as const) },
  { requiredKeys: [] },
)
const poolOf = (slug: string) =>
  fc.record({
    slug: fc.constant(slug),
    name: label,
    provider: fc.constantFrom('openai', 'anthropic', 'custom'),
    baseUrl: fc.constantFrom('https://api.example.com/v1', 'http://127.0.0.1:9', 'http://192.168.1.2:8000/x'),
    auth: fc.record({
      in: fc.constantFrom('header' as const, 'query' as const),
      name: word,
      format: fc.constantFrom('{key}', 'Bearer {key}'),
    }),
    strategy: fc.constantFrom('random' as const, 'lru' as const, 'weighted' as const),
    config: fc.record(
      {
        timeout: fc.integer({ min: 1, max: 500 }),
        concurrency: fc.integer({ min: 1, max: 9 }),
        interactiveReserve: fc.constantFrom(0, 0.5),
        limits: fc.dictionary(word, limitSet, { minKeys: 1 }),
        limitZone: zone,
        fallback: fc.constant([{ model: '*', then: ['other-model'] }]),
        custom: fc.dictionary(word, fc.jsonValue(), { minKeys: 1 }),
      },
      { requiredKeys: [] },
    ),
  })
const keyOf = (n: number, slugs: string[]) =>
  fc.record({
    label,
    provider: fc.constantFrom('openai', 'gemini'),
    hint: fc.constant(''),
    tags: fc.array(word, { maxLength: 3 }),
    notes: fc.string({ maxLength: 50 }),
    enabled: fc.boolean(),
    expiresAt: fc.option(fc.integer({ min: 1, max: 4e12 })),
    limits: fc.dictionary(word, limitSet),
    limitZone: zone,
    budget: fc.option(fc.record({ usd: amount, per: fc.constantFrom('day' as const, 'total' as const) })),
    account: fc.option(word),
    pools: fc
      .subarray(slugs)
      .chain((chosen) => fc.tuple(...chosen.map((pool) => fc.record({ pool: fc.constant(pool), ...rank })))),
    fingerprint: fc.constant(null),
    secret: fc.constant(secretOf(n)),
    audience: fc.uniqueArray(fc.constantFrom('https://api.example.com', 'http://127.0.0.1:9'), { maxLength: 2 }),
  })
const documents = fc
  .uniqueArray(word, { maxLength: 4 })
  .map((slugs) => slugs.map((slug) => `p-${slug}`))
  .chain((slugs) =>
    fc.record({
      format: fc.constant('keywheel-export' as const),
      version: fc.constantFrom(1 as const, 2 as const, 3 as const, 4 as const),
      createdAt: fc.constant('2026-01-01T00:00:00.000Z'),
      appVersion: fc.constant('0.0.0'),
      pools: fc.tuple(...slugs.map(poolOf)),
      keys: fc.nat(5).chain((count) => fc.tuple(...Array.from({ length: count }, (_, n) => keyOf(n, slugs)))),
    }),
  )

/** What has to come through, in an order of its own; times, fingerprints, and what only a sealed export has may differ. */
function essence({ pools, keys }: Pick<ExportDocument, 'pools' | 'keys'>) {
  const face = ({ label: name, pools: links, ...rest }: ExportDocument['keys'][number]) =>
    JSON.stringify([
      name,
      rest.provider,
      rest.tags,
      rest.notes,
      rest.enabled,
      rest.expiresAt,
      rest.limits,
      rest.limitZone,
      rest.budget,
      rest.account,
      links.map(({ pool: slug, priority, weight }) => `${slug} ${priority} ${weight}`).toSorted(),
    ])
  const life = { alias: null, extras: null, state: 'published', successor: null }
  return {
    pools: pools.map((pool) => ({ ...life, ...pool })).toSorted((a, b) => a.slug.localeCompare(b.slug)),
    keys: keys.map(face).toSorted(),
  }
}

describe('export and import', () => {
  test('what is imported comes out again as it was, and importing it once more changes nothing', async () => {
    const house = await openHouse()
    await fc.assert(
      fc.asyncProperty(documents, async (document) => {
        await house.system.erase('local')
        const plan = await apply(house, document)
        expect(plan.pools.every(({ action }) => action === 'add')).toBe(true)
        expect(plan.keys.counts.add ?? 0).toBe(document.keys.length)
        const got = essence(await plain(house))
        expect(got).toEqual(essence(exportDocument.parse(document)))
        const again = await apply(house, document)
        expect(again.pools.every(({ action }) => action === 'same')).toBe(true)
        expect(again.keys.counts).toEqual(document.keys.length > 0 ? { same: document.keys.length } : {})
        expect(essence(await plain(house))).toEqual(got)
      }),
      { numRuns: 30 },
    )
  })

  test('a sealed export takes secrets and their addresses to another installation', async () => {
    const [from, to] = [await openHouse(), await openHouse()]
    await openPool(from, 'a')
    await from.keys.create(keyIn(1, 'a'), 'local')
    const document = await from.transfer.export({ what: 'all', secrets: 'sealed', passphrase: 'a long passphrase' }, 'local')
    expect(JSON.stringify(document)).not.toContain(secretOf(1))
    const plan = await to.transfer.import({ document, passphrase: 'a long passphrase', mode: 'apply' }, 'local')
    expect(plan.keys.counts).toEqual({ add: 1 })
    const [key] = to.keys.list({ limit: 50 }).items
    expect((await to.keys.reveal(key?.id ?? '', 'local')).secret).toBe(secretOf(1))
    expect(to.pools.get('a').untrustedKeys).toBe(0)
    await expect(to.transfer.import({ document, mode: 'apply' }, 'local')).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      data: { fields: [{ path: 'passphrase' }] },
    })
  })

  test('pools in the trash are not exported, and do not keep their keys from being imported', async () => {
    const house = await openHouse()
    await openPool(house, 'a')
    await openPool(house, 'b')
    await house.keys.create(keyIn(1, 'a', 'b'), 'local')
    await house.pools.remove('a', 'local')
    const document = await plain(house)
    expect([document.pools.map(({ slug }) => slug), document.keys[0]?.pools.map(({ pool }) => pool)]).toEqual([['b'], ['b']])
    expect((await apply(house, document)).keys.counts).toEqual({ same: 1 })
  })

  test('the rank that a document gives a known key is taken over', async () => {
    const house = await openHouse()
    await openPool(house, 'a')
    const { id } = await house.keys.create({ ...keyIn(1, 'a'), priority: 4 }, 'local')
    const document = await plain(house)
    await house.keys.update(id, { priority: 9, weight: 2 }, 'local')
    expect((await apply(house, document)).keys.counts).toEqual({ link: 1 })
    expect(house.keys.get(id).pools).toEqual([{ pool: 'a', priority: 4, weight: 1 }])
  })
})

const frame = { format: 'keywheel-export', version: 1, createdAt: '', appVersion: '' }
const pool = {
  slug: 'a',
  name: 'a',
  provider: 'openai',
  baseUrl: 'https://api.example.com',
  auth: { in: 'header', name: 'x', format: '{key}' },
  strategy: 'random',
  config: {},
}
const key = {
  label: 'k',
  provider: 'openai',
  hint: '',
  tags: [],
  notes: '',
  enabled: true,
  expiresAt: null,
  pools: [{ pool: 'a', priority: 0, weight: 1 }],
  fingerprint: null,
  secret: secretOf(1),
  audience: ['https://api.example.com'],
}

describe('documents of the first version', () => {
  test('have no limits and no accounts; their keys come without any', async () => {
    const house = await openHouse()
    expect((await apply(house, { ...frame, pools: [pool], keys: [key] })).keys.counts).toEqual({ add: 1 })
    const [made] = house.keys.list({ limit: 50 }).items
    expect(made).toMatchObject({ limits: {}, limitZone: 'UTC', budget: null, account: null })
    expect(await plain(house)).toMatchObject({ version: 4, keys: [{ limits: {}, budget: null, account: null, outbound: null }] })
  })
})

describe('fallback in documents', () => {
  const leading = (slug: string, then: string, more: object = {}) => ({
    ...pool,
    slug,
    config: { fallback: [{ model: 'x', then: [then] }] },
    ...more,
  })

  test('pools may lead to one another in any order; a circle, another API and a pool that is nowhere are refused', async () => {
    const house = await openHouse()
    const claude = { ...pool, slug: 'claude', provider: 'anthropic' }
    const pools = [
      leading('a', 'b/y'),
      leading('b', 'x2'),
      leading('c', 'd/x'),
      leading('d', 'c/x'),
      leading('e', 'claude/z'),
      leading('f', 'nowhere/z'),
      claude,
    ]
    const plan = await apply(house, { ...frame, pools })
    expect(plan.pools.map(({ slug, action }) => `${slug} ${action}`)).toEqual([
      'a add',
      'b add',
      'c add',
      'd refused',
      'e refused',
      'f refused',
      'claude add',
    ])
    expect(plan.pools.map(({ reason }) => reason).filter((reason) => reason !== null)).toEqual([
      expect.stringContaining('leads back'),
      expect.stringContaining('another API'),
      expect.stringContaining('no pool "nowhere"'),
    ])
    expect(house.pools.list().map(({ slug }) => slug)).toEqual(['a', 'b', 'c', 'claude'])
  })
})

describe('hostile documents', () => {
  test('one name twice and one key twice: the first counts, the second is refused in words', async () => {
    const house = await openHouse()
    const document = {
      ...frame,
      pools: [pool, { ...pool, baseUrl: 'https://evil.example' }],
      keys: [key, { ...key, label: 'again' }],
    }
    const plan = await apply(house, document)
    expect(plan.pools.map(({ action }) => action)).toEqual(['add', 'refused'])
    expect(plan.keys.rows.map(({ action }) => action)).toEqual(['add', 'refused'])
    expect(house.pools.get('a').baseUrl).toBe('https://api.example.com')
    expect(house.keys.list({ limit: 50 }).items.map(({ label: name }) => name)).toEqual(['k'])
  })

  test.each([
    ['a pool that only claims to be the demo', { pools: [{ ...pool, provider: 'demo' }] }],
    ['a metadata address', { pools: [{ ...pool, baseUrl: 'http://169.254.169.254' }] }],
    ['a file', { pools: [{ ...pool, baseUrl: 'file:///etc/passwd' }] }],
    ['a key for a pool that is nowhere', { keys: [{ ...key, pools: [{ ...key.pools[0], pool: 'nowhere' }] }] }],
    ['a key of the demo provider', { pools: [], keys: [{ ...key, pools: [], provider: 'demo' }] }],
    ['an address that is no origin', { pools: [], keys: [{ ...key, pools: [], audience: ['https://a.example/path'] }] }],
  ])('%s is refused, and nothing of it comes in', async (_, part) => {
    const house = await openHouse()
    const { pools, keys } = await apply(house, { ...frame, ...part })
    expect([...pools, ...keys.rows].map(({ action }) => action)).toEqual(['refused'])
    expect([house.pools.list(), house.keys.list({ limit: 50 }).total]).toEqual([[], 0])
  })

  test.each([
    ['a secret with a line break', { keys: [{ ...key, secret: 'sk-a\r\nHost: evil' }] }],
    ['a weight below nothing', { keys: [{ ...key, pools: [{ pool: 'a', priority: 0, weight: -1 }] }] }],
    ['a limit below nothing', { keys: [{ ...key, limits: { '*': { rpm: -1 } } }] }],
    ['a zone that is nowhere', { keys: [{ ...key, limitZone: 'Mars/Olympus' }] }],
    ['a slug with dots', { pools: [{ ...pool, slug: '..' }] }],
    ['a field that is not one', { pools: [{ ...pool, colour: 'red' }] }],
    ['a prototype', JSON.parse(`{"__proto__": {"polluted": true}}`)],
    ['more keys than anyone has', { keys: Array.from({ length: 100_001 }, () => 0) }],
  ])('%s makes the document invalid, naming the place', async (_, part: object) => {
    const house = await openHouse()
    const text = JSON.stringify(frame).slice(0, -1) + `,${JSON.stringify(part).slice(1)}`
    await expect(house.transfer.import({ document: text, mode: 'apply' }, 'local')).rejects.toMatchObject({
      code: 'DOCUMENT_INVALID',
      data: { fields: expect.arrayContaining([{ path: expect.stringMatching(/^document/), message: expect.any(String) }]) },
    })
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
    expect([house.pools.list(), house.keys.list({ limit: 50 }).total]).toEqual([[], 0])
  })

  test('the demo pool and a pool of one’s own do not take each other’s place', async () => {
    const house = await openHouse()
    await house.pools.demo('local')
    const [plan] = (await apply(house, { ...frame, pools: [{ ...pool, slug: 'demo' }] })).pools
    expect(plan).toMatchObject({ action: 'refused', reason: expect.stringContaining('demo') })
    expect(house.pools.get('demo').provider).toBe('demo')
    expect(
      (await apply(house, { ...frame, keys: [{ ...key, pools: [{ pool: 'demo', priority: 0, weight: 1 }] }] })).keys.rows,
    ).toMatchObject([{ action: 'refused' }])
    expect((await apply(house, await plain(house))).pools).toMatchObject([{ slug: 'demo', action: 'same' }])
  })

  test('the demo pool comes back from a document, keys and all', async () => {
    const house = await openHouse()
    await house.pools.demo('local')
    const document = await plain(house)
    await house.system.erase('local')
    await apply(house, document)
    expect(house.pools.get('demo').keys.total).toBe(3)
    expect(await house.proxy.test({ pool: 'demo' })).toMatchObject({ ok: true })
  })

  test('a document with secrets is refused while the vault is locked, whole', async () => {
    const house = await openHouse({ lock: 'nothing' })
    await expect(apply(house, { ...frame, pools: [pool], keys: [key] })).rejects.toMatchObject({ code: 'VAULT_LOCKED' })
    expect(house.pools.list()).toEqual([])
  })
})
