// Finds Electron's binary, fetching it once where it can be had.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const home = 'node_modules/electron'
/** A fetch that failed is not tried again at every start. */
const triedFile = 'node_modules/.cache/keywheel/electron-tried'

/** Path of the binary, or why there is none. */
export function findElectron(): { path: string } | { missing: string } {
  if (process.platform === 'linux' && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY'])
    return { missing: 'there is no display' }
  const found = installed()
  if (found) return { path: found }
  if (!existsSync(triedFile)) {
    mkdirSync('node_modules/.cache/keywheel', { recursive: true })
    spawnSync(process.execPath, [`${home}/install.js`], { stdio: 'ignore', timeout: 300_000 })
    writeFileSync(triedFile, '')
  }
  const fetched = installed()
  return fetched
    ? { path: fetched }
    : { missing: "Electron's binary is not installed (node node_modules/electron/install.js fetches it)" }
}

function installed(): string | undefined {
  const pathFile = join(home, 'path.txt')
  if (!existsSync(pathFile)) return undefined
  const path = join(home, 'dist', readFileSync(pathFile, 'utf8').trim())
  return existsSync(path) ? path : undefined
}
