// npm start: builds what is stale, then opens the desktop window, or runs headless where there is no Electron. `--headless` = always.
import { spawn } from 'node:child_process'
import { build } from './build.ts'
import { findElectron } from './electron-binary.ts'

const args = process.argv.slice(2).filter((arg) => arg !== '--headless')
const headless = process.argv.includes('--headless')

build()
const electron = headless ? { missing: '' } : findElectron()
if ('path' in electron) {
  const child = spawn(electron.path, ['.', ...args], { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal))
  child.on('exit', (code) => process.exit(code ?? 1))
} else {
  if (!headless) process.stderr.write(`No desktop window: ${electron.missing}. Running headless.\n`)
  process.argv.splice(2, process.argv.length, ...args)
  // A name that is computed keeps the types of the built file out of this program.
  const entry = new URL('../out/main/headless.js', import.meta.url).href
  await import(entry)
}
