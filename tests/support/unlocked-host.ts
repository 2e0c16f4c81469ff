/** A headless Keywheel whose vault opens by itself, as a script would set it up. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Host, type HostOptions, startHost, temporaryFolder } from './host.ts'

export interface UnlockedHostOptions extends HostOptions {
  /** By a file either way. A key file costs no key derivation, which is half a second of each start. */
  lock?: 'key-file' | 'passphrase'
}

export async function startUnlockedHost({ lock = 'key-file', ...options }: UnlockedHostOptions = {}): Promise<Host> {
  const { dataDir = temporaryFolder(), args = [] } = options
  if (lock === 'key-file') return startHost({ ...options, dataDir, args: [...args, '--key-file', join(dataDir, 'vault.key')] })
  const passphraseFile = join(dataDir, 'passphrase')
  writeFileSync(passphraseFile, 'correct horse battery\n', { mode: 0o600 })
  return startHost({ ...options, dataDir, env: { ...options.env, KEYWHEEL_PASSPHRASE_FILE: passphraseFile } })
}
