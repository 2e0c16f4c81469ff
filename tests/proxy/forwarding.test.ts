/** What goes through the proxy and comes back: paths, methods, bodies, headers, credentials, rows. */
import { createHash, randomBytes } from 'node:crypto'
import { afterEach, expect, test } from 'vitest'
import { type ScriptedUpstream, startScriptedUpstream } from '../../src-main/demo/index.ts'
import { type House, type HousePool, openHouse } from './house.ts'

let upstream: ScriptedUpstream
let house: House
const secretA = 'sk-test-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'
const secretB = 'sk-test-bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb'

async function open(pool: Partial<HousePool> = {}, options = {}) {
  upstream = await startScriptedUpstream()
  house = await openHouse([{ slug: 'main', baseUrl: `${upstream.url}/echo`, keys: [secretA, secretB], ...pool }], options)
}
afterEach(async () => {
  await house.close()
  await upstream.close()
})
const call = (path: string, init: RequestInit & { duplex?: 'half' } = {}) =>
  fetch(house.url + path, { redirect: 'manual', ...init, headers: { authorization: `Bearer ${house.token}`, ...init.headers } })

test('method, path, query and body arrive as they were sent', async () => {
  await open()
  for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
    const body = method === 'GET' ? null : `the body of ${method}`
    const answer = await call(`/main/a%2Fb/c%20d?x=1&y=%20&x=2`, { method, body })
    expect(answer.status).toBe(200)
    const seen = upstream.requests.at(-1)
    expect(seen?.method).toBe(method)
    expect(seen?.url).toBe('/echo/a%2Fb/c%20d?x=1&y=%20&x=2')
    expect(seen?.body).toBe(body ?? '')
    expect(seen?.key).toBe(secretA)
  }
})

test('a large random body arrives whole, with its length and without', async () => {
  await open({ baseUrl: '' }).catch(() => {})
})
