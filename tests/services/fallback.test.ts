import { describe, expect, test } from 'vitest'
import type { PoolConfigInput } from '../../src-preload/contract/index.ts'
import { openStreet } from './street.ts'

const to = (...then: string[]): PoolConfigInput => ({ fallback: [{ model: 'first', then }] })

describe('fallback rules', () => {
  test('lead to models of the same pool and of pools that speak the same API', async () => {
    const street = await openStreet([
      { slug: 'main', keys: [1], config: { queueTimeout: 0 } },
      { slug: 'spare', keys: [2] },
    ])
    await street.setPool('main', to('second', 'spare/third'))
    street.upstream.script('*', { kind: 'ok' })
    expect(await street.chat('main', 'first')).toMatchObject({ status: 200, model: 'first', key: 'key 1' })
    await street.keys.enable([street.id(1)], false, 'local')
    expect(await street.chat('main', 'first')).toMatchObject({ status: 200, model: 'third', key: 'key 2' })
  })

  test.each([
    ['a pool that is nowhere', to('nowhere/x'), 'config.fallback.0.then.0', /no pool "nowhere"/],
    ['a pool of another API', to('second', 'claude/x'), 'config.fallback.0.then.1', /another API/],
    ['no model of a pool', to('spare/'), 'config.fallback.0.then.0', /name a model/],
    ['a circle within the pool', to('first'), 'config.fallback', /leads back/],
    ['a circle through another pool', to('spare/back'), 'config.fallback', /leads back/],
  ])('to %s are refused where they were given, and nothing is stored', async (_, config, path, message) => {
    const street = await openStreet([
      { slug: 'main', keys: [] },
      { slug: 'spare', keys: [], config: { fallback: [{ model: 'back', then: ['main/first'] }] } },
      { slug: 'claude', keys: [], provider: 'anthropic' },
    ])
    await street.setPool('main', { concurrency: 5 })
    const before = street.pools.get('main')
    await expect(street.setPool('main', { ...config, concurrency: 7 })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      data: { fields: [{ path, message: expect.stringMatching(message) }] },
    })
    expect(street.pools.get('main')).toEqual(before)
    await expect(street.addPool({ slug: 'main2', keys: [], config: to('main2/first') })).rejects.toMatchObject({
      data: { fields: [{ path: 'config.fallback' }] },
    })
    expect(street.pools.list().map(({ slug }) => slug)).toEqual(['claude', 'main', 'spare'])
  })

  test('a pool that others lead to may go: they pass it over, and lead to it again when it is back', async () => {
    const street = await openStreet([
      { slug: 'main', keys: [1], config: { queueTimeout: 0 } },
      { slug: 'spare', keys: [2] },
    ])
    await street.setPool('main', to('spare/third'))
    await street.keys.enable([street.id(1)], false, 'local')
    await street.pools.remove('spare', 'local')
    const before = street.upstream.requests.length
    expect(await street.chat('main', 'first')).toMatchObject({ status: 503 })
    expect(street.upstream.requests).toHaveLength(before)
    // Other changes of the pool are not held up by a rule that leads nowhere now.
    await street.setPool('main', { concurrency: 3 })
    await street.pools.restore('spare', 'local')
    expect(await street.chat('main', 'first')).toMatchObject({ status: 200, model: 'third', key: 'key 2' })
  })

  test('names of models with a slash stay models, whatever pools are made later', async () => {
    const street = await openStreet([{ slug: 'router', provider: 'openai-compatible', keys: [1], config: to('openai/gpt') }])
    expect(street.pools.get('router').config.fallback).toEqual([{ model: 'first', then: ['router/openai/gpt'] }])
    await street.addPool({ slug: 'openai', keys: [2] })
    street.upstream.script('*', [{ kind: 'rate-daily' }, { kind: 'ok' }])
    expect(await street.chat('router', 'first')).toMatchObject({ status: 200, model: 'openai/gpt', key: 'key 1' })
  })

  test('survive a restart', async () => {
    const street = await openStreet([
      { slug: 'main', keys: [1], config: { queueTimeout: 0 } },
      { slug: 'zebra', keys: [2] },
    ])
    await street.setPool('main', to('zebra/third'))
    await street.close()
    const again = await openStreet([], street.dataDir)
    expect(again.pools.get('main').config.fallback).toEqual([{ model: 'first', then: ['zebra/third'] }])
    expect(again.log()).not.toContain('left out')
  })
})
