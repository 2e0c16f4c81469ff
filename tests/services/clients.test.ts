/** Clients of the proxy: what they may ask for, and tokens that end. */
import { describe, expect, test } from 'vitest'
import { createClientDirectory } from '../../src-main/clients/index.ts'
import { createCatalog } from '../../src-main/services/catalog.ts'
import { keepClientsKnown } from '../../src-main/services/client-sync.ts'
import { createClientService } from '../../src-main/services/clients.ts'
import type { ConfigWrites } from '../../src-main/storage/types.ts'
import { nothingStored } from '../storage/fixtures.ts'
import { VirtualClock } from '../support/clock.ts'

const day = 86_400_000
const plain = { lane: 'interactive', budget: null, expiresAt: null } as const

/** Catalog, directory and service as the application wires them, over a list of what was written. */
function openDesk() {
  const clock = new VirtualClock()
  const written: ConfigWrites[] = []
  const catalog = createCatalog({ write: async (writes) => void written.push(writes) }, nothingStored)
  const directory = createClientDirectory()
  const known = keepClientsKnown(directory, catalog, clock)
  const clients = createClientService({ catalog, clock, lastSeen: known.lastSeen })
  return { clock, written, clients, known, authorise: (token: string) => directory.authorise(token, clock.now()) }
}

describe('clients', () => {
  test('are made with models, a budget and an end, and shown with them, never with the token or its hash', async () => {
    const { clock, clients } = openDesk()
    const budget = { usd: 5, period: 'day' } as never
    const input = { name: 'CI', models: ['gpt-*'], lane: 'background', budget, expiresAt: clock.now() + day } as const
    const { token, ...made } = await clients.create({ ...input, models: [...input.models] }, 'admin')
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
