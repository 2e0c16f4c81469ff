/** Clients of the proxy: what they may ask for, tokens that are changed, taken away and end, and what was used. */
import { describe, expect, test } from 'vitest'
import { periodEnd } from '../../src-main/base/calendar.ts'
import { createClientDirectory } from '../../src-main/clients/index.ts'
import { createCatalog } from '../../src-main/services/catalog.ts'
import { keepClientsKnown } from '../../src-main/services/clients/client-sync.ts'
import { createClientUse } from '../../src-main/services/clients/client-use.ts'
import { createClientService } from '../../src-main/services/clients/clients.ts'
import { machineZone } from '../../src-main/services/machine-zone.ts'
import type { ClientDayRow, ConfigWrites } from '../../src-main/storage/types.ts'
import { type ClientCreate, clientCreate, clientPatch } from '../../src-preload/contract/client.ts'
import { nothingStored, pool } from '../storage/fixtures.ts'
import { VirtualClock } from '../support/clock.ts'

const day = 86_400_000
const plain: Omit<ClientCreate, 'name'> = { lane: 'interactive', budget: null, quotas: [], expiresAt: null }

/** Catalog, directory and service as the application wires them, over a list of what was written. */
function openDesk() {
  const clock = new VirtualClock()
  const written: ConfigWrites[] = []
  const stored: ClientDayRow[] = []
  let saves = 0
  const catalog = createCatalog(
    { write: async (writes) => void written.push(writes) },
    { ...nothingStored, pools: [pool(), pool({ slug: 'other' })] },
  )
  const directory = createClientDirectory()
  const known = keepClientsKnown(directory, catalog, clock)
  const clientUse = createClientUse({
    catalog,
    remembered: { quotas: [], clientDays: [] },
    storage: {
      clientDays: async ({ client, from, to }) =>
        stored.filter((row) => row.client === client && row.day >= from && row.day <= to),
    },
    clock,
    calendar: { periodEnd },
  })
  const saveMemory = async () => void saves++
  const clients = createClientService({ catalog, clock, lastSeen: known.lastSeen, clientUse, saveMemory })
  return {
    clock,
    written,
    stored,
    catalog,
    clients,
    clientUse,
    known,
    saves: () => saves,
    authorise: (token: string) => directory.authorise(token, clock.now()),
    make: (fields: object = {}) => clients.create(clientCreate.parse({ name: 'Editor', ...fields }), 'local'),
    change: (id: string, fields: object) => clients.update(id, clientPatch.parse(fields), 'local'),
  }
}

const audited = ({ written }: { written: ConfigWrites[] }) =>
  written.flatMap(({ audit = [] }) => audit.map(({ action }) => action))

