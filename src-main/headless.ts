/** Headless entry: the whole application in plain Node, with the page and the REST API on a loopback port. Wiring only. */
import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import manifest from '../package.json' with { type: 'json' }
import { KeywheelError } from '../src-preload/contract/index.ts'
import { type ApiLog, createRouter } from './api/index.ts'
import { createLog } from './base/log.ts'
import { createLogRing } from './base/log-ring.ts'
import { removeRunningFile, writeRunningFile } from './base/running-file.ts'
import { systemClock } from './pool/clock.ts'
import { readAdminToken } from './web/admin-token.ts'
import { announce } from './web/announce.ts'
import { type HeadlessOptions, parseCommandLine, usage } from './web/command-line.ts'
import { debuggingRefusal, keepInspectorShut } from './web/debugging.ts'
import { createWebHost, type WebHost } from './web/index.ts'
import { onStopSignals } from './web/signals.ts'
import { complain, lastWords, surviveBrokenPipes } from './web/streams.ts'
import { type Keywheel, openKeywheel } from './workspaces.ts'

const defaultUiPort = 8788

async function main(options: HeadlessOptions): Promise<void> {
  process.umask(0o077)
  await mkdir(options.dataDir, { recursive: true, mode: 0o700 })
  const ring = createLogRing()
  const log = createLog(process.env['KEYWHEEL_LOG'], { ring })
  const { dataDir, workspace, allowReveal, proxyPort, keyFile } = options
  // An empty variable is one that was not set.
  const passphraseFile = process.env['KEYWHEEL_PASSPHRASE_FILE'] || undefined
  const keywheel = await openKeywheel({
    dataDir,
    workspace,
    shell: 'headless',
    version: manifest.version,
    allowReveal,
    proxyPort,
    opening: { passphraseFile, keyFile },
    log,
    recentWarnings: ring.lines,
  })
  try {
    await serve(keywheel, options, log)
  } catch (error) {
    await keywheel.close()
    throw error
  }
}

/** After the application: it is what makes the folder private before anything is put into it. */
async function serve(keywheel: Keywheel, options: HeadlessOptions, log: ApiLog): Promise<void> {
  const web = createWebHost({
    router: createRouter(),
    services: keywheel.services,
    rendererDir: fileURLToPath(new URL('../renderer', import.meta.url)),
    adminToken: await readAdminToken(options.dataDir),
    log,
    clock: systemClock(),
  })
  const port = await listen(web, options.uiPort)
  const api = `http://127.0.0.1:${port}/api`
  await writeRunningFile(options.dataDir, { api, pid: process.pid, secret: web.secret })
  const stop = async () => {
    await removeRunningFile(options.dataDir)
    await web.close()
    await keywheel.close()
    process.exit(0)
  }
  onStopSignals(
    () => void stop().catch(fail),
    () => process.exit(1),
  )
  const proxy = keywheel.services.proxy.status()
  const newUi = () => devAddress(web.newLoginUrl())
  announce(
    { ui: newUi(), proxy: proxy.url, api },
    { json: options.json, open: options.open, proxyReason: proxy.reason?.message ?? null, newUi },
  )
}

/** While developing, the page comes from Vite, which passes calls on to us. */
function devAddress(url: string): string {
  const vite = process.env['ELECTRON_RENDERER_URL']
  return vite ? `${vite}/${new URL(url).hash}` : url
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
  complain(error instanceof Error ? error.message : String(error))
  process.exit(1)
}

function refuse(message: string): never {
  complain(message)
  process.exit(2)
}

function readOptions(): HeadlessOptions {
  try {
    return parseCommandLine(process.argv.slice(2))
  } catch (error) {
    return refuse(`${error instanceof Error ? error.message : String(error)}\nRun with --help to see every option.`)
  }
}

function start(): void {
  keepInspectorShut()
  surviveBrokenPipes()
  process.on('uncaughtException', (error) => {
    complain(lastWords(error))
    process.exit(1)
  })
  const refusal = debuggingRefusal(process.env)
  if (refusal !== null) refuse(refusal)
  const options = readOptions()
  if (options.help) process.stdout.write(usage)
  else main(options).catch(fail)
}

start()
