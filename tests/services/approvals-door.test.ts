/** A program asks for a token and comes for it: codes, limits, names, times, and one token for one approval. */
import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { hashToken } from '../../src-main/clients/index.ts'
import { newCode, shownName } from '../../src-main/services/approvals/code.ts'
import { sweepApprovals } from '../../src-main/services/approvals/state.ts'
import { KeywheelError } from '../../src-preload/contract/index.ts'
import * as fc from '../support/fast-check.ts'
import { openDesk, origin, plainly } from './approvals-desk.ts'

const minute = 60_000

/** Somebody asked, and was approved. */
async function approved(desk = openDesk(), body: object = { name: 'Program', pools: ['main'] }) {
  const { json } = await desk.ask(body)
  const [approval] = desk.approvals.list()
  await desk.approvals.approve(approval?.id ?? '', plainly, 'local')
  return { desk, poll: json.poll as string, id: approval?.id ?? '' }
}

describe('who asks', () => {
  test('is told a code, where to ask how it stands and how often, and until when', async () => {
    const desk = openDesk()
    const { status, headers, json } = await desk.ask({ name: 'Program', pools: ['main'] })
    expect(status).toBe(202)
    expect(json).toEqual({
      code: expect.stringMatching(/^[A-Z0-9]{4}-[A-Z0-9]{2}$/),
      poll: expect.stringMatching(/^\/connect\/[\w-]{43}$/),
      interval: 2,
      expiresAt: desk.clock.now() + 10 * minute,
    })
    expect(headers).toMatchObject({ location: json.poll, 'retry-after': '2' })
    const pending = await desk.poll(json.poll)
    expect([pending.status, pending.headers['retry-after']]).toEqual([202, '2'])
    expect(pending.json).toEqual({ state: 'pending', code: json.code, interval: 2, expiresAt: json.expiresAt })
  })

  test('is shown with the same code; of the address only the digest is kept', async () => {
    const desk = openDesk({ process: () => ({ pid: 42, name: 'node', path: '/usr/bin/node' }) })
    const { json } = await desk.ask({ name: 'Program', pools: ['main'] })
    expect(desk.approvals.list()).toEqual([
      {
        id: expect.stringMatching(/^approval_/),
        code: json.code,
        name: 'Program',
        pools: ['main'],
        state: 'pending',
        address: '127.0.0.1',
        process: { pid: 42, name: 'node', path: '/usr/bin/node' },
        createdAt: desk.clock.now(),
        expiresAt: desk.clock.now() + 10 * minute,
        decidedAt: null,
        clientId: null,
        clientState: null,
      },
    ])
    const secret = json.poll.split('/').at(-1)
    expect(JSON.stringify(desk.written)).not.toContain(secret)
    expect(JSON.stringify(desk.written)).toContain(createHash('sha256').update(secret).digest('hex'))
  })

  test('has a code like no other that is waiting, without letters that look alike', () => {
    const taken = new Set<string>()
    for (let i = 0; i < 2000; i++) taken.add(newCode(taken))
    expect(taken.size).toBe(2000)
    expect([...taken].join('')).not.toMatch(/[0O1IL2Z5S8BUVAE]/)
  })

  test.each([
    ['no JSON', '{"name"', 400, 'MALFORMED_JSON'],
    ['a list', '[]', 400, 'MALFORMED_JSON'],
    ['nothing', '', 400, 'MALFORMED_JSON'],
    ['bytes that are no text', Buffer.from('{"name":"\xe4"}', 'latin1'), 400, 'MALFORMED_JSON'],
    ['no name', '{}', 400, 'INVALID_INPUT'],
    ['a name that nobody could read', JSON.stringify({ name: '\u202e\u0007 \u200b' }), 400, 'INVALID_INPUT'],
    ['a name that is a number', '{"name":5}', 400, 'INVALID_INPUT'],
    ['no pools at all', '{"name":"x","pools":[]}', 400, 'INVALID_INPUT'],
    ['a pool that is none', '{"name":"x","pools":["../etc"]}', 400, 'INVALID_INPUT'],
    ['a reserved pool', '{"name":"x","pools":["v1"]}', 400, 'INVALID_INPUT'],
  ])('with %s is told what is wrong', async (_, body, status, code) => {
    const desk = openDesk()
    const answer = await desk.send({ method: 'POST', body })
    expect([answer.status, answer.json.error.code]).toEqual([status, code])
    expect(desk.approvals.list()).toEqual([])
  })

  test('in another form than JSON is told so', async () => {
    const form = { method: 'POST', body: 'name=x', headers: { 'content-type': 'application/x-www-form-urlencoded' } }
    expect((await openDesk().send(form)).status).toBe(415)
    // A page could send this without asking first.
    expect((await openDesk().send({ ...form, body: '{"name":"x"}', headers: { 'content-type': 'text/plain' } })).status).toBe(415)
  })

  test('with anything at all gets an answer that it can read', async () => {
    const desk = openDesk()
    const body = fc.oneof(
      fc.uint8Array().map((bytes) => Buffer.from(bytes)),
      fc.json(),
      fc.record({ name: fc.string({ unit: 'binary' }) }),
    )
    const path = fc.oneof(
      fc.constant('/connect'),
      fc.string().map((rest) => `/connect/${rest}`),
    )
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('GET', 'POST', 'HEAD', 'PUT'), path, body, async (method, at, sent) => {
        desk.clock.advance(10 * minute)
        const { status, json } = await desk.send({ method, path: at, body: sent })
        expect([202, 400, 404, 405]).toContain(status)
        expect(status === 202 ? json.code : json.error.code).toEqual(expect.any(String))
      }),
    )
    for (const { name } of desk.approvals.list()) expect(name).toMatch(/^[^\p{C}]{1,64}$/u)
  })

  test.each([
    ['GET', '/connect', 'POST'],
    ['DELETE', '/connect', 'POST'],
    ['HEAD', `/connect/${'a'.repeat(43)}`, 'GET'],
    ['POST', `/connect/${'a'.repeat(43)}`, 'GET'],
  ])('%s %s is not for that', async (method, path, allow) => {
    const answer = await openDesk().send({ method, path })
    expect([answer.status, answer.headers['allow']]).toEqual([405, allow])
  })

  test.each([
    '/connect/',
    '/connect/short',
    `/connect/${'a'.repeat(43)}`,
    `/connect/${'a'.repeat(43)}/x`,
    `/connect/${'%41'.repeat(43)}`,
  ])('%s is nobody’s address', async (path) => {
    expect((await openDesk().poll(path)).status).toBe(404)
  })
})