describe('clients', () => {
  test('are made with models, a budget and an end, and shown with them, never with the token or its hash', async () => {
    const { clock, clients } = openDesk()
    const budget = { usd: 5, period: 'day' } as never
    const input = { name: 'CI', models: ['gpt-*'], lane: 'background', budget, quotas: [], expiresAt: clock.now() + day } as const
    const { token, ...made } = await clients.create({ ...input, models: [...input.models], quotas: [] }, 'admin')
    expect(made).toMatchObject(input)
    expect(clients.list()).toEqual([made])
    expect(JSON.stringify(clients.list())).not.toMatch(new RegExp(`${token}|[0-9a-f]{64}`))
  })

  test('may use every model and never end unless told', async () => {
    const { clients, authorise, clock } = openDesk()
    const { token } = await clients.create({ ...plain, name: 'Editor' }, 'local')
    clock.advance(4000 * day)
    expect(authorise(token)).toMatchObject({ models: null, pools: null, expiresAt: null })
  })

  test('an end that has passed is refused, for a new client and for a renewal', async () => {
    const { clients, clock } = openDesk()
    const refused = { code: 'INVALID_INPUT', data: { fields: [{ path: 'expiresAt' }] } }
    await expect(clients.create({ ...plain, name: 'late', expiresAt: clock.now() }, 'local')).rejects.toMatchObject(refused)
    const { id } = await clients.create({ ...plain, name: 'run', expiresAt: clock.now() + day }, 'local')
    await expect(clients.renew(id, clock.now(), 'local')).rejects.toMatchObject(refused)
    const endless = await clients.create({ ...plain, name: 'Editor' }, 'local')
    await expect(clients.renew(endless.id, clock.now() + day, 'local')).rejects.toMatchObject(refused)
    await expect(clients.renew('client_none', clock.now() + day, 'local')).rejects.toMatchObject({ code: 'CLIENT_NOT_FOUND' })
  })

  test('a token is refused from its end on, and serves again when that is put off', async () => {
    const { clients, clock, authorise, written } = openDesk()
    const { id, token } = await clients.create({ ...plain, name: 'run', expiresAt: clock.now() + day }, 'local')
    clock.advance(day - 1)
    expect(authorise(token)?.id).toBe(id)
    clock.advance(1)
    expect(authorise(token)).toBeNull()
    await clients.renew(id, clock.now() + day, 'admin')
    expect(authorise(token)?.id).toBe(id)
    expect(written.at(-1)?.audit).toMatchObject([{ actor: 'admin', action: 'client.renew', subject: id }])
    await clients.remove(id, 'admin')
    expect(authorise(token)).toBeNull()
  })

  test('one that ended is listed for a week, then forgotten', async () => {
    const { clients, clock, known } = openDesk()
    await clients.create({ ...plain, name: 'run', expiresAt: clock.now() + day }, 'local')
    await clients.create({ ...plain, name: 'Editor' }, 'local')
    clock.advance(8 * day - 1)
    await known.save()
    expect(clients.list()).toHaveLength(2)
    clock.advance(1)
    await known.save()
    expect(clients.list().map(({ name }) => name)).toEqual(['Editor'])
  })
})

describe('a change', () => {
  test('of what a client may use holds for its next call, with the same token', async () => {
    const desk = openDesk()
    const { id, token, tokenHint } = await desk.make({ pools: ['main'], models: ['gpt-*'], expiresAt: desk.clock.now() + day })
    const changed = await desk.change(id, { name: 'CI', pools: ['other'], lane: 'background', budget: { usd: 5, per: 'day' } })
    expect(changed).toMatchObject({
      name: 'CI',
      pools: ['other'],
      models: ['gpt-*'],
      lane: 'background',
      tokenHint,
      state: 'active',
    })
    expect(desk.authorise(token)).toMatchObject({ name: 'CI', pools: ['other'], models: ['gpt-*'], lane: 'background' })
    const cleared = await desk.change(id, { pools: null, models: null, budget: null, expiresAt: null })
    expect(cleared).toMatchObject({ name: 'CI', pools: null, models: null, budget: null, expiresAt: null })
    expect(desk.authorise(token)).toMatchObject({ pools: null, models: null, expiresAt: null })
    expect(audited(desk)).toEqual(['client.create', 'client.update', 'client.update'])
  })

  test('to nothing that is there is refused by name', async () => {
    const desk = openDesk()
    const { id } = await desk.make()
    await expect(desk.change(id, { pools: ['nowhere'] })).rejects.toMatchObject({
      code: 'POOL_NOT_FOUND',
      data: { fields: [{ path: 'pools' }] },
    })
    await expect(desk.change(id, { expiresAt: desk.clock.now() })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      data: { fields: [{ path: 'expiresAt' }] },
    })
    await expect(desk.change('client_none', {})).rejects.toMatchObject({ code: 'CLIENT_NOT_FOUND' })
    expect(() => desk.clients.get('client_none')).toThrow(expect.objectContaining({ code: 'CLIENT_NOT_FOUND' }))
    expect(desk.clients.get(id)).toMatchObject({ pools: null, expiresAt: null })
  })

  test('may keep a pool that is in the trash, and an end that has passed', async () => {
    const desk = openDesk()
    const expiresAt = desk.clock.now() + day
    const { id } = await desk.make({ pools: ['main', 'other'], expiresAt })
    await desk.catalog.commit({ putPools: [pool({ deletedAt: 1 })] })
    desk.clock.advance(2 * day)
    expect(await desk.change(id, { name: 'CI', pools: ['main'], expiresAt })).toMatchObject({ pools: ['main'], state: 'ended' })
    await desk.change(id, { pools: ['other'] })
    await expect(desk.change(id, { pools: ['main', 'other'] })).rejects.toMatchObject({ code: 'POOL_NOT_FOUND' })
  })
})

