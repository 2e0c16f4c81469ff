/** Workspaces over real folders: apart from each other, switched under load, opened, refused, remembered, removed. */
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Services } from '../../src-main/services/types.ts'
import { lockDataFolder } from '../../src-main/storage/folder-lock.ts'
import { openStorage } from '../../src-main/storage/open.ts'
import type { LiveEvent } from '../../src-preload/contract/index.ts'
import { startHeldUpstream } from '../support/held-upstream.ts'
import { client, type Estate, estateFolder, openEstate } from './estate.ts'
import { openPool, secretOf } from './house.ts'

const open = (services: Services, slug: string) => services.workspaces.open(slug, 'local')
const create = (services: Services, slug: string, name?: string) =>
  services.workspaces.create(name === undefined ? { slug } : { slug, name }, 'local')
const slugs = (services: Services) => services.pools.list().map(({ slug }) => slug)
const keyOf = (n: number, pool: string) => ({ secret: secretOf(n), pools: [pool], tags: [], notes: '', weight: 1, priority: 0 })

/** A pool with one key over an upstream that holds its answers, and a call through the proxy. */
async function openUpstream({ services }: Estate) {
  const upstream = await startHeldUpstream()
  await openPool(services, 'main', `${upstream.url}/v1`)
  await services.keys.create(keyOf(1, 'main'), 'local')
  const { token } = await services.clients.create(client('test'), 'local')
  const url = services.proxy.status().url
  const call = async () => {
    const answer = await fetch(`${url}/main/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'm', stream: true, messages: [{ role: 'user', content: 'hi' }] }),
    })
    return { status: answer.status, text: await answer.text() }
  }
  return { upstream, call, url }
}

const busy = { code: 'WORKSPACE_SWITCHING', status: 503, data: { retryAfter: 1 } }
/** A machine that is busy opens a workspace slowly. */
async function untilBusy(services: Services): Promise<void> {
  await expect.poll(() => refusal(() => services.pools.list()), { timeout: 50_000 }).toEqual(busy)
}

describe('two workspaces', () => {
  test('have nothing in common, and each is as it was left', async () => {
    const { services, dataDir } = await openEstate()
    await openPool(services, 'here')
    await services.keys.create(keyOf(1, 'here'), 'local')
    await services.clients.create(client('here'), 'local')
    expect(await create(services, 'team', 'The team')).toMatchObject({ slug: 'team', name: 'The team', open: false })

    expect(await open(services, 'team')).toMatchObject({ slug: 'team', open: true })
    expect([services.pools.list(), services.clients.list()]).toEqual([[], []])
    expect(services.keys.list({ limit: 50 }).total).toBe(0)
    expect(await services.system.info()).toMatchObject({ workspace: 'team', dataDir })
    expect((await services.workspaces.list()).map((each) => [each.slug, each.open])).toEqual([
      ['default', false],
      ['team', true],
    ])
    await openPool(services, 'there')

    await open(services, 'default')
    expect(slugs(services)).toEqual(['here'])
    expect(services.keys.list({ limit: 50 }).total).toBe(1)
    expect(services.clients.list().map(({ name }) => name)).toEqual(['here'])
    await open(services, 'team')
    expect(slugs(services)).toEqual(['there'])
  })

  test('a new one speaks and looks as the one before, and later as it was told', async () => {
    const { services } = await openEstate()
    await services.settings.update({ language: 'zh', theme: 'dark', retentionDays: 7 }, 'local')
    await create(services, 'team')
    await open(services, 'team')
    expect(services.settings.get()).toMatchObject({ language: 'zh', theme: 'dark', retentionDays: 30 })
    await services.settings.update({ language: 'en' }, 'local')
    await open(services, 'default')
    await open(services, 'team')
    expect(services.settings.get()).toMatchObject({ language: 'en', theme: 'dark' })
  })

  test('who made, opened and removed one is written down', async () => {
    const estate = await openEstate()
    await create(estate.services, 'team')
    await create(estate.services, 'gone')
    await open(estate.services, 'team')
    await estate.services.workspaces.remove('gone', 'gone', 'admin')
    await estate.close()
    expect(estate.audit('default')).toEqual(expect.arrayContaining(['workspace.create team', 'workspace.create gone']))
    expect(estate.audit('team')).toEqual(expect.arrayContaining(['workspace.open team', 'workspace.remove gone']))
  })

  test('a vault that needs a person is locked after the switch and opened as always', async () => {
    const { services } = await openEstate({ noKeyFile: true })
    await create(services, 'team')
    await open(services, 'team')
    expect(services.vault.status()).toMatchObject({ state: 'new' })
    const passphrase = 'correct horse battery'
    await services.vault.create({ mode: 'sealed', slot: { kind: 'passphrase', passphrase } }, 'local')
    await open(services, 'default')
    await open(services, 'team')
    expect(services.vault.status()).toMatchObject({ state: 'locked', reason: 'PASSPHRASE_NEEDED' })
    await services.vault.unlock({ passphrase }, 'local')
    expect(services.vault.status()).toMatchObject({ state: 'unlocked' })
  })
})

describe('a switch', () => {
  test('under load: calls in flight end well, the port stays, and no token of the one opens the other', async () => {
    const estate = await openEstate()
    const { services } = estate
    await create(services, 'team')
    const { call, url, upstream } = await openUpstream(estate)
    const calls = Array.from({ length: 24 }, call)
    await expect.poll(() => upstream.begun).toBe(24)
    const switching = open(services, 'team')
    await untilBusy(services)
    upstream.release()
    for (const { status, text } of await Promise.all(calls)) {
      expect(status).toBe(200)
      expect(text).toContain('the end')
    }
    await switching
    expect(services.proxy.status()).toMatchObject({ url, inFlight: 0 })
    expect((await call()).status).toBe(401)
    await open(services, 'default')
    expect((await services.usage.requests({ limit: 50 })).items.filter(({ status }) => status === 200)).toHaveLength(24)
    expect((await call()).status).toBe(200)
  })

  test('a change that is under way ends in the workspace that it was meant for', async () => {
    const { services } = await openEstate()
    await openPool(services, 'main')
    await create(services, 'team')
    const text = Array.from({ length: 2000 }, (_, n) => secretOf(n)).join('\n')
    const importing = services.keys.import({ text, pool: 'main', tags: [] }, 'local')
    await open(services, 'team')
    expect(await importing).toMatchObject({ added: 2000 })
    expect(services.keys.list({ limit: 1 }).total).toBe(0)
    await open(services, 'default')
    expect(services.keys.list({ limit: 1 }).total).toBe(2000)
  })

  test('between the two every call is told to come back, and none is carried out in the wrong one', async () => {
    const estate = await openEstate()
    const { services } = estate
    await create(services, 'team')
    const { call, upstream } = await openUpstream(estate)
    const slow = call()
    await expect.poll(() => upstream.begun).toBe(1)
    const switching = open(services, 'team')
    await untilBusy(services)
    await expect(openPool(services, 'stray')).rejects.toMatchObject(busy)
    upstream.release()
    await switching
    expect((await slow).text).toContain('the end')
    expect(slugs(services)).toEqual([])
    await open(services, 'default')
    expect(slugs(services)).toEqual(['main'])
  })

  test('whoever listens goes on hearing, and is told what has changed', async () => {
    const { services } = await openEstate()
    const heard: LiveEvent[] = []
    const stop = services.subscribe((event) => heard.push(event))
    const changes = () => heard.flatMap((event) => (event.type === 'changed' ? [event.what] : []))
    await create(services, 'team')
    expect(changes()).toEqual(['workspaces'])
    await open(services, 'team')
    expect(changes()).toEqual(['workspaces', 'workspaces'])
    expect(heard.at(-2)).toMatchObject({ type: 'vault.state', status: { state: 'unlocked' } })
    expect(heard.findLast(({ type }) => type === 'proxy.state')).toMatchObject({ status: { port: services.proxy.status().port } })
    await openPool(services, 'there')
    expect(changes()).toContain('pools')
    stop()
    const before = heard.length
    await openPool(services, 'unheard')
    expect(heard).toHaveLength(before)
  })

  test('to the one that is open changes nothing', async () => {
    const { services } = await openEstate()
    const { since } = services.proxy.status()
    expect(await open(services, 'default')).toMatchObject({ slug: 'default', open: true })
    expect(services.proxy.status().since).toBe(since)
  })

  test('many at once go one after the other', async () => {
    const { services } = await openEstate()
    for (const slug of ['a', 'b']) await create(services, slug)
    const opened = await Promise.all(['a', 'b', 'default', 'b', 'a'].map((slug) => open(services, slug)))
    expect(opened.map(({ slug, open: isOpen }) => [slug, isOpen])).toEqual(
      ['a', 'b', 'default', 'b', 'a'].map((slug) => [slug, true]),
    )
    expect(await services.system.info()).toMatchObject({ workspace: 'a' })
  })

  test('the proxy listens at the port of the workspace, unless one was asked for', async () => {
    const [portA, portB] = [await freePort(), await freePort()]
    const { services } = await openEstate({ proxyPort: 'setting' })
    await services.proxy.start({ port: portA }, 'local')
    await create(services, 'team')
    await open(services, 'team')
    await services.proxy.start({ port: portB }, 'local')
    await open(services, 'default')
    expect(services.proxy.status().port).toBe(portA)
    await open(services, 'team')
    expect(services.proxy.status().port).toBe(portB)
    await services.proxy.stop('local')
    await open(services, 'default')
    await open(services, 'team')
    expect(services.proxy.status().state).toBe('off')
  })
})

describe('what cannot be opened', () => {
  test('a damaged one is refused with the reason, and the open one has not missed a call', async () => {
    const { services, dataDir } = await openEstate()
    await openPool(services, 'here')
    await create(services, 'torn')
    const file = join(dataDir, 'workspaces', 'torn', 'keywheel.db')
    writeFileSync(
      file,
      'this is no database, and it is longer than a header of one hundred bytes, which is what SQLite reads first',
    )
    const { since } = services.proxy.status()
    await expect(open(services, 'torn')).rejects.toMatchObject({ code: 'STORAGE_FAILED', data: { action: 'restore' } })
    expect(services.proxy.status().since).toBe(since)
    expect(slugs(services)).toEqual(['here'])
    rmSync(file)
    expect(await open(services, 'torn')).toMatchObject({ open: true })
  })

  test('one that somebody else has open is refused, and is not what the next start opens', async () => {
    const estate = await openEstate()
    const { services, dataDir } = estate
    await create(services, 'team')
    const log = { info: () => undefined, warn: () => undefined }
    const other = await openStorage({ folder: join(dataDir, 'workspaces', 'team'), log, now: Date.now })
    await expect(open(services, 'team')).rejects.toMatchObject({ code: 'STORAGE_FAILED', data: { action: 'close-other' } })
    await expect(services.workspaces.remove('team', 'team', 'local')).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
    await other.close()
    expect(await services.system.info()).toMatchObject({ workspace: 'default' })
    await estate.close()
    const again = await openEstate({ dataDir })
    expect(await again.services.system.info()).toMatchObject({ workspace: 'default' })
  })

  test('one that is not there: the others are named', async () => {
    const { services } = await openEstate()
    await create(services, 'team')
    const refused = await open(services, 'tema').catch((error: Error) => error)
    expect(refused).toMatchObject({ code: 'WORKSPACE_NOT_FOUND' })
    expect((refused as Error).message).toContain('default, team')
  })
})

describe('the start', () => {
  test('opens the one that was open last, or the one that is asked for, for this run only', async () => {
    const first = await openEstate()
    const { dataDir } = first
    await create(first.services, 'team')
    await create(first.services, 'other')
    await open(first.services, 'team')
    await first.close()
    const second = await openEstate({ dataDir })
    expect(await second.services.system.info()).toMatchObject({ workspace: 'team' })
    await second.close()
    const third = await openEstate({ dataDir, workspace: 'other' })
    expect(await third.services.system.info()).toMatchObject({ workspace: 'other' })
    await third.close()
    const fourth = await openEstate({ dataDir })
    expect(await fourth.services.system.info()).toMatchObject({ workspace: 'team' })
  })

  test('with one that is not there it is refused, and the data folder is free again', async () => {
    const dataDir = estateFolder()
    await expect(openEstate({ dataDir, workspace: 'team' })).rejects.toMatchObject({ code: 'WORKSPACE_NOT_FOUND' })
    expect(existsSync(join(dataDir, 'keywheel.db'))).toBe(false)
    const { services } = await openEstate({ dataDir })
    expect(await services.system.info()).toMatchObject({ workspace: 'default' })
  })

  test('opens the default one when the last one is gone, and says so', async () => {
    const first = await openEstate()
    const { dataDir } = first
    await create(first.services, 'team')
    await open(first.services, 'team')
    await first.close()
    rmSync(join(dataDir, 'workspaces', 'team'), { recursive: true })
    const second = await openEstate({ dataDir })
    expect(await second.services.system.info()).toMatchObject({ workspace: 'default' })
    expect(second.log()).toContain('the workspace that was open last is not there any more')
  })

  test('one Keywheel a data folder, whichever workspace either of them wants', async () => {
    const { services, dataDir, close } = await openEstate()
    await create(services, 'team')
    await open(services, 'team')
    const other = { code: 'STORAGE_FAILED', data: { action: 'close-other' } }
    await expect(openEstate({ dataDir, workspace: 'default' })).rejects.toMatchObject(other)
    await expect(openEstate({ dataDir, workspace: 'team' })).rejects.toMatchObject(other)
    expect(services.pools.list()).toEqual([])
    await close()
    lockDataFolder(dataDir).close()
  })
})

describe('removing', () => {
  test('takes the folder with everything in it, after its name was typed', async () => {
    const { services, dataDir } = await openEstate()
    await create(services, 'team')
    await open(services, 'team')
    await openPool(services, 'there')
    await services.keys.create(keyOf(1, 'there'), 'local')
    const remove = (slug: string, confirm: string) => services.workspaces.remove(slug, confirm, 'local')
    await expect(remove('team', 'team')).rejects.toMatchObject({ code: 'WORKSPACE_OPEN' })
    await open(services, 'default')
    for (const wrong of ['', 'Team', 'team ', 'default']) {
      const refused = { code: 'INVALID_INPUT', data: { fields: [{ path: 'confirm' }] } }
      await expect(remove('team', wrong)).rejects.toMatchObject(refused)
    }
    await expect(remove('nowhere', 'nowhere')).rejects.toMatchObject({ code: 'WORKSPACE_NOT_FOUND' })
    await remove('team', 'team')
    expect(readdirSync(join(dataDir, 'workspaces'))).toEqual([])
    expect((await services.workspaces.list()).map(({ slug }) => slug)).toEqual(['default'])
    await create(services, 'team')
    await open(services, 'team')
    expect(slugs(services)).toEqual([])
  })

  test('the default one stays, being the data folder itself', async () => {
    const { services, dataDir } = await openEstate()
    await create(services, 'team')
    await open(services, 'team')
    await expect(services.workspaces.remove('default', 'default', 'local')).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    expect(existsSync(join(dataDir, 'keywheel.db'))).toBe(true)
  })

  test('one that was never opened goes as well', async () => {
    const { services } = await openEstate()
    await create(services, 'team')
    await services.workspaces.remove('team', 'team', 'local')
    expect(await services.workspaces.list()).toHaveLength(1)
  })
})

test('closing in the middle of a switch ends with the other one open and closed in order', async () => {
  const estate = await openEstate()
  await create(estate.services, 'team')
  const switching = open(estate.services, 'team')
  await estate.close()
  expect(await switching).toMatchObject({ slug: 'team' })
  await expect(open(estate.services, 'default')).rejects.toMatchObject({ code: 'WORKSPACE_SWITCHING' })
  const again = await openEstate({ dataDir: estate.dataDir })
  expect(await again.services.system.info()).toMatchObject({ workspace: 'team' })
})

function refusal(call: () => unknown): unknown {
  try {
    call()
    return undefined
  } catch (error) {
    const { code, status, data } = error as { code: string; status: number; data: object }
    return { code, status, data }
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const { port } = server.address() as { port: number }
  await new Promise((done) => server.close(done))
  return port
}
