/** The whole application in this process, in a folder of its own. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { onTestFinished } from 'vitest'
import { type App, createApp } from '../../src-main/app.ts'
import type { WorkspaceServices } from '../../src-main/services/types.ts'
import type { HelperProcess } from '../../src-main/vault/keychain-fork.ts'

export interface House extends WorkspaceServices {
  dataDir: string
  /** Everything that was logged, as JSON. */
  log(): string
  /** The audit's rows, oldest first. */
  audit(): { actor: string; action: string; subject: string }[]
  close(): Promise<void>
}

/** A machine without a keychain: the helper is gone before it answers. Real ones are asked in tests/vault and tests/keychain. */
function absentHelper(): HelperProcess {
  return { send() {}, onMessage() {}, onExit: (listener) => queueMicrotask(listener), kill() {} }
}

/** A folder that goes away with the test. */
function folder(): string {
  const dataDir = mkdtempSync(join(tmpdir(), 'keywheel-services-'))
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }))
  return dataDir
}

interface HouseOptions {
  dataDir?: string
  /** How the vault opens; `nothing` leaves it as it is. A key file costs no key derivation. */
  lock?: 'key-file' | 'passphrase' | 'nothing'
  proxyPort?: number | undefined
  /** Providers are asked for their models without being told to; tests that script an upstream want its calls for themselves. */
  listModels?: boolean
  /** What the log kept of its warnings. */
  recentWarnings?: () => readonly string[]
  /** Started with --allow-reveal, unless told. */
  allowReveal?: boolean
}

export async function openHouse(options: HouseOptions = {}): Promise<House> {
  const { dataDir = folder(), lock = 'key-file', listModels = false, allowReveal = true } = options
  const lines: string[] = []
  const note = (fields: object, message: string) => void lines.push(JSON.stringify({ message, ...fields }))
  const passphraseFile = join(dataDir, 'passphrase')
  if (lock === 'passphrase') writeFileSync(passphraseFile, 'correct horse battery\n', { mode: 0o600 })
  const app: App = await createApp({
    dataDir,
    workspace: 'default',
    shell: 'headless',
    version: '0.0.0',
    allowReveal,
    proxyPort: 'proxyPort' in options ? options.proxyPort : 0,
    opening: {
      passphraseFile: lock === 'passphrase' ? passphraseFile : undefined,
      keyFile: lock === 'key-file' ? join(dataDir, 'vault.key') : undefined,
    },
    log: { info: note, warn: note },
    keychainFork: absentHelper,
    copySecret: undefined,
    listModels,
    ...(options.recentWarnings ? { recentWarnings: options.recentWarnings } : {}),
  })
  let closing: Promise<void> | undefined
  const close = () => (closing ??= app.close())
  onTestFinished(close)
  return {
    ...app.services,
    dataDir,
    log: () => lines.join('\n'),
    audit() {
      const database = new Database(join(dataDir, 'keywheel.db'), { readonly: true })
      try {
        return database.prepare('select actor, action, subject from audit order by rowid').all() as ReturnType<House['audit']>
      } finally {
        database.close()
      }
    },
    close,
  }
}

/** The n-th key of a test. */
export const secretOf = (n: number) => `sk-test-${String(n).padStart(32, '0')}`

export async function openPool(house: WorkspaceServices, slug: string, baseUrl = 'http://127.0.0.1:9/v1') {
  return house.pools.create({ slug, draft: false, provider: 'openai', baseUrl, strategy: 'round_robin' }, 'local')
}