describe('a token', () => {
  test('that is replaced stops at once; the new one serves as the same client', async () => {
    const desk = openDesk()
    const { id, token, tokenHint } = await desk.make({ pools: ['main'], quotas: [{ duration: 'DAY', credits: 5 }] })
    desk.clientUse.take(id, { pool: 'main', model: null, tokens: 0, nanos: 0 })
    desk.authorise(token)
    const rotated = await desk.clients.rotate(id, 'local')
    expect(desk.authorise(token)).toBeNull()
    expect(desk.authorise(rotated.token)).toMatchObject({ id, pools: ['main'] })
    expect(rotated).toMatchObject({ id, quotas: [{ used: 1 }], lastSeenAt: desk.clock.now() })
    expect(rotated.tokenHint).not.toBe(tokenHint)
    expect(rotated.token.endsWith(rotated.tokenHint)).toBe(true)
    expect(JSON.stringify(desk.clients.list())).not.toContain(rotated.token)
  })

  test('of a client that has ended is not replaced', async () => {
    const desk = openDesk()
    const { id } = await desk.make({ expiresAt: desk.clock.now() + day })
    desk.clock.advance(day)
    expect(desk.clients.get(id).state).toBe('ended')
    await expect(desk.clients.rotate(id, 'local')).rejects.toMatchObject({ data: { fields: [{ path: 'expiresAt' }] } })
    await desk.clients.renew(id, desk.clock.now() + day, 'local')
    expect((await desk.clients.rotate(id, 'local')).state).toBe('active')
  })

  test('that is taken away is dead at once and for ever; the record and what was used stay', async () => {
    const desk = openDesk()
    const { id, token } = await desk.make({ quotas: [{ duration: 'DAY', credits: 5 }], expiresAt: desk.clock.now() + day })
    desk.authorise(token)
    desk.clientUse.finished({ clientId: id, credits: 1 })
    const now = desk.clock.now()
    expect(await desk.clients.revoke(id, 'local')).toMatchObject({ state: 'revoked', revokedAt: now, lastSeenAt: now })
    expect(desk.authorise(token)).toBeNull()
    for (const refused of [
      desk.clients.rotate(id, 'local'),
      desk.change(id, { name: 'again' }),
      desk.clients.renew(id, now + 2 * day, 'local'),
    ])
      await expect(refused).rejects.toMatchObject({ code: 'CLIENT_REVOKED' })
    desk.clock.advance(1000)
    // Once more is no other moment.
    expect(await desk.clients.revoke(id, 'local')).toMatchObject({ revokedAt: now })
    desk.clock.advance(30 * day)
    await desk.known.save()
    expect(desk.clients.list()).toMatchObject([{ id, state: 'revoked', quotas: [{ credits: 5 }], lastSeenAt: now }])
    expect(await desk.clients.usage(id, {})).toHaveLength(1)
    expect(audited(desk).filter((action) => action === 'client.revoke')).toHaveLength(1)
    await desk.clients.remove(id, 'local')
    expect(desk.clients.list()).toEqual([])
  })

  test('that was taken away stays so after a restart', async () => {
    const desk = openDesk()
    const { id, token } = await desk.make()
    await desk.clients.revoke(id, 'local')
    const directory = createClientDirectory()
    keepClientsKnown(directory, desk.catalog, desk.clock)
    expect(directory.authorise(token, desk.clock.now())).toBeNull()
  })
})

