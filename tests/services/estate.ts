/** Keywheel whole in this process, with its workspaces, in a data folder of its own. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { onTestFinished } from 'vitest'
import type { Services } from '../../src-main/services/types.ts'
import { workspaceFolder } from '../../src-main/services/workspaces/folders.ts'
import { forkHelper } from '../../src-main/vault/keychain-fork.ts'
import { openKeywheel } from '../../src-main/workspaces.ts'
import type { ClientCreate } from '../../src-preload/contract/index.ts'

export interface Estate {
  dataDir: string
  services: Services
  log(): string
  /** The audit of a workspace, oldest first, as `action subject`. */
  audit(slug: string): string[]
  close(): Promise<void>
}

interface EstateOptions {
  dataDir?: string
  workspace?: string
  /** 0, any free one, unless told; `setting` = as the workspace says. */
  proxyPort?: number | 'setting'
  /** The environment in which the OS keychain is; none unless told. */
  keychain?: NodeJS.ProcessEnv
  /** The vault is not opened by a key file, but by what the workspace itself has. */
  noKeyFile?: boolean
}

export function estateFolder(): string {
  const dataDir = mkdtempSync(join(tmpdir(), 'keywheel-estate-'))
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }))
  return dataDir
}

export async function openEstate(options: EstateOptions = {}): Promise<Estate> {
  const { dataDir = estateFolder(), workspace, proxyPort = 0, noKeyFile = false } = options
  const { keychain = { PATH: process.env['PATH'], DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent' } } = options
  const lines: string[] = []
  const note = (fields: object, message: string) => void lines.push(JSON.stringify({ message, ...fields }))
  const keywheel = await openKeywheel({
    dataDir,
    workspace,
    shell: options.keychain ? 'desktop' : 'headless',
    version: '0.0.0',
    allowReveal: true,
    proxyPort: proxyPort === 'setting' ? undefined : proxyPort,
    opening: { passphraseFile: undefined, keyFile: noKeyFile ? undefined : join(dataDir, 'vault.key') },
    log: { info: note, warn: note },
    keychainFork: () => forkHelper({ env: keychain }),
    copySecret: undefined,
    listModels: false,
  })
  let closing: Promise<void> | undefined
  const close = () => (closing ??= keywheel.close())
  onTestFinished(close)
  return {
    dataDir,
    services: keywheel.services,
    log: () => lines.join('\n'),
    audit(slug) {
      const database = new Database(join(workspaceFolder(dataDir, slug), 'keywheel.db'), { readonly: true })
      try {
        const rows = database.prepare('select action, subject from audit order by rowid').all() as Record<string, string>[]
        return rows.map(({ action, subject }) => `${action} ${subject}`)
      } finally {
        database.close()
      }
    },
    close,
  }
}

/** What a client is made of when only its name matters. */
export function client(name: string): ClientCreate {
  return { name, lane: 'interactive', budget: null, quotas: [], expiresAt: null }
}