describe('names', () => {
  test.each([
    ['  My \n\t editor  ', 'My editor'],
    ['safe\u202etxt.exe', 'safetxt.exe'],
    ['a\u0000b\u001b[31mc', 'ab[31mc'],
    ['zero\u200b\u2060width\ufeff', 'zerowidth'],
    ['\ud800lone', 'lone'],
    ['\u2800\u034f\u115f\u17b4\u3164\ufe0f\u{e0100}', ''],
    [`z${'\u0300'.repeat(50)}`, 'z\u0300\u0300'.normalize('NFC')],
    ['日本語 ✓', '日本語 ✓'],
  ])('%j is shown as %j', (said, shown) => {
    expect(shownName(said)).toBe(shown)
  })

  test('have 64 characters at most, and are never cut within one', () => {
    expect(shownName('x'.repeat(500))).toBe('x'.repeat(64))
    expect(shownName(`${'x'.repeat(63)}😀`)).toBe('x'.repeat(63))
  })
})

describe('an approval', () => {
  test('gives one token, once; the client is stored at that moment, with its digest', async () => {
    const { desk, poll } = await approved()
    expect(desk.catalog.clients.size).toBe(0)
    const { status, json } = await desk.poll(poll)
    expect(status).toBe(200)
    expect(json).toEqual({
      state: 'approved',
      token: expect.stringMatching(/^kw_[\w-]{43}$/),
      name: 'Program',
      pools: ['main'],
      baseUrl: origin,
      addresses: { openai: `${origin}/v1`, anthropic: origin, gemini: origin, pools: { main: `${origin}/main` } },
    })
    const [client] = desk.catalog.clients.values()
    expect(client).toMatchObject({ name: 'Program', pools: ['main'], tokenHash: hashToken(json.token), revokedAt: null })
    expect(desk.approvals.list()).toMatchObject([{ state: 'connected', clientId: client?.id, clientState: 'active' }])
    expect(JSON.stringify(desk.written)).not.toContain(json.token)
    const again = await desk.poll(poll)
    expect([again.status, again.json.error.code]).toEqual([410, 'FETCHED'])
    expect(desk.catalog.clients.size).toBe(1)
  })

  test('gives one token to two that come at the same moment', async () => {
    const { desk, poll } = await approved()
    const answers = await Promise.all(Array.from({ length: 8 }, () => desk.poll(poll)))
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, ...Array.from({ length: 7 }, () => 410)])
    expect(desk.catalog.clients.size).toBe(1)
  })

  test('is not spent on a program that has gone, or when it cannot be written', async () => {
    const { desk, poll } = await approved()
    await expect(desk.poll(poll, AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone')
    desk.fail(new KeywheelError('DISK_FULL'))
    expect((await desk.poll(poll)).status).toBe(507)
    expect(desk.catalog.clients.size).toBe(0)
    desk.fail(null)
    expect((await desk.poll(poll)).status).toBe(200)
  })

  test('of two programs gives each its own', async () => {
    const desk = openDesk()
    const one = await desk.ask({ name: 'One', pools: ['main'] }, 50_001)
    const two = await desk.ask({ name: 'Two', pools: ['other'] }, 50_002)
    const idOf = (code: string) => desk.approvals.list().find((approval) => approval.code === code)?.id ?? ''
    await desk.approvals.approve(idOf(two.json.code), plainly, 'local')
    await desk.approvals.deny(idOf(one.json.code), 'local')
    const [first, second] = await Promise.all([desk.poll(one.json.poll), desk.poll(two.json.poll)])
    expect([first.status, first.json.error.code]).toEqual([403, 'DENIED'])
    expect([second.status, second.json.name, second.json.pools]).toEqual([200, 'Two', ['other']])
  })

  test('survives a restart between yes and fetching, and is still fetched once', async () => {
    const before = await approved()
    const loaded = { approvals: [...before.desk.catalog.approvals.values()] }
    const after = openDesk({ loaded, clock: before.desk.clock })
    expect((await after.poll(before.poll)).status).toBe(200)
    expect((await after.poll(before.poll)).status).toBe(410)
  })

  test('gives no pool that was destroyed in between', async () => {
    const { desk, poll } = await approved(openDesk(), { name: 'Program', pools: ['main', 'other'] })
    await desk.catalog.commit({ removePools: ['main'] })
    expect((await desk.poll(poll)).json.pools).toEqual(['other'])
    const all = await approved(openDesk(), { name: 'Program', pools: ['main'] })
    await all.desk.catalog.commit({ removePools: ['main'] })
    // None, which is not the same as all.
    expect((await all.desk.poll(all.poll)).json.pools).toEqual([])
  })

  test('that nobody gives, or nobody comes for, is over after ten minutes', async () => {
    const desk = openDesk()
    const { json } = await desk.ask()
    desk.clock.advance(10 * minute - 1)
    expect((await desk.poll(json.poll)).status).toBe(202)
    const [{ id } = { id: '' }] = desk.approvals.list()
    desk.clock.advance(1)
    const over = await desk.poll(json.poll)
    expect([over.status, over.json.error.code]).toEqual([410, 'EXPIRED'])
    expect(desk.approvals.list()).toMatchObject([{ state: 'expired' }])
    await expect(desk.approvals.approve(id, plainly, 'local')).rejects.toMatchObject({ code: 'APPROVAL_NOT_FOUND' })
    const late = await approved()
    late.desk.clock.advance(10 * minute)
    expect((await late.desk.poll(late.poll)).status).toBe(410)
    expect(late.desk.catalog.clients.size).toBe(0)
  })

  test('whose client is to end sooner is over by then', async () => {
    const desk = openDesk()
    const { json } = await desk.ask()
    const [{ id } = { id: '' }] = desk.approvals.list()
    await desk.approvals.approve(id, { ...plainly, expiresAt: desk.clock.now() + minute }, 'local')
    desk.clock.advance(minute)
    expect((await desk.poll(json.poll)).status).toBe(410)
  })
})

