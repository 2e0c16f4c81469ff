/** A headless Keywheel whose vault opens by passphrase from a file, as a script would set it up. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Host, type HostOptions, startHost, temporaryFolder } from './host.ts'

export async function startUnlockedHost(options: HostOptions = {}): Promise<Host> {
  const dataDir = options.dataDir ?? temporaryFolder()
  const passphraseFile = join(dataDir, 'passphrase')
  writeFileSync(passphraseFile, 'correct horse battery\n', { mode: 0o600 })
  return startHost({ ...options, dataDir, env: { ...options.env, KEYWHEEL_PASSPHRASE_FILE: passphraseFile } })
}
