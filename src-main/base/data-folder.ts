/** Where everything lies unless told: one folder for the desktop and the headless application, so that both find the same keys. */
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

/** KEYWHEEL_DATA_DIR, or the system's place for such things. */
export function defaultDataDir(): string {
  const named = process.env['KEYWHEEL_DATA_DIR']
  if (named) return resolve(named)
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Keywheel')
  if (process.platform === 'win32') return join(process.env['APPDATA'] ?? join(homedir(), 'AppData', 'Roaming'), 'Keywheel')
  return join(process.env['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share'), 'keywheel')
}
