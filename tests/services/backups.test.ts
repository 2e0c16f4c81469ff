/** Backups over real folders: made, kept, deleted, put back while Keywheel runs. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createBackupService } from '../../src-main/services/backups.ts'
import { createCatalog } from '../../src-main/services/catalog.ts'
import type { LiveEvent } from '../../src-preload/contract/index.ts'
import { newFolder, newStorage } from '../storage/fixtures.ts'
import { client, estateFolder, openEstate } from './estate.ts'
import { openPool, secretOf } from './house.ts'

const keyOf = (n: number, pool: string) => ({ secret: secretOf(n), pools: [pool], tags: [], notes: '', weight: 1, priority: 0 })

/** The service over a real database, with a clock to turn. */
async function keeper() {
  const folder = newFolder()
  const storage = await newStorage({ folder })
  const catalog = createCatalog(storage, await storage.load())
  const clock = { at: Date.now(), now: () => clock.at }
  const told: LiveEvent[] = []
  const bus = { publish: (event: LiveEvent) => void told.push(event) }
  const backups = createBackupService({ folder, storage, catalog, clock, bus })
  return { folder: join(folder, 'backups'), backups, catalog, clock, told }
}

const hour = 3_600_000

describe('copies', () => {
  test('are made each day by themselves; the newest stay, and those that a person asked for', async () => {
    const { backups, clock, catalog, told } = await keeper()
    await catalog.commit({ putSettings: { backupsKept: 2 } })
    const asked = await backups.create('local')
    for (let hours = 0; hours < 100; hours += 1) {
      await backups.chore()
      clock.at += hour
    }
    const all = await backups.list()
    expect(all.map(({ why }) => why)).toEqual(['daily', 'daily', 'asked'])
    expect(all[0]!.at - all[1]!.at).toBe(24 * hour)
    expect(all[2]).toEqual(asked)
    expect(told).toContainEqual({ type: 'changed', what: 'backups' })
  })

  test('are not made when none are to be kept, and those that are there stay', async () => {
    const { backups, catalog, clock } = await keeper()
    await backups.chore()
    await catalog.commit({ putSettings: { backupsKept: 0 } })
    clock.at += 48 * hour
    await backups.chore()
    expect(await backups.list()).toHaveLength(1)
  })

  test('of one moment do not take each other’s place', async () => {
    const { backups } = await keeper()
    const [one, other] = [await backups.create('local'), await backups.create('local')]
    expect(one.name).not.toBe(other.name)
    expect((await backups.list()).map(({ name }) => name)).toEqual([other.name, one.name])
  })

  test('are readable by their owner only, and other files beside them are nobody’s business', async () => {
    const { backups, folder } = await keeper()
    const { name } = await backups.create('local')
    const modes = [folder, join(folder, name)].map((file) => statSync(file).mode & 0o777)
    expect(process.platform === 'win32' ? [0o700, 0o600] : modes).toEqual([0o700, 0o600])
    writeFileSync(join(folder, 'notes.db'), '')
    expect(await backups.list()).toHaveLength(1)
    for (const foreign of ['notes.db', '..', '../keywheel.db', 'keywheel-x-asked.db'])
      await expect(backups.remove(foreign, 'local')).rejects.toMatchObject({ code: 'BACKUP_NOT_FOUND' })
    expect(existsSync(join(folder, '..', 'keywheel.db'))).toBe(true)
  })

  test('that were deleted come back for a moment, and then they are destroyed', async () => {
    const { backups, clock, folder } = await keeper()
    const { name } = await backups.create('local')
    expect(await backups.remove(name, 'local')).toEqual({ undoUntil: clock.at + 30_000 })
    expect(await backups.list()).toEqual([])
    expect(await backups.undelete(name, 'local')).toMatchObject({ name })
    expect(await backups.list()).toHaveLength(1)
    await backups.remove(name, 'local')
    clock.at += 60_000
    await backups.chore()
    await expect(backups.undelete(name, 'local')).rejects.toMatchObject({ code: 'BACKUP_NOT_FOUND' })
    expect(readdirSync(folder).filter((file) => file.includes('asked'))).toEqual([])
  })

  test('that are damaged are listed as such', async () => {
    const { backups, folder } = await keeper()
    await backups.create('local')
    writeFileSync(join(folder, 'keywheel-20200101-000000-000-asked.db'), 'nothing of ours')
    const [, damaged] = await backups.list()
    expect(damaged).toMatchObject({ at: Date.UTC(2020, 0, 1), holds: null })
    await expect(backups.soundFile(damaged!.name)).rejects.toMatchObject({ code: 'BACKUP_UNUSABLE' })
  })
})

