// npm start: builds what is stale, then opens the desktop window, or runs headless where there is no Electron. `--headless` = always,
// and so do the options that only the headless page has.
import { spawn } from 'node:child_process'
import { parseCommandLine } from '../src-main/web/command-line.ts'
import { build } from './build.ts'
import { findElectron } from './electron-binary.ts'

const args = process.argv.slice(2).filter((arg) => arg !== '--headless')
const aboutPage = ['--no-open', '--json', '--ui-port', '--allow-reveal', '--help', '-h']
const headless = process.argv.includes('--headless') || args.some((arg) => aboutPage.includes(arg.split('=')[0] ?? ''))

build()
const electron = headless ? { missing: null } : findElectron()
if ('path' in electron) openWindow(electron.path)
else {
  if (electron.missing !== null) process.stderr.write(`No desktop window: ${electron.missing}. Running headless.\n`)
  process.argv.splice(2, process.argv.length, ...args)
  // A name that is computed keeps the types of the built file out of this program.
  const entry = new URL('../out/main/headless.js', import.meta.url).href
  await import(entry)
}

/** Electron reads many switches of its own from the command line, so ours travel in the environment. */
function openWindow(binary: string): void {
  const { dataDir, workspace, proxyPort, keyFile } = parseCommandLine(args)
  const options = {
    KEYWHEEL_DATA_DIR: dataDir,
    KEYWHEEL_WORKSPACE: workspace,
    KEYWHEEL_PROXY_PORT: proxyPort?.toString(),
    KEYWHEEL_KEY_FILE: keyFile,
  }
  const child = spawn(binary, ['.'], { stdio: 'inherit', env: { ...process.env, ...options } })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal))
  child.on('exit', (code) => process.exit(code ?? 1))
}
