import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openVault } from '../../src-main/services/vault-opening.ts'
import type { Vault } from '../../src-main/vault/types.ts'
import { createVault } from '../../src-main/vault/vault.ts'
import { type MemoryKeychain, memoryKeychain } from '../vault/support/memory-keychain.ts'
import { type MemoryStore, memoryStore } from '../vault/support/memory-store.ts'

const passphrase = 'correct horse battery'

interface Bench {
  folder: string
  /** A new start of the program over the same database; `keychain` none = there is none. */
  start(ways: { passphrase?: string; keyFile?: string }, shell?: 'desktop' | 'headless'): Promise<Vault>
  keychain: MemoryKeychain
  warnings: string[]
  /** Waits that were asked for, in ms; `tick` ends the last one. */
  waits: number[]
  tick(): void
}

function bench({ withKeychain }: { withKeychain: boolean }): Bench {
  const folder = mkdtempSync(join(tmpdir(), 'keywheel-opening-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const store: MemoryStore = memoryStore()
  const keychain = memoryKeychain()
  if (!withKeychain) keychain.locked = true
  const warnings: string[] = []
  const log = { info: () => {}, error: () => {}, warn: (_: object, message: string) => void warnings.push(message) }
  const waits: number[] = []
  let wake = () => {}
  const clock = {
    now: () => 0,
    mono: () => 0,
    after(ms: number, run: () => void) {
      waits.push(ms)
      wake = run
      return () => {}
    },
  }
  return {
    folder,
    keychain,
    warnings,
    waits,
    tick: () => wake(),
    async start(ways, shell = 'headless') {
      const vault = createVault({ store, keychain, clock, dataDir: folder, log })
      onTestFinished(() => vault.close())
      const passphraseFile = ways.passphrase === undefined ? undefined : join(folder, 'passphrase')
      if (passphraseFile !== undefined) writeFileSync(passphraseFile, `${ways.passphrase}\n`)
      const opening = await openVault(vault, { passphraseFile, keyFile: ways.keyFile, shell }, clock, log)
      onTestFinished(() => opening.stop())
      return vault
    },
  }
}

describe('opening the vault at the start', () => {
  test('without any way there is no vault, and that is no failure', async () => {
    const { start, warnings } = bench({ withKeychain: false })
    expect((await start({})).status()).toMatchObject({ state: 'new', reason: 'NO_VAULT' })
    expect(warnings).toEqual([])
  })

  test('a passphrase file makes a sealed vault and opens it again; without it the vault waits for a person', async () => {
    const { start } = bench({ withKeychain: false })
    expect((await start({ passphrase })).status()).toMatchObject({ state: 'unlocked', slots: [{ kind: 'passphrase' }] })
    expect((await start({ passphrase })).status()).toMatchObject({ state: 'unlocked' })
    expect((await start({})).status()).toMatchObject({ state: 'locked', reason: 'PASSPHRASE_NEEDED' })
  })

  test('a wrong passphrase leaves it locked, with a warning that does not hold it', async () => {
    const { start, warnings } = bench({ withKeychain: false })
    await start({ passphrase })
    expect((await start({ passphrase: 'something else' })).status()).toMatchObject({
      state: 'locked',
      reason: 'PASSPHRASE_NEEDED',
    })
    expect(warnings).toEqual([expect.stringContaining('does not open')])
    expect(warnings.join(' ')).not.toContain('something else')
  })

  test('a key file is made, and found again at its place or at another', async () => {
    const { start, folder, waits, tick } = bench({ withKeychain: false })
    const keyFile = join(folder, 'vault.key')
    expect((await start({ keyFile })).status()).toMatchObject({ state: 'unlocked', slots: [{ kind: 'key-file' }] })
    expect((await start({})).status()).toMatchObject({ state: 'unlocked' })
    renameSync(keyFile, `${keyFile}.moved`)
    // Both are given and only one is of this vault.
    expect((await start({ passphrase, keyFile: `${keyFile}.moved` })).status()).toMatchObject({ state: 'unlocked' })
    const lost = await start({})
    expect(lost.status()).toMatchObject({ state: 'locked', reason: 'KEY_FILE_MISSING' })
    renameSync(`${keyFile}.moved`, keyFile)
    expect(waits.length).toBeGreaterThan(0)
    tick()
    await expect.poll(() => lost.status().state).toBe('unlocked')
  })

  test('with a keychain a server makes itself a sealed vault, a desktop one of keychain entries', async () => {
    expect((await bench({ withKeychain: true }).start({})).status()).toMatchObject({ mode: 'sealed', state: 'unlocked' })
    expect((await bench({ withKeychain: true }).start({}, 'desktop')).status()).toMatchObject({
      mode: 'keychain',
      state: 'unlocked',
    })
  })

  test('a locked keychain is tried again, on a server every 1.5 s, on a desktop less and less often', async () => {
    const server = bench({ withKeychain: true })
    await server.start({})
    server.keychain.locked = true
    const vault = await server.start({})
    for (let tries = 0; tries < 3; tries += 1) {
      const before = server.waits.length
      server.tick()
      await expect.poll(() => server.waits.length).toBeGreaterThan(before)
    }
    expect(server.waits.slice(-4)).toEqual([1000, 1500, 1500, 1500])
    server.keychain.locked = false
    server.tick()
    await expect.poll(() => vault.status().state).toBe('unlocked')
  })
})
