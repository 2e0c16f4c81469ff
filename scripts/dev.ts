// npm run dev: the window (or, without Electron, the headless host) with hot reload of the page and a restart when the main side changes.
import { spawn } from 'node:child_process'
import { findElectron } from './electron-binary.ts'

const electron = findElectron()
const shell = 'path' in electron ? {} : { ELECTRON_EXEC_PATH: process.execPath }
const entry = 'path' in electron ? [] : ['--entry', 'out/main/headless.js']
const args = 'path' in electron ? [] : ['--', '--ui-port', '5318', '--no-open']
if ('missing' in electron) process.stderr.write(`No desktop window: ${electron.missing}. Using the headless host.\n`)
const child = spawn(
  process.execPath,
  ['scripts/run.mjs', '--bin', 'electron-vite', 'dev', '--watch', ...entry, ...args, ...process.argv.slice(2)],
  {
    stdio: 'inherit',
    env: { ...process.env, ...shell },
  },
)
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal))
child.on('exit', (code) => process.exit(code ?? 1))
