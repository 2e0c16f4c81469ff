/** A real headless Keywheel in a process of its own, on free ports, in a folder of its own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'

export interface Host {
  dataDir: string
  /** Address of the page with its one-time code. */
  ui: string
  proxy: string | null
  api: string
  pid: number
  adminToken: string
  /** REST call with the admin token; `path` begins after /api. */
  rest(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }>
  /** What it wrote to stderr. */
  log(): string
  /** SIGTERM and wait; gives back the exit code. */
  stop(): Promise<number | null>
  /** SIGKILL and wait. */
  kill(): Promise<void>
}

export interface HostOptions {
  dataDir?: string
  args?: string[]
  env?: Record<string, string>
  /** The built one unless told. */
  entry?: string
}

/** No keychain and no calls by itself, so that what a test finds does not depend on the machine, and what it scripts is its own. */
const isolated = {
  KEYWHEEL_LIST_MODELS: '0',
  DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent',
  DISPLAY: '',
  WAYLAND_DISPLAY: '',
}

const folders: string[] = []
process.once('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

/** A folder that is removed when the test process ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'keywheel-'))
  folders.push(folder)
  return folder
}

export async function startHost(options: HostOptions = {}): Promise<Host> {
  const { dataDir = temporaryFolder(), args = [], env = {}, entry = 'out/main/headless.js' } = options
  const child = spawn(
    process.execPath,
    [resolve(entry), '--data-dir', dataDir, '--proxy-port', '0', '--ui-port', '0', '--no-open', '--json', ...args],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...isolated, ...env },
    },
  )
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const exited = new Promise<number | null>((resolveExit) => child.once('exit', (code) => resolveExit(code)))
  const line = await Promise.race([
    firstLine(child),
    exited.then((code) => Promise.reject(new Error(`keywheel ended with ${code}: ${stderr}`))),
  ])
  const ready = JSON.parse(line) as Pick<Host, 'ui' | 'proxy' | 'api' | 'pid'>
  const adminToken = readFileSync(join(dataDir, 'admin-token'), 'utf8').trim()
  return {
    ...ready,
    dataDir,
    adminToken,
    async rest(method, path, body) {
      const answer = await fetch(ready.api + path, {
        method,
        headers: { authorization: `Bearer ${adminToken}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const text = await answer.text()
      return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) }
    },
    log: () => stderr,
    stop() {
      child.kill('SIGTERM')
      return exited
    },
    async kill() {
      child.kill('SIGKILL')
      await exited
    },
  }
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolveLine) => createInterface({ input: child.stdout! }).once('line', resolveLine))
}
