/** A whole workspace in a document: what comes out, what comes in elsewhere, and what older or wrong documents do. */
import { describe, expect, test } from 'vitest'
import type { Services } from '../../src-main/services/types.ts'
import { type ExportDocument, exportDocument } from '../../src-preload/contract/index.ts'
import { client, openEstate } from './estate.ts'
import { openPool, secretOf } from './house.ts'

const passphrase = 'correct horse battery staple'
const plain = async (services: Services): Promise<ExportDocument> =>
  exportDocument.parse(await services.transfer.export({ what: 'all', secrets: 'none' }, 'local'))
const bring = (services: Services, document: object, mode: 'apply' | 'preview' = 'apply') =>
  services.transfer.import({ document: document as Record<string, unknown>, passphrase, mode }, 'local')
const part = (given: Partial<ExportDocument>) => ({
  format: 'keywheel-export',
  version: 4,
  createdAt: '2026-01-01T00:00:00.000Z',
  appVersion: '0.0.0',
  ...given,
})
const poolOf = (slug: string, more: object = {}) => ({
  slug,
  name: slug,
  provider: 'openai' as const,
  baseUrl: 'https://api.example.com/v1',
  auth: { in: 'header' as const, name: 'authorization', format: 'Bearer {key}' },
  strategy: 'lru' as const,
  config: {},
  ...more,
})
const clientOf = (name: string, more: object = {}) => ({
  name,
  pools: null,
  lane: 'interactive' as const,
  models: null,
  budget: null,
  quotas: [],
  expiresAt: null,
  ...more,
})

/** A workspace with something of everything. */
async function furnished() {
  const estate = await openEstate()
  const { services } = estate
  await openPool(services, 'main')
  await openPool(services, 'old')
  await services.pools.retire('old', 'main', 'local')
  await services.pools.create({ slug: 'next', draft: true, provider: 'anthropic', strategy: 'sticky' }, 'local')
  const key = { pools: ['main'], tags: ['a'], notes: 'n', weight: 2, priority: 1 }
  await services.keys.create({ ...key, secret: secretOf(1), label: 'one', identifier: 'key/one' }, 'local')
  await services.keys.create({ ...key, secret: secretOf(2), label: 'two', budget: { usd: 3, per: 'day' } }, 'local')
  const targets = [{ pool: 'main', model: 'gpt-4o', weight: 1 }]
  // oxlint-disable-next-line unicorn/no-thenable -- a list, not a function
  await services.routes.create(
    { model: 'fast', targets, then: [], timeout: null, attemptBudget: null, cacheTtl: null, notes: '' },
    'local',
  )
  const quotas = [{ duration: 'DAY' as const, credits: 100, start: 1_700_000_000_000, zone: 'Asia/Tokyo' }]
  await services.clients.create(
    { ...client('editor'), pools: ['main'], models: ['fast'], quotas, budget: { usd: 1, per: 'month' } },
    'local',
  )
  await services.clients.create({ ...client('job'), lane: 'background' }, 'local')
  await services.settings.update(
    { retentionDays: 9, creditRules: [{ pool: 'main', model: '*', perCall: 2, perThousandTokens: 0, perUsd: 0 }] },
    'local',
  )
  return estate
}

/** What differs between two installations: when, and what the fingerprints are made with. */
const timeless = (document: ExportDocument) => ({
  ...document,
  createdAt: '',
  keys: document.keys.map((key) => ({ ...key, fingerprint: null })).toSorted((a, b) => a.label.localeCompare(b.label)),
})

