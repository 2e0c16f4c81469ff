/** No tools for reading keys out of the running process, unless the owner asks for them. */
import { url } from 'node:inspector'

const dangerous = /(?:^|[\s"'])(--(?:inspect|require|import|loader|experimental-loader)[^\s"'=]*|-r)(?=$|[\s"'=])/

/** Why this process may not start, or null. An attached debugger or preloaded code sees every key. */
export function debuggingRefusal(env: NodeJS.ProcessEnv): string | null {
  if (env['KEYWHEEL_ALLOW_DEBUG'] === '1') return null
  const option = dangerous.exec(env['NODE_OPTIONS'] ?? '')?.[1]
  if (option) return `NODE_OPTIONS holds ${option}, which would open the keys to others. Unset it, or set KEYWHEEL_ALLOW_DEBUG=1.`
  if (url() !== undefined) return 'A debugger is open. Start without --inspect, or set KEYWHEEL_ALLOW_DEBUG=1.'
  return null
}

/** Node opens its inspector on SIGUSR1 unless somebody else listens to it. */
export function keepInspectorShut(): void {
  if (process.platform !== 'win32') process.on('SIGUSR1', () => {})
}
