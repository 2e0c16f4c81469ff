/** A workspace that is removed leaves nothing in the OS keychain, and stays whole where the keychain cannot be changed. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { startKeychain } from '../../src-main/vault/keychain.ts'
import { forkHelper } from '../../src-main/vault/keychain-fork.ts'
import { openEstate } from '../services/estate.ts'
import { openPool, secretOf } from '../services/house.ts'
import { type Keyring, noKeyring, withKeyring } from '../support/keyring.ts'

async function entries({ env }: Keyring, accounts: readonly string[]): Promise<string[]> {
  const keychain = startKeychain({ timeoutMs: 5000, fork: () => forkHelper({ env }) })
  try {
    const found: string[] = []
    for (const account of accounts) if ((await keychain.get(account)) !== null) found.push(account)
    return found
  } finally {
    keychain.close()
  }
}

/** What the vault of a folder has in the keychain, read from its database; the folder is not open. */
function accountsIn(folder: string): string[] {
  const database = new Database(join(folder, 'keywheel.db'), { readonly: true })
  try {
    const [header] = database.prepare('select vaultId from vaultHeader').all() as { vaultId: string }[]
    const records = database.prepare('select keyId, revision from vaultRecords').all() as { keyId: string; revision: number }[]
    return [`${header?.vaultId}:pepper`, ...records.map(({ keyId, revision }) => `${header?.vaultId}:${keyId}:r${revision}`)]
  } finally {
    database.close()
  }
}

/** Two workspaces in keychain mode, with a key each; `team` is left again. */
async function furnished(keyring: Keyring) {
  const estate = await openEstate({ keychain: keyring.env, noKeyFile: true })
  const { services } = estate
  const fill = async (n: number) => {
    expect(services.vault.status()).toMatchObject({ mode: 'keychain', state: 'unlocked' })
    await openPool(services, 'main')
    await services.keys.create({ secret: secretOf(n), pools: ['main'], tags: [], notes: '', weight: 1, priority: 0 }, 'local')
  }
  await fill(1)
  await services.workspaces.create({ slug: 'team' }, 'local')
  await services.workspaces.open('team', 'local')
  await fill(2)
  await services.workspaces.open('default', 'local')
  const folder = join(estate.dataDir, 'workspaces', 'team')
  return { ...estate, folder, accounts: accountsIn(folder) }
}

describe.skipIf(noKeyring)(`removing with a real gnome-keyring${noKeyring ? ` (skipped: ${noKeyring})` : ''}`, () => {
  test('takes its entries away, and only its own', () =>
    withKeyring('unlocked', async (keyring) => {
      const { services, accounts, dataDir } = await furnished(keyring)
      expect(accounts).toHaveLength(2)
      expect(await entries(keyring, accounts)).toEqual(accounts)
      await services.workspaces.remove('team', 'team', 'local')
      expect(await entries(keyring, accounts)).toEqual([])
      const own = accountsIn(dataDir)
      expect(await entries(keyring, own)).toEqual(own)
    }))

  test('is refused while the keychain is locked or away, and works afterwards', () =>
    withKeyring('unlocked', async (keyring) => {
      const { services, accounts, folder } = await furnished(keyring)
      const remove = () => services.workspaces.remove('team', 'team', 'local')
      await keyring.lock()
      await expect(remove()).rejects.toMatchObject({ code: 'VAULT_LOCKED' })
      expect(existsSync(join(folder, 'keywheel.db'))).toBe(true)
      await keyring.unlock()
      expect(await entries(keyring, accounts)).toEqual(accounts)
      await keyring.kill()
      await expect(remove()).rejects.toMatchObject({ code: 'VAULT_LOCKED' })
      await keyring.unlock()
      await remove()
      expect([existsSync(folder), await entries(keyring, accounts)]).toEqual([false, []])
    }))
})
