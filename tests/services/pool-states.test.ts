/** The life of a pool: draft, published, retired, and published again. */
import { expect, test } from 'vitest'
import { createCatalog } from '../../src-main/services/catalog.ts'
import { pointingElsewhere } from '../../src-main/services/pools/pool-successor.ts'
import type { PlaygroundService } from '../../src-main/services/types.ts'
import type { PlaygroundEvent } from '../../src-preload/contract/index.ts'
import { nothingStored, pool } from '../storage/fixtures.ts'
import { openStreet } from './street.ts'

/** How a question of the Playground ends. */
async function lastOf({ run }: PlaygroundService, model: string) {
  const input = { model, messages: [{ role: 'user' as const, text: 'hi' }], parameters: {}, images: [] }
  let last: PlaygroundEvent | undefined
  for await (const event of run(input)) last = event
  return last
}

const invalid = (path: string) => ({ code: 'INVALID_INPUT', data: { fields: [{ path }] } })

test('a draft is tested before clients see it; published it serves; retired it says who takes its place; and again', async () => {
  const street = await openStreet([{ slug: 'main', keys: [1], config: { models: ['m'] } }])
  const made = await street.pools.create(
    {
      slug: 'next',
      draft: true,
      provider: 'openai',
      baseUrl: `${street.upstream.url}/v1`,
      strategy: 'round_robin',
      config: { models: ['m2'] },
    },
    'local',
  )
  expect(made).toMatchObject({ state: 'draft', successor: null })
  await street.addKey(2, { pools: ['next'] })
  const names = async () => street.routes.models().map(({ model }) => model)
  const unified = async (model: string) => (await street.chat('v1', model)).status

  expect((await street.chat('next')).status).toBe(404)
  expect([await unified('m2'), await unified('next/m2'), await names()]).toEqual([404, 404, ['m']])
  expect(await street.proxy.test({ pool: 'next', model: 'm2' })).toMatchObject({ ok: true, status: 200, key: 'key 2' })
  expect(await lastOf(street.playground, 'next/m2')).toMatchObject({
    type: 'finished',
    request: { pool: 'next', keyLabel: 'key 2' },
  })
  expect(await lastOf(street.playground, 'm2')).toMatchObject({ type: 'failed', code: 'MODEL_NOT_FOUND' })
  expect(await street.pools.drill('next')).toMatchObject({ pool: 'next', keys: 1 })

  expect(await street.pools.publish('next', 'admin')).toMatchObject({ state: 'published' })
  expect([(await street.chat('next')).key, await unified('m2'), await names()]).toEqual(['key 2', 200, ['m', 'm2']])

  expect(await street.pools.retire('main', 'next', 'admin')).toMatchObject({ state: 'retired', successor: 'next' })
  const gone = await street.chat('main')
  expect([gone.status, gone.text.includes('/next takes its place')]).toEqual([410, true])
  expect([await unified('m'), await unified('main/m'), await names()]).toEqual([404, 404, ['m2']])

  expect(await street.pools.publish('main', 'admin')).toMatchObject({ state: 'published', successor: null })
  expect([(await street.chat('main')).key, await unified('m')]).toEqual(['key 1', 200])
  expect(street.audit().slice(-3)).toEqual([
    { actor: 'admin', action: 'pool.publish', subject: 'next' },
    { actor: 'admin', action: 'pool.retire', subject: 'main' },
    { actor: 'admin', action: 'pool.publish', subject: 'main' },
  ])
})

test('a successor is there, is another, serves or has served, and does not lead back', async () => {
  const street = await openStreet([
    { slug: 'a', keys: [] },
    { slug: 'b', keys: [] },
    { slug: 'c', keys: [] },
  ])
  const { pools } = street
  await pools.create({ slug: 'draft', draft: true, provider: 'openai', strategy: 'round_robin' }, 'local')
  await expect(pools.retire('draft', null, 'local')).rejects.toMatchObject(invalid('slug'))
  await expect(pools.retire('a', 'draft', 'local')).rejects.toMatchObject(invalid('successor'))
  await expect(pools.retire('a', 'a', 'local')).rejects.toMatchObject(invalid('successor'))
  await expect(pools.retire('a', 'nowhere', 'local')).rejects.toMatchObject({
    code: 'POOL_NOT_FOUND',
    data: { fields: [{ path: 'successor' }] },
  })
  await expect(pools.retire('nowhere', null, 'local')).rejects.toMatchObject({ code: 'POOL_NOT_FOUND' })
  await pools.retire('a', 'b', 'local')
  await pools.retire('b', 'c', 'local')
  await expect(pools.retire('c', 'a', 'local')).rejects.toMatchObject(invalid('successor'))
  // Nobody is sent to what is in the trash, and everybody is again when it comes back.
  await pools.remove('c', 'local')
  expect(pools.get('b')).toMatchObject({ state: 'retired', successor: null })
  expect((await street.chat('a')).text).not.toContain('takes its place')
  await pools.restore('c', 'local')
  expect((await street.chat('a')).text).toContain('/c takes its place')
})

test('calls of one pool fall back to another while that one is published', async () => {
  const street = await openStreet([
    { slug: 'spare', keys: [2], config: { models: ['m'] } },
    // oxlint-disable-next-line unicorn/no-thenable -- a list, not a function
    { slug: 'main', keys: [1], config: { queueTimeout: 0, fallback: [{ model: 'm', then: ['spare/m'] }] } },
  ])
  await street.keys.enable([street.id(1)], false, 'local')
  expect((await street.chat('main')).key).toBe('key 2')
  await street.pools.retire('spare', null, 'local')
  expect((await street.chat('main')).status).toBe(503)
  await street.pools.publish('spare', 'local')
  expect((await street.chat('main')).key).toBe('key 2')
})

test('a pool whose successor is destroyed has none', () => {
  const rows = [
    { ...pool(), slug: 'a', successor: 'b' },
    { ...pool(), slug: 'b', successor: 'c' },
    { ...pool(), slug: 'd', successor: 'e' },
  ]
  const catalog = createCatalog({ write: async () => undefined }, { ...nothingStored, pools: rows })
  const mended = pointingElsewhere(catalog.pools.values(), ['b', 'c'], 99)
  expect(mended).toMatchObject([{ slug: 'a', successor: null, updatedAt: 99 }])
})