describe('putting one back', () => {
  test('brings keys, clients and settings as they were, over the open window; the proxy and who listens go on', async () => {
    const estate = await openEstate()
    const { services } = estate
    await openPool(services, 'then')
    await services.keys.create(keyOf(1, 'then'), 'local')
    const { token } = await services.clients.create(client('then'), 'local')
    await services.settings.update({ retentionDays: 7 }, 'local')
    const backup = await services.backups.create('local')
    expect(backup.holds).toEqual({ pools: 1, keys: 1, vault: 'same' })
    await services.pools.remove('then', 'local')
    await openPool(services, 'now')
    await services.settings.update({ retentionDays: 9 }, 'local')
    const { url } = services.proxy.status()
    const told: LiveEvent[] = []
    services.subscribe((event) => told.push(event))

    const kept = await services.backups.restore(backup.name, 'local')
    expect(kept).toMatchObject({ why: 'before-restore', holds: { pools: 1, keys: 1 } })
    expect(services.pools.list().map(({ slug }) => slug)).toEqual(['then'])
    expect(services.settings.get().retentionDays).toBe(7)
    const [key] = services.keys.list({ limit: 9 }).items
    expect(await services.keys.reveal(key!.id, 'local')).toMatchObject({ secret: secretOf(1) })
    expect(services.proxy.status()).toMatchObject({ url, state: 'on' })
    const answer = await fetch(`${url}/v1/models`, { headers: { authorization: `Bearer ${token}` } })
    expect(answer.status).toBe(200)
    expect(told).toContainEqual({ type: 'changed', what: 'workspaces' })

    await services.backups.restore(kept.name, 'local')
    expect(services.pools.list().map(({ slug }) => slug)).toEqual(['now'])
    await estate.close()
    expect(estate.audit('default').at(-1)).toBe(`backup.restore ${kept.name}`)
  })

  test('leaves the proxy as it was left: a backup from when it was on does not turn it on', async () => {
    const { services } = await openEstate()
    const { name } = await services.backups.create('local')
    await services.proxy.stop('local')
    await services.backups.restore(name, 'local')
    expect(services.proxy.status().state).toBe('off')
    expect(await services.backups.list()).toHaveLength(2)
  })

  test('of what cannot be used is refused before anything is closed', async () => {
    const { services, dataDir } = await openEstate()
    await openPool(services, 'now')
    const { name } = await services.backups.create('local')
    writeFileSync(join(dataDir, 'backups', name), 'damaged')
    await expect(services.backups.restore(name, 'local')).rejects.toMatchObject({ code: 'BACKUP_UNUSABLE' })
    await expect(services.backups.restore('keywheel-x', 'local')).rejects.toMatchObject({ code: 'BACKUP_NOT_FOUND' })
    expect(services.pools.list()).toHaveLength(1)
    expect((await services.backups.list()).map(({ why }) => why)).toEqual(['asked'])
  })

  test('a vault that needs a person is locked afterwards and opens as it did then', async () => {
    const { services, dataDir, close } = await openEstate({ noKeyFile: true })
    await services.vault.create({ mode: 'sealed', slot: { kind: 'passphrase', passphrase: 'correct horse battery' } }, 'local')
    await openPool(services, 'a')
    await services.keys.create(keyOf(1, 'a'), 'local')
    const { name } = await services.backups.create('local')
    await services.backups.restore(name, 'local')
    expect(services.vault.status()).toMatchObject({ state: 'locked', reason: 'PASSPHRASE_NEEDED' })
    await services.vault.unlock({ passphrase: 'correct horse battery' }, 'local')
    const [key] = services.keys.list({ limit: 9 }).items
    expect(await services.keys.reveal(key!.id, 'local')).toMatchObject({ secret: secretOf(1) })
    await close()
    expect(existsSync(join(dataDir, 'keywheel.db.staged'))).toBe(false)
  })

  test('erasing everything takes the backups along', async () => {
    const { services, dataDir } = await openEstate()
    await services.backups.create('local')
    await services.system.erase('local')
    expect(await services.backups.list()).toEqual([])
    expect(existsSync(join(dataDir, 'backups'))).toBe(false)
  })

  test.each([0, 200, 900])('killed %d ms into it, the next start has the one or the other, whole', async (delay) => {
    const dataDir = estateFolder()
    const first = await openEstate({ dataDir })
    await openPool(first.services, 'then')
    await first.services.keys.create(keyOf(1, 'then'), 'local')
    const { name } = await first.services.backups.create('local')
    await openPool(first.services, 'now')
    await first.close()

    const child = spawn(process.execPath, [new URL('./backups-child.ts', import.meta.url).pathname, dataDir, name], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(child.stdout, 'data')
    await new Promise((over) => setTimeout(over, delay))
    child.kill('SIGKILL')
    await once(child, 'exit')

    const { services } = await openEstate({ dataDir })
    const slugs = services.pools.list().map(({ slug }) => slug)
    expect([['then'], ['now', 'then']]).toContainEqual(slugs)
    const [key] = services.keys.list({ limit: 9 }).items
    expect(await services.keys.reveal(key!.id, 'local')).toMatchObject({ secret: secretOf(1) })
  })
})
