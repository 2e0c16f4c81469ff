import { rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { VaultStatus } from '../../src-preload/contract/index.ts'
import { bench, key } from './support/bench.ts'

const passphrase = 'correct horse battery'

describe('states of the vault', () => {
  it('is new until it is created, says so, and stores nothing', async () => {
    const { vault, store, add } = await bench()
    expect(vault.status()).toMatchObject({ state: 'locked', reason: 'OPENING' })
    expect(await vault.unlock({})).toMatchObject({
      state: 'new',
      reason: 'NO_VAULT',
      mode: null,
      message: expect.stringContaining('Choose'),
      keychain: { available: true, message: null },
    })
    await expect(add(key('a'))).rejects.toMatchObject({ code: 'VAULT_LOCKED' })
    expect(store.rows.size).toBe(0)
  })

  it('is created once, with a slot when it is sealed and without when it is not', async () => {
    const { vault, store } = await bench()
    await expect(vault.create({ mode: 'sealed' })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      data: { fields: [{ path: 'slot' }] },
    })
    const slot = { kind: 'key-file' } as const
    await expect(vault.create({ mode: 'keychain', slot })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    expect(store.header).toBeNull()
    expect(await vault.create({ mode: 'sealed', slot })).toMatchObject({ state: 'unlocked' })
    await expect(vault.create({ mode: 'sealed', slot })).rejects.toMatchObject({ code: 'VAULT_EXISTS' })
  })

  it('tells its listeners until they leave', async () => {
    const { vault } = await bench()
    const seen: string[] = []
    const leave = vault.onChange(({ state }: VaultStatus) => seen.push(state))
    await vault.unlock({})
    await vault.create({ mode: 'sealed', slot: { kind: 'key-file' } })
    leave()
    await vault.addSlot({ kind: 'key-file' })
    expect(seen).toEqual(['new', 'unlocked'])
  })

  it('asks for its passphrase, and a wrong one changes nothing', async () => {
    const made = await bench()
    await made.vault.create({ mode: 'sealed', slot: { kind: 'passphrase', passphrase } })
    const vault = made.restart()
    const disk = made.store.dump()
    const asked = await vault.unlock({})
    expect(asked).toMatchObject({ state: 'locked', reason: 'PASSPHRASE_NEEDED', message: expect.stringContaining('passphrase') })
    await expect(vault.unlock({ passphrase: 'wrong' })).rejects.toMatchObject({ code: 'WRONG_PASSPHRASE' })
    expect(vault.status()).toMatchObject({ state: 'locked', reason: 'PASSPHRASE_NEEDED' })
    expect(made.store.dump()).toBe(disk)
    await expect(vault.unlock({ keyFile: '/nonesuch' })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    expect(await vault.unlock({ passphrase })).toMatchObject({ state: 'unlocked' })
  })

  it('does not stay "being opened" when the first try has a wrong passphrase', async () => {
    const made = await bench()
    await made.vault.create({ mode: 'sealed', slot: { kind: 'passphrase', passphrase } })
    const vault = made.restart()
    await expect(vault.unlock({ passphrase: 'wrong' })).rejects.toMatchObject({ code: 'WRONG_PASSPHRASE' })
    expect(vault.status().reason).toBe('PASSPHRASE_NEEDED')
  })

  it('names what is missing when the first try was the wrong way for this vault', async () => {
    const made = await bench()
    await made.vault.create({ mode: 'sealed', slot: { kind: 'key-file' } })
    await expect(made.restart().unlock({ passphrase })).rejects.toMatchObject({ data: { fields: [{ path: 'passphrase' }] } })
    expect(made.vault.status()).toMatchObject({ reason: 'KEY_FILE_MISSING', message: expect.stringContaining('no passphrase') })
    const [slot] = made.store.slots.keys()
    await made.vault.unlock({})
    await made.vault.addSlot({ kind: 'keychain' })
    await made.vault.removeSlot(slot ?? '')
    await expect(made.restart().unlock({ passphrase })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    expect(made.vault.status().reason).toBe('KEYCHAIN_LOCKED')
    expect(await made.vault.unlock({})).toMatchObject({ state: 'unlocked' })
  })

  it('misses its key file by name, takes it from elsewhere, and refuses another one', async () => {
    const made = await bench()
    await made.vault.create({ mode: 'sealed', slot: { kind: 'key-file' } })
    const [path, moved, other] = ['vault.key', 'moved.key', 'other.key'].map((name) => join(made.dataDir, name)) as [
      string,
      string,
      string,
    ]
    await rename(path, moved)
    const missing = await made.restart().unlock({})
    expect(missing).toMatchObject({ reason: 'KEY_FILE_MISSING', message: expect.stringContaining(path) })
    await writeFile(other, Buffer.alloc(32, 1).toString('base64url'))
    await expect(made.vault.unlock({ keyFile: other })).rejects.toMatchObject({ code: 'WRONG_PASSPHRASE' })
    await expect(made.vault.unlock({ keyFile: join(made.dataDir, 'none') })).rejects.toMatchObject({
      data: { fields: [{ path: 'keyFile' }] },
    })
    expect(await made.vault.unlock({ keyFile: moved })).toMatchObject({ state: 'unlocked' })
    await rename(other, path)
    expect(await made.restart().unlock({})).toMatchObject({ reason: 'WRONG_KEY' })
    await writeFile(path, 'half a k')
    expect(await made.restart().unlock({})).toMatchObject({
      reason: 'WRONG_KEY',
      message: expect.stringContaining('not a key file'),
    })
  })

  it.skipIf(process.platform === 'win32')('does not wait for a key file that never ends', async () => {
    const made = await bench()
    await made.vault.create({ mode: 'sealed', slot: { kind: 'key-file' } })
    made.restart()
    for (const keyFile of ['/dev/zero', made.dataDir])
      await expect(made.vault.unlock({ keyFile })).rejects.toMatchObject({ data: { fields: [{ path: 'keyFile' }] } })
    expect(await made.vault.unlock({})).toMatchObject({ state: 'unlocked' })
  })

  it.each(['sealed', 'keychain'] as const)(
    'is locked, and writes nothing, while the keychain of the %s mode is locked or empty',
    async (mode) => {
      const made = await bench()
      await made.vault.create(mode === 'sealed' ? { mode, slot: { kind: 'keychain' } } : { mode })
      await made.add(key('a'))
      const disk = made.store.dump()
      const vault = made.restart()
      made.keychain.locked = true
      made.keychain.calls.length = 0
      const status = await vault.unlock({})
      expect(status).toMatchObject({
        state: 'locked',
        reason: 'KEYCHAIN_LOCKED',
        message: expect.stringContaining('Unlock the OS keychain'),
      })
      expect(made.keychain.calls.filter((call) => !call.startsWith('get'))).toEqual([])
      expect(made.store.dump()).toBe(disk)
      made.keychain.locked = false
      expect(await vault.unlock({})).toMatchObject({ state: 'unlocked', records: 1, keychain: { available: true } })

      made.keychain.entries.clear()
      made.keychain.calls.length = 0
      expect(await made.restart().unlock({})).toMatchObject({ reason: 'KEYCHAIN_LOCKED' })
      expect(made.keychain.calls.filter((call) => !call.startsWith('get'))).toEqual([])
      expect(made.store.dump()).toBe(disk)
    },
  )

  it('opens by the other slot when the keychain is locked, and offers the passphrase in its message', async () => {
    const made = await bench()
    await made.vault.create({ mode: 'sealed', slot: { kind: 'keychain' } })
    await made.vault.addSlot({ kind: 'passphrase', passphrase })
    made.keychain.locked = true
    expect(await made.restart().unlock({})).toMatchObject({
      reason: 'KEYCHAIN_LOCKED',
      message: expect.stringContaining('Or enter the passphrase'),
    })
    await made.vault.unlock({ passphrase })
    await made.vault.addSlot({ kind: 'key-file' })
    expect(await made.restart().unlock({})).toMatchObject({ state: 'unlocked' })
  })

  it('does not create in a locked keychain, and says what else there is', async () => {
    const made = await bench()
    made.keychain.locked = true
    const refused = { code: 'INVALID_INPUT', message: expect.stringMatching(/locked.*passphrase or a key file/) }
    await expect(made.vault.create({ mode: 'keychain' })).rejects.toMatchObject(refused)
    await expect(made.vault.create({ mode: 'sealed', slot: { kind: 'keychain' } })).rejects.toMatchObject(refused)
    expect(made.store.header).toBeNull()
    made.keychain.locked = false
    expect(await made.vault.unlock({})).toMatchObject({ state: 'new' })
    expect(made.store.intents.size).toBe(0)
  })

  it('refuses a vault of a newer format and a vault without slots, and changes neither', async () => {
    const made = await bench()
    await made.vault.create({ mode: 'sealed', slot: { kind: 'key-file' } })
    if (made.store.header) made.store.header.formatVersion = 2
    const disk = made.store.dump()
    expect(await made.restart().unlock({})).toMatchObject({
      reason: 'DAMAGED',
      message: expect.stringContaining('update Keywheel'),
    })
    expect(made.store.dump()).toBe(disk)
    if (made.store.header) made.store.header.formatVersion = 1
    made.store.slots.clear()
    await rm(join(made.dataDir, 'vault.key'))
    expect(await made.restart().unlock({})).toMatchObject({ reason: 'DAMAGED', message: expect.stringContaining('backup') })
  })
})