describe('quotas', () => {
  test('begin when they are saved, in the zone of the machine, and are shown as they stand', async () => {
    const desk = openDesk()
    const now = desk.clock.now()
    const { id, quotas } = await desk.make({
      quotas: [
        { duration: 'MONTH', credits: 10 },
        { duration: 'HOUR', credits: -1 },
      ],
    })
    expect(quotas).toEqual([
      { duration: 'HOUR', credits: -1, start: now, zone: machineZone, used: 0, remaining: -1, renewsAt: now + 3_600_000 },
      { duration: 'MONTH', credits: 10, start: now, zone: machineZone, used: 0, remaining: 10, renewsAt: expect.any(Number) },
    ])
    desk.clientUse.take(id, { pool: 'main', model: null, tokens: 0, nanos: 0 })
    expect(desk.clients.get(id).quotas).toMatchObject([
      { used: 1, remaining: -1 },
      { used: 1, remaining: 9 },
    ])
  })

  test('that are changed keep their beginning and what was used; those left out are gone', async () => {
    const desk = openDesk()
    const start = desk.clock.now()
    const { id } = await desk.make({
      quotas: [
        { duration: 'DAY', credits: 10, zone: 'Asia/Tokyo' },
        { duration: 'HOUR', credits: 1 },
      ],
    })
    desk.clientUse.take(id, { pool: 'main', model: null, tokens: 0, nanos: 0 })
    desk.clock.advance(60_000)
    const changed = await desk.change(id, { quotas: [{ duration: 'DAY', credits: 2 }] })
    expect(changed.quotas).toMatchObject([{ duration: 'DAY', credits: 2, start, zone: 'Asia/Tokyo', used: 1, remaining: 1 }])
    expect((await desk.change(id, { name: 'CI' })).quotas).toEqual(changed.quotas)
    expect((await desk.change(id, { quotas: [] })).quotas).toEqual([])
    expect(desk.clientUse.take(id, { pool: 'main', model: null, tokens: 0, nanos: 0 })).toBeNull()
  })

  test.each([
    [
      [
        { duration: 'DAY', credits: 1 },
        { duration: 'DAY', credits: 2 },
      ],
    ],
    [[{ duration: 'DECADE', credits: 1 }]],
    [[{ duration: 'DAY', credits: -2 }]],
    [[{ duration: 'DAY', credits: 1e10 }]],
    [[{ duration: 'DAY', credits: Number.NaN }]],
    [[{ duration: 'DAY', credits: 1, zone: 'Atlantis/Capital' }]],
    [[{ duration: 'DAY', credits: 1, start: 8.64e15 }]],
    [[{ duration: 'DAY', credits: 1, start: 0.5 }]],
  ])('that make no sense are refused: %j', (quotas) => {
    expect(clientCreate.safeParse({ name: 'Editor', quotas }).success).toBe(false)
    expect(clientPatch.safeParse({ quotas }).success).toBe(false)
  })

  test('may begin at either end of the calendar', async () => {
    const desk = openDesk()
    for (const start of [-62_135_596_800_000, 253_402_300_799_999]) {
      for (const duration of ['SECOND', 'DAY', 'WEEK', 'MONTH', 'YEAR']) {
        const { quotas } = await desk.make({ quotas: [{ duration, credits: 1, start, zone: 'Pacific/Apia' }] })
        expect(quotas[0]?.renewsAt).toBeGreaterThan(desk.clock.now())
      }
    }
  })
})

