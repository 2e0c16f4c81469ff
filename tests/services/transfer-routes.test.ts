/** Routes and prompts in exports and imports. */
import { describe, expect, test } from 'vitest'
import type { ModelRouteInput, PromptCreate } from '../../src-preload/contract/index.ts'
import { exportDocument } from '../../src-preload/contract/index.ts'
import { type House, openHouse, openPool, secretOf } from './house.ts'

const whole = async (house: House, what: 'all' | 'pools' | 'keys' = 'all') =>
  exportDocument.parse(await house.transfer.export({ what, secrets: 'none' }, 'local'))
const bring = (house: House, document: object, mode: 'apply' | 'preview' = 'apply') =>
  house.transfer.import({ document: document as Record<string, unknown>, mode }, 'local')

function routeTo(model: string, pool: string): ModelRouteInput {
  const targets = [{ pool, model: 'gpt-4o', weight: 2 }]
  // oxlint-disable-next-line unicorn/no-thenable -- a list, not a function
  return { model, targets, then: [], timeout: 30, attemptBudget: null, cacheTtl: 60, notes: 'n' }
}

const promptNamed = (slug: string): PromptCreate => ({
  slug,
  name: slug,
  description: '',
  model: 'fast',
  messages: [{ role: 'user', text: 'Sum up {{text}}' }],
  variables: [{ name: 'text', description: '', default: 'nothing' }],
  parameters: { json: true },
})

/** A pool, a route, a published prompt with two versions, and a retired one. */
async function furnished() {
  const house = await openHouse()
  await openPool(house, 'main')
  await house.routes.create(routeTo('fast', 'main'), 'local')
  await house.prompts.create(promptNamed('new'), 'local')
  await house.prompts.publish('new', 1, 'local')
  await house.prompts.update('new', { model: 'faster' }, 'local')
  await house.prompts.create(promptNamed('old'), 'local')
  await house.prompts.publish('old', 1, 'local')
  await house.prompts.retire('old', 'new', 'local')
  return house
}

const timeless = (rows: readonly object[]) => rows.map((row) => ({ ...row, id: '', createdAt: 0, updatedAt: 0 }))
const all = (house: House) => [
  timeless(house.routes.list()),
  timeless(house.prompts.list()),
  timeless(house.prompts.versions('new')),
]

describe('routes and prompts in documents', () => {
  test('come to another installation as they are, and once more changes nothing', async () => {
    const [from, to] = [await furnished(), await openHouse()]
    const document = await whole(from)
    expect(document.version).toBe(4)
    const plan = await bring(to, document)
    expect(plan.routes).toEqual([{ model: 'fast', action: 'add', reason: null }])
    expect(plan.prompts.map(({ slug, action }) => `${slug} ${action}`)).toEqual(['new add', 'old add'])
    expect(all(to)).toEqual(all(from))
    const again = await bring(to, await whole(from))
    expect([...again.routes, ...again.prompts].map(({ action }) => action)).toEqual(['same', 'same', 'same'])
    await to.close()
    expect(all(await openHouse({ dataDir: to.dataDir }))).toEqual(all(from))
  })

  test('take the place of those of the same name, with their versions; a preview writes nothing', async () => {
    const house = await furnished()
    const document = await whole(house)
    const before = all(house)
    const [route] = house.routes.list()
    await house.routes.update(route?.id ?? '', { ...routeTo('fast', 'main'), notes: 'other' }, 'local')
    await house.prompts.update('new', { model: 'third' }, 'local')
    const changed = all(house)
    expect(await bring(house, document, 'preview')).toMatchObject({
      applied: false,
      routes: [{ action: 'replace' }],
      prompts: [
        { slug: 'new', action: 'replace' },
        { slug: 'old', action: 'same' },
      ],
    })
    expect(all(house)).toEqual(changed)
    await bring(house, document)
    expect(all(house)).toEqual(before)
    expect(house.routes.list()[0]?.id).toBe(route?.id)
    await house.close()
    expect(all(await openHouse({ dataDir: house.dataDir }))).toEqual(before)
  })

  test('go with the pools, not with the keys alone', async () => {
    const house = await furnished()
    expect((await whole(house, 'pools')).routes).toHaveLength(1)
    expect(await whole(house, 'keys')).toMatchObject({ routes: [], prompts: [] })
  })

  test('a route to a pool that is nowhere, or named twice, is refused, and the rest is taken', async () => {
    const [from, to] = [await furnished(), await openHouse()]
    const document = await whole(from)
    const lost = { ...routeTo('lost', 'nowhere') }
    const plan = await bring(to, { ...document, routes: [lost, ...document.routes, ...document.routes] })
    expect(plan.routes.map(({ action }) => action)).toEqual(['refused', 'add', 'refused'])
    expect(plan.routes[0]?.reason).toContain('nowhere')
    expect(to.routes.list().map(({ model }) => model)).toEqual(['fast'])
  })

  test('a prompt that contradicts itself is refused with the reason', async () => {
    const [from, to] = [await furnished(), await openHouse()]
    const document = await whole(from)
    const [fresh] = document.prompts
    if (!fresh) throw new Error('the document has no prompts')
    const prompts = [
      { ...fresh, slug: 'a', published: 7 },
      { ...fresh, slug: 'b', state: 'draft' },
      { ...fresh, slug: 'c', successor: 'a' },
      { ...fresh, slug: 'd', state: 'retired', published: null, successor: 'nobody' },
      { ...fresh, slug: 'e', versions: [...fresh.versions, ...fresh.versions] },
      { ...fresh, slug: 'f', versions: fresh.versions.map((version) => ({ ...version, variables: [] })) },
      { ...fresh, slug: 'g', state: 'retired', published: null, successor: 'h' },
      { ...fresh, slug: 'h', state: 'retired', published: null, successor: 'g' },
    ]
    const plan = await bring(to, { ...document, prompts })
    expect(plan.prompts.map(({ slug, action }) => `${slug} ${action}`)).toEqual(prompts.map(({ slug }) => `${slug} refused`))
    expect(plan.prompts.every(({ reason }) => (reason ?? '').length > 10)).toBe(true)
    expect(to.prompts.list()).toEqual([])
  })

  test('a key’s way out goes with it, and documents of the second version have none', async () => {
    const [from, to] = [await openHouse(), await openHouse()]
    await openPool(from, 'main')
    const given = { secret: secretOf(1), pools: ['main'], tags: [], notes: '', weight: 1, priority: 0 }
    await from.keys.create({ ...given, outbound: 'socks5://127.0.0.1:1080' }, 'local')
    const sealed = await from.transfer.export({ what: 'all', secrets: 'sealed', passphrase: 'a long passphrase' }, 'local')
    await to.transfer.import({ document: sealed, passphrase: 'a long passphrase', mode: 'apply' }, 'local')
    expect(to.keys.list({ limit: 50 }).items).toMatchObject([{ outbound: 'socks5://127.0.0.1:1080' }])
    const { routes: _routes, prompts: _prompts, ...second } = await whole(from)
    const keys = second.keys.map(({ outbound: _outbound, ...key }) => key)
    expect(await bring(to, { ...second, version: 2, keys })).toMatchObject({ routes: [], prompts: [] })
  })
})
