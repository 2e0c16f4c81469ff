import { fork } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startKeychain } from '../../src-main/vault/keychain.ts'
import { forkHelper, helperPath } from '../../src-main/vault/keychain-fork.ts'
import type { Keychain, Vault } from '../../src-main/vault/types.ts'
import { type Keyring, noKeyring, withKeyring } from '../support/keyring.ts'
import { key, openai, vaultOver } from './support/bench.ts'
import { type MemoryStore, memoryStore } from './support/memory-store.ts'

const keychainOf = ({ env }: Keyring): Keychain => {
  const keychain = startKeychain({ fork: () => forkHelper({ env }), timeoutMs: 10_000 })
  onTestFinished(() => keychain.close())
  return keychain
}

/** A vault over this keyring; `again` is the next start of the program. */
async function vaultOn(keyring: Keyring): Promise<{ vault: Vault; store: MemoryStore; again: () => Vault }> {
  const dataDir = await mkdtemp(join(tmpdir(), 'keywheel-vault-'))
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }))
  const store = memoryStore()
  const again = () => vaultOver(store, keychainOf(keyring), dataDir)
  return { vault: again(), store, again }
}

const add = (vault: Vault, store: MemoryStore, ...ids: string[]) =>
  vault.set(
    ids.map((id) => key(id)),
    (writes) => store.apply(writes),
  )

const modes = [
  { mode: 'keychain', input: { mode: 'keychain' } },
  { mode: 'sealed', input: { mode: 'sealed', slot: { kind: 'keychain' } } },
] as const

describe.skipIf(noKeyring)(`a real gnome-keyring${noKeyring ? ` (skipped: ${noKeyring})` : ''}`, () => {
  it('keeps texts of the longest size in use, and deletes them', () =>
    withKeyring('unlocked', async (keyring) => {
      const keychain = keychainOf(keyring)
      expect(await keychain.probe()).toBeNull()
      const long = 'x'.repeat(2048)
      await keychain.set('long', long)
      expect(await keychainOf(keyring).get('long')).toBe(long)
      await keychain.delete('long')
      expect(await keychain.get('long')).toBeNull()
    }))

  it.each(modes)('holds the keys of a vault in $mode mode from one start to the next', ({ input }) =>
    withKeyring('unlocked', async (keyring) => {
      const { vault, store, again } = await vaultOn(keyring)
      expect(await vault.unlock({})).toMatchObject({ state: 'new', keychain: { available: true } })
      await vault.create(input)
      await add(vault, store, 'a', 'b', 'c')
      await vault.remove(['b'], (writes) => store.apply(writes))
      const print = vault.fingerprint('x')
      vault.close()
      const next = again()
      expect(await next.unlock({})).toMatchObject({ state: 'unlocked', records: 2, keychain: { available: true } })
      expect(next.secretFor('c', openai)).toBe(key('c').secret)
      expect(next.fingerprint('x')).toBe(print)
      expect(next.damaged()).toEqual([])
    }),
  )

  it.each(modes)(
    'locked: a vault in $mode mode stays shut and unchanged, works on if it was open, and opens after unlocking',
    ({ input }) =>
      withKeyring('unlocked', async (keyring) => {
        const { vault, store, again } = await vaultOn(keyring)
        await vault.create(input)
        await add(vault, store, 'a')
        const disk = store.dump()
        await keyring.lock()
        expect(vault.secretFor('a', openai)).toBe(key('a').secret)
        const next = again()
        expect(await next.unlock({})).toMatchObject({ state: 'locked', reason: 'KEYCHAIN_LOCKED' })
        expect(store.dump()).toBe(disk)
        await keyring.unlock()
        expect(await next.unlock({})).toMatchObject({ state: 'unlocked', records: 1 })
        expect(next.get('a')).toEqual(key('a'))
      }),
  )

  it.each(modes)('killed: a vault in $mode mode does not open, and opens when the keyring is back', ({ input }) =>
    withKeyring('unlocked', async (keyring) => {
      const { vault, store, again } = await vaultOn(keyring)
      await vault.create(input)
      await add(vault, store, 'a')
      await keyring.kill()
      expect(vault.get('a')).toEqual(key('a'))
      const next = again()
      expect(await next.unlock({})).toMatchObject({ state: 'locked', reason: expect.stringMatching(/^KEYCHAIN/) })
      await keyring.unlock()
      expect(await next.unlock({})).toMatchObject({ state: 'unlocked', records: 1 })
    }),
  )

  it('locked: a key cannot be added to the keychain, and leaves nothing behind', () =>
    withKeyring('unlocked', async (keyring) => {
      const { vault, store, again } = await vaultOn(keyring)
      await vault.create({ mode: 'keychain' })
      await keyring.lock()
      await expect(add(vault, store, 'a')).rejects.toMatchObject({
        code: 'VAULT_LOCKED',
        message: expect.stringContaining('locked'),
      })
      await keyring.unlock()
      const next = again()
      expect(await next.unlock({})).toMatchObject({ state: 'unlocked', records: 0 })
      expect(store.intents.size).toBe(0)
      await add(next, store, 'a')
      expect(next.get('a')).toEqual(key('a'))
    }))

  it.each(modes)('locked: no vault in $mode mode is created, and the message says what else there is', ({ input }) =>
    withKeyring('locked', async (keyring) => {
      const { vault, store } = await vaultOn(keyring)
      const status = await vault.unlock({})
      expect(status).toMatchObject({ state: 'new', keychain: { available: false, message: expect.stringContaining('locked') } })
      await expect(vault.create(input)).rejects.toMatchObject({
        code: 'INVALID_INPUT',
        message: expect.stringContaining('passphrase'),
      })
      expect(store.header).toBeNull()
    }),
  )

  it('absent: says that there is no D-Bus session; a key file locks the vault instead', () =>
    withKeyring('absent', async (keyring) => {
      const { vault, again } = await vaultOn(keyring)
      const status = await vault.unlock({})
      expect(status).toMatchObject({ state: 'new', keychain: { available: false, message: expect.stringContaining('D-Bus') } })
      await expect(vault.create({ mode: 'keychain' })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
      await vault.create({ mode: 'sealed', slot: { kind: 'key-file' } })
      expect(await again().unlock({})).toMatchObject({ state: 'unlocked' })
    }))

  it('crashed inside libsecret: the helper dies by the real fault, this process does not', () =>
    withKeyring('unlocked', async (keyring) => {
      const keychain = keychainOf(keyring)
      await keychain.set('a', 'abc')
      await keyring.lock()
      const script = "require('keytar').findCredentials('keywheel').then(() => process.exit(0), () => process.exit(1))"
      const child = fork('-e', [script], {
        env: keyring.env,
        execArgv: [],
        cwd: join(helperPath, '../../..'),
        stdio: 'ignore',
        silent: true,
      })
      const signal = await new Promise((resolve) => child.once('exit', (_code, reason) => resolve(reason)))
      expect(signal).toBe('SIGSEGV')
      expect(await keychain.get('a')).toBeNull()
    }))
})
