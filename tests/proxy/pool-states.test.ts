/** Drafts and retired pools, as clients meet them. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type ScriptedUpstream, startScriptedUpstream } from '../../src-main/demo/index.ts'
import { fallingBack, type House, type HousePool, openHouse } from './house.ts'

let upstream: ScriptedUpstream
let house: House

async function open(pools: Partial<HousePool>[]) {
  house = await openHouse(
    pools.map((pool, at) => ({
      slug: `pool-${at}`,
      baseUrl: `${upstream.url}/v1`,
      keys: [`sk-test-${'a'.repeat(30)}${at}`],
      ...pool,
    })),
  )
}

beforeEach(async () => {
  upstream = await startScriptedUpstream()
})
afterEach(async () => {
  await house.close()
  await upstream.close()
})

const chat = (slug: string, headers: Record<string, string>, model = 'gpt-4o-mini') =>
  fetch(`${house.url}/${slug}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'hi' }] }),
  })
const bearer = (token = house.token) => ({ authorization: `Bearer ${token}` })

test('a draft is to clients as if it were not there', async () => {
  await open([{ slug: 'draft', state: 'draft' }])
  const [draft, missing] = await Promise.all(['draft', 'nothing'].map((slug) => chat(slug, bearer())))
  expect([draft?.status, await draft?.text()]).toEqual([404, await missing?.text()])
  expect(upstream.requests).toHaveLength(0)
})

describe('a retired pool', () => {
  const retired = () => open([{ slug: 'old', state: 'retired', successor: 'new' }, { slug: 'new' }])

  test.each([
    ['OpenAI', () => bearer(), { error: { type: 'invalid_request_error', code: 'POOL_RETIRED' } }],
    [
      'Anthropic',
      () => ({ 'x-api-key': house.token }),
      { type: 'error', error: { type: 'invalid_request_error', code: 'POOL_RETIRED' } },
    ],
    ['Gemini', () => ({ 'x-goog-api-key': house.token }), { error: { code: 410, details: [{ reason: 'POOL_RETIRED' }] } }],
  ] as [string, () => Record<string, string>, object][])(
    'says so with its successor in the words of %s',
    async (_, headers, shape) => {
      await retired()
      const answer = await chat('old', headers())
      expect(answer.status).toBe(410)
      expect(answer.headers.get('link')).toBe('</new>; rel="successor-version"')
      const body = await answer.text()
      expect(JSON.parse(body)).toMatchObject(shape)
      expect(body).toContain('This pool was retired. /new takes its place.')
      expect(upstream.requests).toHaveLength(0)
    },
  )

  test('names the pool where a line of successors ends, and none that does not serve', async () => {
    await open([
      { slug: 'a', state: 'retired', successor: 'b' },
      { slug: 'b', state: 'retired', successor: 'c' },
      { slug: 'c' },
      { slug: 'd', state: 'retired', successor: 'gone' },
      { slug: 'e', state: 'retired', successor: 'draft' },
      { slug: 'draft', state: 'draft' },
      { slug: 'f', state: 'retired', successor: 'g' },
      { slug: 'g', state: 'retired', successor: 'f' },
      { slug: 'h', state: 'retired' },
    ])
    const links = ['a', 'b', 'd', 'e', 'f', 'g', 'h'].map(async (slug) => {
      const answer = await chat(slug, bearer())
      return [answer.status, answer.headers.get('link')]
    })
    const toC = '</c>; rel="successor-version"'
    expect(await Promise.all(links)).toEqual([[410, toC], [410, toC], ...Array.from({ length: 5 }, () => [410, null])])
  })

  test('tells no client of a pool that is none of its business', async () => {
    await retired()
    const guest = await chat('old', bearer(house.tokenFor(['old'])))
    expect([guest.status, guest.headers.get('link'), (await guest.text()).includes('new')]).toEqual([410, null, false])
    expect((await chat('old', bearer(house.tokenFor(['new'])))).status).toBe(404)
    expect((await chat('old', bearer('wrong'))).status).toBe(401)
  })
})

test('nobody falls back to a pool that is no clients’ yet, or no more', async () => {
  await open([
    { slug: 'main', keys: [], config: { queueTimeout: 0, fallback: [fallingBack('*', 'draft/m', 'old/m', 'good/m')] } },
    { slug: 'draft', state: 'draft' },
    { slug: 'old', state: 'retired' },
    { slug: 'good' },
  ])
  const answer = await chat('main', bearer())
  expect([answer.status, answer.headers.get('x-keywheel-key')]).toEqual([200, 'Key 3'])
})