describe('the person', () => {
  test('may give less than was asked for, and under another name', async () => {
    const desk = openDesk()
    const { json } = await desk.ask({ name: 'Program' })
    const [{ id } = { id: '' }] = desk.approvals.list()
    const given = {
      name: 'Editor',
      pools: ['other'],
      models: ['gpt-*'],
      lane: 'background',
      expiresAt: desk.clock.now() + 60 * minute,
    }
    const quotas = [{ duration: 'DAY', credits: 5 }] as const
    await desk.approvals.approve(id, { ...plainly, ...given, lane: 'background', quotas: [...quotas] }, 'admin')
    expect((await desk.poll(json.poll)).json).toMatchObject({ name: 'Editor', pools: ['other'] })
    expect([...desk.catalog.clients.values()]).toMatchObject([{ ...given, quotas }])
    expect(desk.written.flatMap(({ audit = [] }) => audit)).toMatchObject([
      { actor: 'admin', action: 'approval.approve', subject: id },
      { actor: 'system', action: 'approval.connect', subject: expect.stringMatching(/^client_/) },
    ])
  })

  test('decides once; of a yes and a no at the same moment one counts', async () => {
    const { desk, id } = await approved()
    const decided = { code: 'APPROVAL_DECIDED' }
    await expect(desk.approvals.approve(id, plainly, 'local')).rejects.toMatchObject(decided)
    await expect(desk.approvals.deny(id, 'local')).rejects.toMatchObject(decided)
    await expect(desk.approvals.deny('approval_none', 'local')).rejects.toMatchObject({ code: 'APPROVAL_NOT_FOUND' })
    const other = openDesk()
    await other.ask()
    const [{ id: both } = { id: '' }] = other.approvals.list()
    const results = await Promise.allSettled([
      other.approvals.deny(both, 'local'),
      other.approvals.approve(both, plainly, 'admin'),
    ])
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
    expect(other.approvals.list()).toMatchObject([{ state: 'denied' }])
  })

  test('is told at once what could not be given later', async () => {
    const desk = openDesk()
    await desk.ask({ name: 'Program', pools: ['nowhere'] })
    const [{ id } = { id: '' }] = desk.approvals.list()
    const approve = (more: object) => desk.approvals.approve(id, { ...plainly, ...more }, 'local')
    await expect(approve({})).rejects.toMatchObject({ code: 'POOL_NOT_FOUND', data: { fields: [{ path: 'pools' }] } })
    const past = { pools: ['main'], expiresAt: desk.clock.now() }
    await expect(approve(past)).rejects.toMatchObject({ code: 'INVALID_INPUT', data: { fields: [{ path: 'expiresAt' }] } })
    expect(await approve({ pools: null })).toMatchObject({ state: 'approved' })
  })

  test('sees the newest first, and what was decided for a week', async () => {
    const desk = openDesk()
    for (const name of ['First', 'Second']) {
      await desk.ask({ name })
      desk.clock.advance(minute)
    }
    const [second, first] = desk.approvals.list()
    expect([second?.name, first?.name]).toEqual(['Second', 'First'])
    await desk.approvals.deny(first?.id ?? '', 'local')
    await sweepApprovals(desk.catalog, desk.clock)
    expect(desk.approvals.list()).toHaveLength(2)
    desk.clock.advance(10 * minute)
    await sweepApprovals(desk.catalog, desk.clock)
    expect([...desk.catalog.approvals.values()].map(({ state }) => state).toSorted()).toEqual(['denied', 'expired'])
    const writes = desk.written.length
    await sweepApprovals(desk.catalog, desk.clock)
    expect(desk.written).toHaveLength(writes)
    desk.clock.advance(7 * 24 * 60 * minute)
    await sweepApprovals(desk.catalog, desk.clock)
    expect(desk.approvals.list()).toEqual([])
  })

  test('sees two hundred of them at most', async () => {
    const { desk } = await approved()
    const [row] = [...desk.catalog.approvals.values()]
    if (row === undefined) throw new Error('nobody asked')
    const many = Array.from({ length: 300 }, (_, at) => ({
      ...row,
      id: `old-${at}`,
      pollHash: String(at),
      state: 'denied' as const,
      decidedAt: desk.clock.now() - at,
    }))
    await desk.catalog.commit({ putApprovals: many })
    await sweepApprovals(desk.catalog, desk.clock)
    const kept = desk.approvals.list()
    expect(kept.filter(({ state }) => state === 'denied')).toHaveLength(200)
    expect(kept.map(({ id }) => id)).toContain('old-199')
    expect(kept.some(({ state }) => state === 'approved')).toBe(true)
  })
})

