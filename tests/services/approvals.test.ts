/** Programs that ask the running application for a token: over its port, with the real database, through a restart. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import type { LiveEvent } from '../../src-preload/contract/index.ts'
import { plainly } from './approvals-desk.ts'
import { type House, openHouse, openPool } from './house.ts'

const urlOf = (house: House) => house.proxy.status().url ?? ''
const ask = (house: House, body: object, headers: Record<string, string> = {}) =>
  fetch(`${urlOf(house)}/connect`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
const askFor = async (house: House, body: object) => (await (await ask(house, body)).json()) as { code: string; poll: string }
const poll = (house: House, path: string) => fetch(urlOf(house) + path)
const tokenOf = async (answer: Response) => ((await answer.json()) as { token: string }).token
const callWith = async (house: House, token: string, slug: string) =>
  (await fetch(`${urlOf(house)}/${slug}/models`, { headers: { authorization: `Bearer ${token}` } })).status

test('two programs at once are told apart, and each token opens what was given with it until it is revoked', async () => {
  const house = await openHouse()
  await house.pools.demo('local')
  await openPool(house, 'other')
  const events: LiveEvent[] = []
  house.subscribe((event) => events.push(event))
  const [one, two] = await Promise.all([askFor(house, { name: 'One', pools: ['demo'] }), askFor(house, { name: 'Two\u202e' })])
  const asked = house.approvals.list()
  expect(asked.map(({ name }) => name).toSorted()).toEqual(['One', 'Two'])
  // It is this very process that asks; other systems may not tell.
  const told = process.platform === 'linux' ? [process.pid] : [process.pid, undefined]
  expect(told).toContain(asked[0]?.process?.pid)
  expect(events).toContainEqual({ type: 'changed', what: 'approvals' })
  const idOf = (code: string) => asked.find((approval) => approval.code === code)?.id ?? ''
  await house.approvals.approve(idOf(one.code), plainly, 'local')
  await house.approvals.deny(idOf(two.code), 'admin')

  expect((await poll(house, two.poll)).status).toBe(403)
  const token = await tokenOf(await poll(house, one.poll))
  expect((await poll(house, one.poll)).status).toBe(410)
  expect(await callWith(house, token, 'demo')).toBe(200)
  expect(await callWith(house, token, 'other')).toBe(404)
  const [approval] = house.approvals.list().filter(({ state }) => state === 'connected')
  expect(house.clients.get(approval?.clientId ?? '')).toMatchObject({ name: 'One', pools: ['demo'], state: 'active' })
  await house.clients.revoke(approval?.clientId ?? '', 'local')
  expect(await callWith(house, token, 'demo')).toBe(401)
  expect(house.approvals.list()).toContainEqual(expect.objectContaining({ id: approval?.id, clientState: 'revoked' }))
  expect(house.audit().map(({ actor, action }) => `${actor} ${action}`)).toEqual(
    expect.arrayContaining(['local approval.approve', 'admin approval.deny', 'system approval.connect', 'local client.revoke']),
  )
  const secrets = [token, one.poll.split('/')[2], two.poll.split('/')[2]]
  const shown = JSON.stringify([house.approvals.list(), house.clients.list(), events, house.audit()]) + house.log()
  for (const secret of secrets) expect(shown).not.toContain(secret)
})

test('programs that run beside each other wait for their person, and each gets its own token', async () => {
  const house = await openHouse({ lock: 'nothing' })
  await house.pools.demo('local')
  const program = new URL('./approvals-program.ts', import.meta.url).pathname
  const run = async (name: string) => {
    const { stdout } = await promisify(execFile)(process.execPath, [program, urlOf(house), name])
    return { name, ...(JSON.parse(stdout) as { pid: number; status: number; digest: string; served: number }) }
  }
  const running = Promise.all(['Yes', 'No', 'Yes too'].map(run))
  await expect.poll(() => house.approvals.list().length, { timeout: 10_000 }).toBe(3)
  const asked = house.approvals.list()
  for (const { id, name } of asked) {
    if (name === 'No') await house.approvals.deny(id, 'local')
    else await house.approvals.approve(id, plainly, 'local')
  }
  const [yes, no, too] = await running
  expect([yes?.status, no?.status, too?.status]).toEqual([200, 403, 200])
  expect([yes?.served, no?.served, too?.served]).toEqual([200, 401, 200])
  expect(yes?.digest).not.toBe(too?.digest)
  const pids = new Map([yes, no, too].map((one) => [one?.name, one?.pid]))
  for (const { name, process: asking } of asked) {
    const told = process.platform === 'linux' ? [pids.get(name)] : [pids.get(name), undefined]
    expect(told).toContain(asking?.pid)
  }
})

test('an approval survives a restart until its program comes for it; pages and a shut door are turned away', async () => {
  const house = await openHouse({ lock: 'nothing' })
  await house.pools.demo('local')
  const asked = await askFor(house, { name: 'Program' })
  const waiting = await askFor(house, { name: 'Later' })
  const idOf = (of: House, code: string) => of.approvals.list().find((approval) => approval.code === code)?.id ?? ''
  await house.approvals.approve(idOf(house, asked.code), plainly, 'local')
  await house.close()

  const again = await openHouse({ dataDir: house.dataDir, lock: 'nothing' })
  expect((await poll(again, waiting.poll)).status).toBe(202)
  const answers = await Promise.all([poll(again, asked.poll), poll(again, asked.poll)])
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 410])
  const token = await tokenOf(answers.find(({ ok }) => ok) ?? Response.json({}))
  expect(await callWith(again, token, 'demo')).toBe(200)

  expect((await ask(again, { name: 'Page' }, { origin: 'https://evil.example' })).status).toBe(403)
  await again.settings.update({ connectRequests: false }, 'local')
  expect((await ask(again, { name: 'Program' })).status).toBe(404)
  expect((await poll(again, waiting.poll)).status).toBe(404)
  await again.settings.update({ connectRequests: true }, 'local')
  expect((await poll(again, waiting.poll)).status).toBe(202)
  await again.system.erase('local')
  expect((await poll(again, waiting.poll)).status).toBe(404)
  expect(again.approvals.list()).toEqual([])
})
