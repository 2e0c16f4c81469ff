/** Puts a backup back, and says when it begins; its parent kills it. */
import { writeSync } from 'node:fs'
import { join } from 'node:path'
import { forkHelper } from '../../src-main/vault/keychain-fork.ts'
import { openKeywheel } from '../../src-main/workspaces.ts'

const [dataDir = '', name = ''] = process.argv.slice(2)
const silent = { info: () => undefined, warn: () => undefined }
const { services } = await openKeywheel({
  dataDir,
  workspace: undefined,
  shell: 'headless',
  version: '0.0.0',
  allowReveal: true,
  proxyPort: 0,
  opening: { passphraseFile: undefined, keyFile: join(dataDir, 'vault.key') },
  log: silent,
  keychainFork: () => forkHelper({ env: { PATH: process.env['PATH'], DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent' } }),
  copySecret: undefined,
  listModels: false,
})
writeSync(1, 'restoring\n')
await services.backups.restore(name, 'local')