describe('a workspace', () => {
  test('comes out, goes into a new one, and comes out of that the same; once more changes nothing', async () => {
    const { services } = await furnished()
    const sealed = await services.transfer.export({ what: 'all', secrets: 'sealed', passphrase }, 'local')
    const document = await plain(services)
    await services.workspaces.create({ slug: 'copy' }, 'local')
    await services.workspaces.open('copy', 'local')
    const plan = await bring(services, sealed)
    expect(plan).toMatchObject({
      clients: [
        { name: 'editor', action: 'add' },
        { name: 'job', action: 'add' },
      ],
      settings: ['retentionDays', 'creditRules'],
      keys: { counts: { add: 2 } },
    })
    expect(timeless(await plain(services))).toEqual(timeless(document))
    expect(services.pools.get('old')).toMatchObject({ state: 'retired', successor: 'main' })
    expect(services.pools.get('next')).toMatchObject({ state: 'draft' })

    const again = await bring(services, sealed)
    const actions = [...again.pools, ...again.routes, ...again.clients].map(({ action }) => action)
    expect([new Set(actions), again.settings, again.keys.counts]).toEqual([new Set(['same']), [], { same: 2 }])
    expect(timeless(await plain(services))).toEqual(timeless(document))
  })

  test('holds no token, no password, no secret in clear, and nothing of this machine', async () => {
    const { services } = await furnished()
    const { token } = await services.clients.create(client('secretive'), 'local')
    await services.settings.update(
      { proxyPort: 9123, apipoolServer: true, proxyOrigins: ['http://localhost:5173'], theme: 'dark' },
      'local',
    )
    const document = await plain(services)
    const text = JSON.stringify(document)
    for (const kept of [token, token.slice(-8), secretOf(1), 'tokenHash', '9123', 'localhost']) expect(text).not.toContain(kept)
    expect(Object.keys(document.settings)).toEqual(['retentionDays', 'creditRules'])
  })

  test('goes out in parts without what belongs to the whole', async () => {
    const { services } = await furnished()
    for (const what of ['pools', 'keys'] as const) {
      const document = await services.transfer.export({ what, secrets: 'none' }, 'local')
      expect(document).toMatchObject({ clients: [], remotes: [], settings: {} })
    }
  })

  test('comes in whole or not at all where the vault is locked', async () => {
    const { services } = await furnished()
    const sealed = await services.transfer.export({ what: 'all', secrets: 'sealed', passphrase }, 'local')
    const locked = await openEstate({ noKeyFile: true })
    await expect(bring(locked.services, sealed)).rejects.toMatchObject({ code: 'VAULT_LOCKED' })
    expect(await plain(locked.services)).toMatchObject({ pools: [], keys: [], clients: [], settings: {} })
  })
})

describe('clients', () => {
  test('that come in can do nothing before they get a token; then they can do what they could', async () => {
    const { services } = await openEstate()
    await bring(services, part({ clients: [clientOf('editor')] }))
    const [made] = services.clients.list()
    expect(made).toMatchObject({ name: 'editor', tokenHint: '', state: 'active' })
    const { token } = await services.clients.rotate(made?.id ?? '', 'local')
    const url = services.proxy.status().url
    const ask = (bearer: string) => fetch(`${url}/v1/models`, { headers: { authorization: `Bearer ${bearer}` } })
    expect((await ask('kw_')).status).toBe(401)
    expect((await ask(token)).status).toBe(200)
  })

  test('that are here keep their token and get what the document says; those of one name go in order', async () => {
    const { services } = await openEstate()
    const first = await services.clients.create(client('twin'), 'local')
    const second = await services.clients.create(client('twin'), 'local')
    const plan = await bring(
      services,
      part({ clients: [clientOf('twin'), clientOf('twin', { lane: 'background' }), clientOf('twin')] }),
    )
    expect(plan.clients.map(({ action }) => action)).toEqual(['same', 'replace', 'add'])
    const lanes = services.clients.list().map(({ id, lane, tokenHint }) => [id, lane, tokenHint])
    expect(lanes.slice(0, 2)).toEqual([
      [first.id, 'interactive', first.tokenHint],
      [second.id, 'background', second.tokenHint],
    ])
  })

  test('that were revoked or have ended stay where they are, and what cannot be is refused', async () => {
    const { services } = await openEstate()
    const { id } = await services.clients.create(client('revoked'), 'local')
    await services.clients.revoke(id, 'local')
    expect((await plain(services)).clients).toEqual([])
    const plan = await bring(
      services,
      part({ clients: [clientOf('lost', { pools: ['nowhere'] }), clientOf('late', { expiresAt: 1 })] }),
    )
    expect(plan.clients).toEqual([
      { name: 'lost', action: 'refused', reason: 'there is no pool "nowhere" here or in the document' },
      { name: 'late', action: 'refused', reason: 'its time is over' },
    ])
    expect(services.clients.list()).toHaveLength(1)
  })

  test('whose quota does not say when it began begins now, and again changes nothing', async () => {
    const { services } = await openEstate()
    const document = part({ clients: [clientOf('counted', { quotas: [{ duration: 'HOUR', credits: 5 }] })] })
    await bring(services, document)
    expect((await bring(services, document)).clients).toMatchObject([{ action: 'same' }])
    expect(services.clients.list()[0]?.quotas).toMatchObject([{ duration: 'HOUR', credits: 5, used: 0 }])
  })
})