describe('a flood', () => {
  /** Each from a process of its own, a minute apart, so that only the number that waits can stop them. */
  const slowly = async (desk: ReturnType<typeof openDesk>, count: number, portOf: (n: number) => number) => {
    const statuses: number[] = []
    for (let n = 0; n < count; n++) {
      statuses.push((await desk.ask({ name: `n${n}` }, portOf(n))).status)
      desk.clock.advance(7000)
    }
    return statuses
  }

  test('of one address is ten a minute', async () => {
    const desk = openDesk({ process: (port) => ({ pid: port, name: 'x', path: null }) })
    const answers = await Promise.all(Array.from({ length: 12 }, (_, n) => desk.ask({ name: 'x' }, 50_000 + n)))
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(10)
    const refused = answers.filter(({ status }) => status === 429)
    expect(refused.map(({ headers }) => headers['retry-after'])).toEqual(['60', '60'])
    const from = (address: string) => desk.send({ method: 'POST', body: { name: 'x' }, peer: { address, port: 1 } })
    // A program may come from any of its machine's addresses.
    for (const address of ['127.0.0.2', '127.255.1.1', '::1', '::ffff:127.0.0.1']) expect((await from(address)).status).toBe(429)
    expect((await from('192.0.2.1')).status).toBe(202)
    desk.clock.advance(minute)
    expect((await desk.ask({ name: 'x' }, 60_000)).status).toBe(202)
  })

  test('of one program is three that wait, of what cannot be told apart as well', async () => {
    const known = openDesk({ process: (port) => ({ pid: port % 2, name: 'x', path: null }) })
    expect(await slowly(known, 8, (n) => n)).toEqual([202, 202, 202, 202, 202, 202, 429, 429])
    const unknown = openDesk()
    expect(await slowly(unknown, 4, (n) => n)).toEqual([202, 202, 202, 429])
    const [{ id } = { id: '' }] = unknown.approvals.list()
    await unknown.approvals.deny(id, 'local')
    expect((await unknown.ask()).status).toBe(202)
  })

  test('of many programs is sixteen that wait', async () => {
    const desk = openDesk({ process: (port) => ({ pid: port, name: 'x', path: null }) })
    const statuses = await slowly(desk, 18, (n) => n)
    expect(statuses.filter((status) => status === 202)).toHaveLength(16)
    const refused = await desk.ask({ name: 'x' }, 99)
    expect([refused.status, Number(refused.headers['retry-after'])]).toEqual([429, 600 - 18 * 7])
    desk.clock.advance((600 - 18 * 7) * 1000)
    expect((await desk.ask({ name: 'x' }, 99)).status).toBe(202)
  })

  test('at the same moment is sixteen as well', async () => {
    const desk = openDesk({ process: (port) => ({ pid: port, name: 'x', path: null }) })
    const from = (n: number) => ({ address: `192.0.2.${n}`, port: n })
    const asks = Array.from({ length: 64 }, (_, n) => desk.send({ method: 'POST', body: { name: 'x' }, peer: from(n) }))
    const statuses = (await Promise.all(asks)).map(({ status }) => status)
    expect(statuses.filter((status) => status === 202)).toHaveLength(16)
    expect(new Set(desk.approvals.list().map(({ code }) => code)).size).toBe(16)
  })
})
