// npm run dev: the window (or, without Electron, the headless host) with a restart when the main side changes and, headless, hot reload
// of the page. It has a data folder of its own, .cache/dev.
import { spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { findElectron } from './electron-binary.ts'

const electron = findElectron()
const env: NodeJS.ProcessEnv = { ...process.env, KEYWHEEL_DATA_DIR: resolve('.cache/dev') }
const args = ['scripts/run.mjs', '--bin', 'electron-vite', 'dev', '--watch']
if ('missing' in electron) {
  process.stderr.write(`No desktop window: ${electron.missing}. Using the headless host.\n`)
  env['ELECTRON_EXEC_PATH'] = process.execPath
  args.push('--entry', 'out/main/headless.js', '--', '--ui-port', '5318', '--no-open')
}
const child = spawn(process.execPath, [...args, ...process.argv.slice(2)], { stdio: 'inherit', env })
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal))
child.on('exit', (code) => process.exit(code ?? 1))
