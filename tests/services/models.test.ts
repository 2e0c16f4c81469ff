/** What pools serve: as a person says, as the provider lists, or as a guess; and whether a key could serve it now. */
import { describe, expect, test } from 'vitest'
import { startScriptedUpstream } from '../../src-main/demo/index.ts'
import type { ServedModel } from '../../src-preload/contract/index.ts'
import { openHouse, openPool, secretOf } from './house.ts'
import { openStreet } from './street.ts'

/** `pool/model source`, with `!` behind it where no key is ready. */
const shown = (models: readonly ServedModel[]) =>
  models.map(({ pool, model, source, ready }) => `${pool}/${model} ${source}${ready ? '' : ' !'}`)

const listed = ['gpt-4o', 'gpt-4o-mini', 'text-embedding-3-small']

describe('what a pool serves', () => {
  test('is what its provider lists, through one of its keys', async () => {
    const street = await openStreet([{ slug: 'main', keys: [1, 2] }])
    expect(shown(await street.routes.refresh())).toEqual(listed.map((model) => `main/${model} listed`))
    const asked = street.upstream.requests.filter(({ url }) => url === '/v1/models')
    expect(asked.length).toBeGreaterThan(0)
    expect([secretOf(1), secretOf(2)]).toContain(asked[0]?.key)
  })

  test('is found out by itself, soon after its first key has come', async () => {
    const street = await openStreet([{ slug: 'main', keys: [] }], undefined, true)
    expect(await street.routes.refresh()).toEqual([])
    await street.addKey(1, { pools: ['main'] })
    await expect.poll(() => shown(street.routes.models()), { timeout: 10_000 }).toHaveLength(listed.length)
  })

  test('is what a person says instead, where one does', async () => {
    const street = await openStreet([{ slug: 'main', keys: [1], config: { models: ['my-own', 'my-own', 'gpt-4o'] } }])
    expect(shown(await street.routes.refresh())).toEqual(['main/my-own set', 'main/gpt-4o set'])
    expect(street.upstream.requests).toEqual([])
    await street.setPool('main', { models: [] })
    expect(shown(await street.routes.refresh())).toHaveLength(listed.length)
  })

  test('is Azure’s deployments, whose own list is of what could be deployed', async () => {
    const street = await openStreet([
      { slug: 'azure', provider: 'azure-openai', keys: [1], config: { deployments: { 'gpt-4o': 'my-deployment' } } },
    ])
    expect(shown(await street.routes.refresh())).toEqual(['azure/gpt-4o set'])
  })

  test('is a guess by its provider’s names where nobody says: only of models that others are known to have', async () => {
    const street = await openStreet([
      { slug: 'main', keys: [1], config: { models: ['gpt-4o', 'claude-sonnet-4-5'] } },
      { slug: 'azure', provider: 'azure-openai', keys: [2] },
    ])
    expect(shown(await street.routes.refresh())).toEqual([
      'main/gpt-4o set',
      'main/claude-sonnet-4-5 set',
      'azure/gpt-4o guessed',
    ])
  })

  test('is no more there when the pool is deleted, and again when it comes back', async () => {
    const street = await openStreet([{ slug: 'main', keys: [1] }])
    await street.routes.refresh()
    await street.pools.remove('main', 'local')
    expect(street.routes.models()).toEqual([])
    await street.pools.restore('main', 'local')
    expect(street.routes.models()).toHaveLength(listed.length)
  })

  test('of the demo pool is what its built-in upstream lists; it needs no vault', async () => {
    const house = await openHouse({ lock: 'nothing' })
    await house.pools.demo('local')
    expect(shown(await house.routes.refresh())).toEqual(listed.map((model) => `demo/${model} listed`))
  })
})

describe('a list', () => {
  test('is remembered over a restart, and read again then', async () => {
    const street = await openStreet([{ slug: 'main', keys: [1] }])
    await street.routes.refresh()
    await street.close()
    await street.upstream.close()
    const again = await openHouse({ dataDir: street.dataDir })
    expect(shown(again.routes.models())).toEqual(listed.map((model) => `main/${model} listed`))
    expect(shown(await again.routes.refresh())).toEqual(listed.map((model) => `main/${model} listed`))
  })

  test('is of one upstream: another base URL has another', async () => {
    const street = await openStreet([{ slug: 'main', keys: [1] }])
    await street.routes.refresh()
    await street.pools.update('main', { baseUrl: 'http://127.0.0.1:9/v1' }, 'local')
    expect(street.routes.models()).toEqual([])
  })

  test('that cannot be had leaves the old one, and says so in the log without the key', async () => {
    const street = await openStreet([{ slug: 'main', keys: [1] }])
    await street.routes.refresh()
    street.upstream.script('*', { kind: 'error-in-200' })
    expect(await street.routes.refresh()).toHaveLength(listed.length)
    street.upstream.script('*', { kind: 'overloaded' })
    expect(await street.routes.refresh()).toHaveLength(listed.length)
    expect(street.log()).toContain('status 503')
    expect(street.log()).not.toContain(secretOf(1))
  })

  test('that is refused to one key is asked for with another, and the key goes on serving', async () => {
    const street = await openStreet([{ slug: 'main', keys: [1, 2] }])
    street.upstream.script(secretOf(1), { kind: 'key-invalid' })
    expect(await street.routes.refresh()).toHaveLength(listed.length)
    expect(street.keys.get(street.id(1)).state).not.toBe('invalid')
  })

  test('is asked for only where the keys may go', async () => {
    const street = await openStreet([{ slug: 'main', keys: [1] }])
    const other = await startScriptedUpstream()
    await street.pools.update('main', { baseUrl: `${other.url}/v1` }, 'local')
    expect(await street.routes.refresh()).toEqual([])
    expect(other.requests).toEqual([])
    await street.pools.trust('main', 'local')
    expect(await street.routes.refresh()).toHaveLength(listed.length)
    await other.close()
  })
})

describe('ready', () => {
  test('is a model that a key could serve now', async () => {
    const street = await openStreet([{ slug: 'main', keys: [1], config: { models: ['m', 'n'] } }])
    expect(shown(street.routes.models())).toEqual(['main/m set', 'main/n set'])
    await street.setKey(1, { enabled: false })
    expect(shown(street.routes.models())).toEqual(['main/m set !', 'main/n set !'])
    await street.setKey(1, { enabled: true, limits: { m: { rpm: 0 } } })
    expect(shown(street.routes.models())).toEqual(['main/m set !', 'main/n set'])
  })

  test('is nothing of a pool without keys, and nothing while the vault is locked', async () => {
    const house = await openHouse({ lock: 'nothing' })
    await openPool(house, 'main')
    await house.pools.update('main', { config: { models: ['m'] } }, 'local')
    expect(shown(house.routes.models())).toEqual(['main/m set !'])
  })
})
