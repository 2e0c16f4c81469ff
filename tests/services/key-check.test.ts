import { createServer, type RequestListener } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import { openHouse, openPool, secretOf } from './house.ts'

async function upstream(answer: RequestListener): Promise<string> {
  const server = createServer(answer)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as { port: number }).port}/v1`
}
const keyIn = (n: number) => ({ secret: secretOf(n), pools: ['a'], tags: [], notes: '', weight: 1, priority: 0 })
const json = { 'content-type': 'application/json' }

test('an upstream that quotes the key whole does not have it shown', async () => {
  const house = await openHouse()
  const refuse: RequestListener = (request, response) =>
    void response.writeHead(401, json).end(
      JSON.stringify({
        error: { message: `no such key: ${request.headers.authorization?.slice(7)}`, code: 'invalid_api_key' },
      }),
    )
  await openPool(house, 'a', await upstream(refuse))
  const { id } = await house.keys.create(keyIn(1), 'local')
  const checked = await house.keys.check(id, 'local')
  expect(checked).toMatchObject({ usable: false, outcome: 'key-invalid', message: expect.stringContaining('no such key') })
  expect(JSON.stringify([checked, house.keys.get(id), house.log()])).not.toContain(secretOf(1))
  expect(house.keys.get(id).state).toBe('invalid')
  expect(house.audit().at(-1)).toMatchObject({ action: 'key.check', subject: id })
})

test('an answer without end is read for a while and no longer', async () => {
  const house = await openHouse()
  let sent = 0
  const endless: RequestListener = (_, response) => {
    response.writeHead(200, json)
    const more = () => {
      while (!response.destroyed && response.write('x'.repeat(65_536))) sent += 65_536
      if (!response.destroyed) response.once('drain', more)
    }
    more()
  }
  await openPool(house, 'a', await upstream(endless))
  const { id } = await house.keys.create(keyIn(1), 'local')
  await house.keys.check(id, 'local')
  expect(sent).toBeLessThan(64 * 1024 * 1024)
})

test('what is said of a secret that was replaced meanwhile is not held against the new one', async () => {
  const house = await openHouse()
  const { promise, resolve } = Promise.withResolvers<void>()
  const late: RequestListener = (_, response) =>
    void promise.then(() =>
      response.writeHead(401, json).end(JSON.stringify({ error: { code: 'invalid_api_key', message: 'no' } })),
    )
  await openPool(house, 'a', await upstream(late))
  const { id } = await house.keys.create(keyIn(1), 'local')
  const checking = house.keys.check(id, 'local')
  await house.keys.update(id, { secret: secretOf(2) }, 'local')
  resolve()
  expect(await checking).toMatchObject({ outcome: 'key-invalid' })
  expect(house.keys.get(id)).toMatchObject({ checkedAt: null, state: 'unchecked' })
})