describe('usage', () => {
  const nameOf = (at: number) => new Date(at).toLocaleDateString('sv', { timeZone: machineZone })

  test('is what was stored and what was counted since', async () => {
    const desk = openDesk()
    const { id } = await desk.make()
    const now = desk.clock.now()
    desk.stored.push({ client: id, day: '2025-12-01', calls: 2, credits: 3 })
    desk.stored.push({ client: 'other', day: '2025-12-02', calls: 9, credits: 9 })
    desk.clientUse.finished({ clientId: id, credits: 0.5 })
    desk.clientUse.finished({ clientId: id, credits: null })
    desk.clientUse.finished({ clientId: 'stranger', credits: 1 })
    desk.clientUse.finished({ clientId: null, credits: null })
    const today = { day: nameOf(now), calls: 2, credits: 0.5 }
    expect(await desk.clients.usage(id, {})).toEqual([{ day: '2025-12-01', calls: 2, credits: 3 }, today])
    expect(await desk.clients.usage(id, { from: now, to: now })).toEqual([today])
    expect(await desk.clients.usage(id, { to: Date.parse('2025-12-20') })).toHaveLength(1)
    await expect(desk.clients.usage('client_none', {})).rejects.toMatchObject({ code: 'CLIENT_NOT_FOUND' })
  })

  test('that is forgotten gives its credits back, where their interval is running', async () => {
    const desk = openDesk()
    const quotas = [
      { duration: 'DAY', credits: 10 },
      { duration: 'YEAR', credits: 100 },
    ]
    const { id } = await desk.make({ quotas })
    const call = () => {
      const taken = desk.clientUse.take(id, { pool: 'main', model: null, tokens: 0, nanos: 0 })
      const credits = taken?.kind === 'taken' ? taken.settle({ reached: true, tokens: null, nanos: null }) : 0
      desk.clientUse.finished({ clientId: id, credits })
    }
    for (let i = 0; i < 4; i++) call()
    const first = desk.clock.now()
    desk.clock.advance(day)
    for (let i = 0; i < 3; i++) call()
    const used = () => desk.clients.get(id).quotas.map((one) => one.used)
    expect(used()).toEqual([3, 7])
    await desk.clients.forgetUsage(id, { from: first, to: first }, 'local')
    expect(used()).toEqual([3, 3])
    expect((await desk.clients.usage(id, {})).map(({ calls }) => calls)).toEqual([3])
    await desk.clients.forgetUsage(id, {}, 'local')
    expect(used()).toEqual([0, 0])
    expect(await desk.clients.usage(id, {})).toEqual([])
    expect(desk.saves()).toBe(2)
    expect(audited(desk).slice(-2)).toEqual(['client.forgetUsage', 'client.forgetUsage'])
    await expect(desk.clients.forgetUsage('client_none', {}, 'local')).rejects.toMatchObject({ code: 'CLIENT_NOT_FOUND' })
  })
})

describe('a pool that is destroyed', () => {
  test('is nobody’s any more; who had only that one has none, which is not all', async () => {
    const desk = openDesk()
    const [both, one, all] = [
      await desk.make({ pools: ['main', 'other'] }),
      await desk.make({ pools: ['main'] }),
      await desk.make(),
    ]
    await desk.catalog.commit({ removePools: ['main'] })
    expect(desk.clients.list().map(({ pools }) => pools)).toEqual([['other'], [], null])
    await desk.catalog.commit({ putPools: [pool()] })
    expect([both, one, all].map(({ token }) => desk.authorise(token)?.pools)).toEqual([['other'], [], null])
    expect(desk.written.find(({ removePools }) => removePools)).toMatchObject({
      putClients: [{ pools: ['other'] }, { pools: [] }],
    })
  })

  test.each([
    ['as it was decided', ['other'], ['main', 'other'], ['other']],
    ['as it was asked for', ['main'], undefined, []],
    ['all of them', ['main'], null, null],
  ])('is not given to a program that was approved and comes later: %s', async (_, asked, decided, left) => {
    const desk = openDesk()
    const decision = {
      lane: 'interactive',
      budget: null,
      quotas: [],
      expiresAt: null,
      ...(decided === undefined ? {} : { pools: decided }),
    }
    const approval = { id: 'a1', state: 'approved', pools: asked, decision } as never
    await desk.catalog.commit({ putApprovals: [approval, { ...(approval as object), id: 'a2', decision: null } as never] })
    await desk.catalog.commit({ removePools: ['main'] })
    const row = desk.catalog.approvals.get('a1')
    expect(row?.decision?.pools === undefined ? row?.pools : row.decision.pools).toEqual(left)
    expect(desk.catalog.approvals.get('a2')).toMatchObject({ pools: asked, decision: null })
  })

  test('takes its name from users as well, and a change that comes along counts', async () => {
    const desk = openDesk()
    const { id } = await desk.make({ pools: ['main'] })
    const row = desk.catalog.clients.get(id)
    if (row === undefined) throw new Error('no client')
    await desk.catalog.commit({ removePools: ['main'], putPools: [pool()], putClients: [{ ...row, pools: ['main'] }] })
    expect(desk.clients.get(id).pools).toEqual(['main'])
    const user = { id: 'u1', username: 'ann', pools: ['main', 'other'] }
    await desk.catalog.commit({ putUsers: [user as never] })
    await desk.catalog.commit({ removePools: ['main'], removeClients: [id] })
    expect(desk.catalog.users.get('u1')?.pools).toEqual(['other'])
    expect(desk.clients.list()).toEqual([])
  })
})
