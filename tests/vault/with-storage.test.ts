import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { openStorage } from '../../src-main/storage/open.ts'
import type { Storage } from '../../src-main/storage/types.ts'
import type { Keychain, Vault } from '../../src-main/vault/types.ts'
import { key, openai, vaultOver } from './support/bench.ts'
import { memoryKeychain } from './support/memory-keychain.ts'

/** The vault over the real database, opened as at a start. */
async function start(folder: string, keychain: Keychain): Promise<{ vault: Vault; storage: Storage; stop: () => Promise<void> }> {
  const quiet = { warn: () => undefined, info: () => undefined }
  const storage = await openStorage({ folder, log: quiet, now: Date.now })
  const vault = vaultOver(storage.vault, keychain, folder)
  await vault.unlock({})
  const stop = async () => {
    vault.close()
    await storage.close()
  }
  return { vault, storage, stop }
}

const newFolder = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'keywheel-vault-db-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

it.each([{ mode: 'sealed', slot: { kind: 'key-file' } }, { mode: 'keychain' }] as const)(
  'lives in the database from one start to the next: $mode',
  async (input) => {
    const folder = await newFolder()
    const keychain = memoryKeychain()
    const first = await start(folder, keychain)
    await first.vault.create(input)
    await first.vault.set([key('a', 'sk-canary-canary-canary'), key('b')], (vault) => first.storage.write({ vault }))
    await first.vault.set([key('b', 'sk-new')], (vault) => first.storage.write({ vault }))
    await first.vault.remove(['never-there'], (vault) => first.storage.write({ vault }))
    await first.stop()

    for (const name of await readdir(folder)) {
      expect((await readFile(join(folder, name))).includes('sk-canary-canary-canary')).toBe(false)
    }

    const second = await start(folder, keychain)
    expect(second.vault.status()).toMatchObject({ state: 'unlocked', mode: input.mode, records: 2 })
    expect(second.vault.secretFor('b', openai)).toBe('sk-new')
    expect((await second.storage.vault.load()).intents).toEqual([])
    await second.stop()
  },
)

it('holds 10,000 keys, opened again with one read of the keychain', async () => {
  const folder = await newFolder()
  const keychain = memoryKeychain()
  const first = await start(folder, keychain)
  await first.vault.create({ mode: 'sealed', slot: { kind: 'keychain' } })
  const many = Array.from({ length: 10_000 }, (_, index) => key(`k${index}`))
  await first.vault.set(many, (vault) => first.storage.write({ vault }))
  await first.stop()

  keychain.calls.length = 0
  const second = await start(folder, keychain)
  expect(second.vault.status()).toMatchObject({ state: 'unlocked', records: 10_000 })
  expect(keychain.calls).toHaveLength(1)
  expect(new Set(many.map(({ id }) => second.vault.get(id).secret)).size).toBe(10_000)
  await second.stop()
})
