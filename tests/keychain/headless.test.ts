/** A headless Keywheel beside a real gnome-keyring: unlocked, locked, and unlocked later. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type Host, startHost } from '../support/host.ts'
import { type Keyring, noKeyring, withKeyring } from '../support/keyring.ts'

const secret = 'sk-keyring-aaaaaaaaaaaaaaaaaaaaaaaaaa'

async function folder(): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), 'keywheel-headless-'))
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }))
  return dataDir
}

async function start({ env }: Keyring, dataDir: string): Promise<Host> {
  const host = await startHost({ dataDir, env: env as Record<string, string> })
  onTestFinished(() => host.kill())
  return host
}

const vaultOf = async (host: Host) => (await host.rest('GET', '/vault')).body

async function addKey(host: Host): Promise<void> {
  await host.rest('POST', '/pools', { slug: 'main', provider: 'openai' })
  expect((await host.rest('POST', '/keys', { secret, pools: ['main'] })).status).toBe(201)
}

describe.skipIf(noKeyring)(`headless with a real gnome-keyring${noKeyring ? ` (skipped: ${noKeyring})` : ''}`, () => {
  test('makes itself a sealed vault that the keyring opens, now and at the next start', () =>
    withKeyring('unlocked', async (keyring) => {
      const dataDir = await folder()
      const host = await start(keyring, dataDir)
      expect(await vaultOf(host)).toMatchObject({ mode: 'sealed', state: 'unlocked', slots: [{ kind: 'keychain' }] })
      await addKey(host)
      expect(await host.stop()).toBe(0)
      expect(host.log()).toBe('')
      const again = await start(keyring, dataDir)
      expect(await vaultOf(again)).toMatchObject({ state: 'unlocked', records: 1 })
      expect((await again.rest('GET', `/keys?q=${secret}`)).body).toMatchObject({ total: 1 })
      await again.stop()
    }))

  test('F11: a keyring that is locked at the start leaves the vault locked, as it was, and opens it when it is unlocked', () =>
    withKeyring('unlocked', async (keyring) => {
      const dataDir = await folder()
      const before = await start(keyring, dataDir)
      await addKey(before)
      const { slots } = (await vaultOf(before)) as { slots: unknown[] }
      await before.stop()
      await keyring.lock()

      const host = await start(keyring, dataDir)
      expect(await vaultOf(host)).toMatchObject({ state: 'locked', reason: 'KEYCHAIN_LOCKED', slots })
      expect(await host.rest('POST', '/keys', { secret: `${secret}2`, pools: ['main'] })).toMatchObject({
        status: 423,
        body: { code: 'VAULT_LOCKED' },
      })
      expect((await host.rest('GET', '/proxy')).body).toMatchObject({ state: 'degraded' })
      await keyring.unlock()
      await expect.poll(() => vaultOf(host), { timeout: 15_000, interval: 200 }).toMatchObject({ state: 'unlocked', records: 1 })
      expect((await host.rest('POST', '/keys', { secret: `${secret}2`, pools: ['main'] })).status).toBe(201)
      await host.stop()
    }))

  test('a keyring that is locked at the very first start makes no vault and says what to do', () =>
    withKeyring('locked', async (keyring) => {
      const host = await start(keyring, await folder())
      expect(await vaultOf(host)).toMatchObject({
        mode: null,
        state: 'new',
        reason: 'NO_VAULT',
        keychain: { available: false, message: expect.any(String) },
      })
      await host.stop()
    }))

  test('a keyring that goes away while it runs takes nothing with it', () =>
    withKeyring('unlocked', async (keyring) => {
      const host = await start(keyring, await folder())
      await addKey(host)
      await keyring.kill()
      expect((await host.rest('POST', '/keys', { secret: `${secret}2`, pools: ['main'] })).status).toBe(201)
      expect(await vaultOf(host)).toMatchObject({ state: 'unlocked', records: 2 })
      expect(await host.stop()).toBe(0)
    }))
})
