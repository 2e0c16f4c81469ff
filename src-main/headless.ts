/** Headless entry: the whole application in plain Node, with the page and the REST API on a loopback port. Wiring only. */
import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { pino } from 'pino'
import { KeywheelError } from '../src-preload/contract/index.ts'
import manifest from '../package.json' with { type: 'json' }
import { createRouter } from './api/index.ts'
import { createApp } from './app.ts'
import { systemClock } from './pool/clock.ts'
import { readAdminToken } from './web/admin-token.ts'
import { announce } from './web/announce.ts'
import { type HeadlessOptions, parseCommandLine, usage } from './web/command-line.ts'
import { createWebHost, type WebHost } from './web/index.ts'

const defaultUiPort = 8788

async function main(options: HeadlessOptions): Promise<void> {
  process.umask(0o077)
  await mkdir(options.dataDir, { recursive: true, mode: 0o700 })
  const log = pino({ base: null, level: process.env['KEYWHEEL_LOG'] ?? 'warn' }, pino.destination({ dest: 2, sync: true }))
  const { dataDir, allowReveal, proxyPort, keyFile } = options
  const passphraseFile = process.env['KEYWHEEL_PASSPHRASE_FILE']
  const adminToken = await readAdminToken(dataDir)
  const app = await createApp({ dataDir, shell: 'headless', version: manifest.version, allowReveal, proxyPort, opening: { passphraseFile, keyFile }, log })
  const rendererDir = fileURLToPath(new URL('../renderer', import.meta.url))
  const web = createWebHost({ router: createRouter(), services: app.services, rendererDir, adminToken, log, clock: systemClock() })
  const port = await listen(web, options.uiPort)

  let closing = false
  const stop = () => {
    if (closing) process.exit(1)
    closing = true
    void web.close().then(() => app.close()).then(() => process.exit(0), fail)
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)

  const proxy = app.services.proxy.status()
  announce(
    { ui: web.newLoginUrl(), proxy: proxy.url, api: `http://127.0.0.1:${port}/api` },
    { json: options.json, open: options.open, proxyReason: proxy.reason?.message ?? null, newUi: () => web.newLoginUrl() },
  )
}

/** A port that was asked for is that port or nothing; otherwise the next free one will do, for the address is printed. */
async function listen(web: WebHost, wanted: number | undefined): Promise<number> {
  try {
    return (await web.listen(wanted ?? defaultUiPort)).port
  } catch (error) {
    if (wanted !== undefined || !(error instanceof KeywheelError) || error.data.nextPort === undefined) throw error
    return (await web.listen(error.data.nextPort)).port
  }
}

function fail(error: unknown): void {
  process.stderr.write(`keywheel: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
}

function start(): void {
  let options: HeadlessOptions
  try {
    options = parseCommandLine(process.argv.slice(2))
  } catch (error) {
    process.stderr.write(`keywheel: ${error instanceof Error ? error.message : String(error)}\nRun with --help to see every option.\n`)
    process.exit(2)
  }
  if (options.help) process.stdout.write(usage)
  else main(options).catch(fail)
}

start()