describe('the life of pools', () => {
  test('is not touched by documents that do not know it', async () => {
    const { services } = await openEstate()
    for (const slug of ['main', 'old']) await openPool(services, slug)
    await services.pools.retire('old', 'main', 'local')
    await bring(services, part({ version: 3, pools: [poolOf('old')] }))
    expect(services.pools.get('old')).toMatchObject({ strategy: 'lru', state: 'retired', successor: 'main' })
    await bring(services, part({ pools: [poolOf('old', { state: 'published' })] }))
    expect(services.pools.get('old')).toMatchObject({ state: 'published', successor: null })
  })

  test.each([
    [
      'of a successor that is nowhere',
      [poolOf('a', { state: 'retired', successor: 'b' })],
      'there is no pool "b" here or in the document',
    ],
    ['of one that is not retired', [poolOf('a', { state: 'published', successor: 'a' })], 'only a retired pool has a successor'],
    ['of itself', [poolOf('a', { state: 'retired', successor: 'a' })], 'its successors lead in a circle'],
  ])('a pool is refused because %s', async (_, pools, reason) => {
    const { services } = await openEstate()
    const plan = await bring(services, part({ pools }))
    expect(plan.pools).toEqual([{ slug: 'a', action: 'refused', changes: [], reason, before: null, after: null }])
    expect(services.pools.list()).toEqual([])
  })
})

describe('names of keys in the apipool protocol', () => {
  test('come along, and a name that another key has is refused with that key named', async () => {
    const { services } = await openEstate()
    await openPool(services, 'main')
    await services.keys.create(
      { secret: secretOf(1), pools: ['main'], identifier: 'taken', tags: [], notes: '', weight: 1, priority: 0 },
      'local',
    )
    const source = await openEstate()
    await openPool(source.services, 'main')
    for (const [n, identifier] of ['taken', 'free'].entries())
      await source.services.keys.create(
        { secret: secretOf(n + 5), label: identifier, pools: ['main'], identifier, tags: [], notes: '', weight: 1, priority: 0 },
        'local',
      )
    const sealed = await source.services.transfer.export({ what: 'all', secrets: 'sealed', passphrase }, 'local')
    const plan = await bring(services, sealed)
    expect(plan.keys.counts).toEqual({ add: 1, refused: 1 })
    expect(plan.keys.rows.find(({ action }) => action === 'refused')?.reason).toBe('another key here has the identifier "taken"')
    expect(services.keys.list({ limit: 50, q: 'free' }).items).toMatchObject([{ identifier: 'free' }])
  })
})

describe('other servers', () => {
  const remote = (links: object[] = []) =>
    ({ name: 'Office', url: 'http://127.0.0.1:9', username: 'me', links }) as ExportDocument['remotes'][number]
  const link = { identifier: 'their pool', mode: 'sync', pool: 'main', interval: 60, report: true }

  test('come without their password, with the pools that are used of them, once', async () => {
    const { services } = await openEstate()
    const document = part({ pools: [poolOf('main')], remotes: [remote([link])] })
    expect((await bring(services, document)).remotes).toEqual([{ name: 'Office', action: 'add', reason: null }])
    expect(services.remotes.list()).toMatchObject([{ name: 'Office', username: 'me', links: [link] }])
    expect((await bring(services, document)).remotes).toEqual([{ name: 'Office', action: 'same', reason: null }])
    expect((await plain(services)).remotes).toEqual([remote([link])])
  })

  test('that pass calls on come with their pool, and the stand-in for its keys is in no export', async () => {
    const { services } = await openEstate()
    await bring(services, part({ pools: [poolOf('main')], remotes: [remote([{ ...link, mode: 'proxy' }])] }))
    expect(services.pools.get('main').keys.total).toBe(1)
    expect((await plain(services)).keys).toEqual([])
    const sealed = await services.transfer.export({ what: 'all', secrets: 'sealed', passphrase }, 'local')
    expect(sealed).toMatchObject({ sealed: 'age' })
  })

  test('are refused for a pool that is not there or stands for another one', async () => {
    const { services } = await openEstate()
    await bring(services, part({ pools: [poolOf('main')], remotes: [remote([link])] }))
    const plan = await bring(
      services,
      part({
        remotes: [
          { ...remote([{ ...link, pool: 'nowhere' }]), username: 'you' },
          { ...remote([{ ...link, identifier: 'another' }]), username: 'they' },
        ],
      }),
    )
    expect(plan.remotes.map(({ reason }) => reason)).toEqual([
      'there is no pool "nowhere" here or in the document',
      'the pool "main" stands for another one of a server already',
    ])
    expect(services.remotes.list()).toHaveLength(1)
  })
})
