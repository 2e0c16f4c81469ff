/** What is compared: each in a process of its own, in front of the same upstream. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { temporaryFolder } from '../../support/host.ts'
import { startUnlockedHost } from '../../support/unlocked-host.ts'
import type { Target } from './load.ts'

export interface Peer {
  target: Target
  stop(): unknown
}

/** Whatever happens to the benchmark, its processes end with it. */
const children: ChildProcess[] = []
process.once('exit', () => {
  for (const child of children) child.kill()
})
const ending = <Child extends ChildProcess>(child: Child): Child => {
  children.push(child)
  return child
}

const here = import.meta.dirname
const path = '/v1/chat/completions'

/** A script of this folder that prints its port. */
export async function script(name: string, ...args: string[]): Promise<{ port: number; child: ChildProcess }> {
  const child = ending(spawn(process.execPath, [join(here, `${name}.ts`), ...args], { stdio: ['ignore', 'pipe', 'inherit'] }))
  const port = await new Promise<number>((resolve) =>
    createInterface({ input: child.stdout }).once('line', (line) => resolve(Number(line))),
  )
  return { port, child }
}

export async function floor(upstream: number): Promise<Peer> {
  const { port, child } = await script('floor', String(upstream))
  return { target: { name: 'node:http + undici', port, path, headers: {}, pid: child.pid ?? null }, stop: () => child.kill() }
}

/** Null when nginx is not installed. */
export async function nginx(upstream: number): Promise<Peer | null> {
  const folder = temporaryFolder()
  const port = await freePort()
  const file = join(folder, 'nginx.conf')
  writeFileSync(
    file,
    `daemon off; worker_processes 1; pid ${folder}/nginx.pid; error_log ${folder}/error.log;
     events { worker_connections 1024; }
     http {
       access_log off; client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/f;
       uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;
       upstream bench { server 127.0.0.1:${upstream}; keepalive 256; }
       server { listen 127.0.0.1:${port}; location / { proxy_pass http://bench; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off; } }
     }`,
  )
  const child = ending(spawn('nginx', ['-c', file, '-p', folder], { stdio: 'ignore' }))
  const started = await new Promise<boolean>((resolve) => {
    child.once('error', () => resolve(false))
    setTimeout(() => resolve(child.exitCode === null), 500)
  })
  return started ? { target: { name: 'nginx', port, path, headers: {}, pid: null }, stop: () => child.kill() } : null
}

const portkeyVersion = '1.15.2'

/** Null when it could not be fetched: it is no part of this project, and is installed into a folder of its own. */
export async function portkey(upstream: number): Promise<Peer | null> {
  const folder = join(tmpdir(), `keywheel-bench-portkey-${portkeyVersion}`)
  const entry = join(folder, 'node_modules/@portkey-ai/gateway/build/start-server.js')
  const install = ['install', '--prefix', folder, '--no-audit', '--no-fund', '--ignore-scripts']
  if (!existsSync(entry))
    spawnSync('npm', [...install, `@portkey-ai/gateway@${portkeyVersion}`], { stdio: 'ignore', timeout: 180_000 })
  if (!existsSync(entry)) return null
  const port = await freePort()
  const env = { ...process.env, TRUSTED_CUSTOM_HOSTS: '127.0.0.1,localhost' }
  const child = ending(spawn(process.execPath, [entry, `--port=${port}`, '--headless'], { stdio: 'ignore', env }))
  const headers = {
    authorization: 'Bearer sk-bench',
    'x-portkey-provider': 'openai',
    'x-portkey-custom-host': `http://127.0.0.1:${upstream}/v1`,
  }
  await untilOpen(port)
  return { target: { name: '@portkey-ai/gateway', port, path, headers, pid: child.pid ?? null }, stop: () => child.kill() }
}

/** The whole application with everything on: token, limits, leases, usage to disk. `path`: a pool's own, or the unified API's. */
export async function keywheel(upstream: number, keys: number): Promise<{ raw: Peer; unified: Target }> {
  const host = await startUnlockedHost({ entry: 'src-main/headless.ts' })
  process.once('exit', () => killQuietly(host.pid))
  const rest = async (method: string, to: string, body: unknown) => {
    const answer = await host.rest(method, to, body)
    if (answer.status >= 300) throw new Error(`${method} ${to}: ${answer.status} ${JSON.stringify(answer.body)}`)
    return answer.body
  }
  const limits = { '*': { rpm: 10_000_000, tpm: 1_000_000_000 } }
  await rest('POST', '/pools', {
    slug: 'bench',
    provider: 'openai',
    baseUrl: `http://127.0.0.1:${upstream}/v1`,
    config: { limits, models: ['gpt-4o'] },
  })
  for (let from = 0; from < keys; from += 1000) {
    const text = Array.from(
      { length: Math.min(1000, keys - from) },
      (_, i) => `sk-bench-${String(from + i).padStart(30, '0')}`,
    ).join('\n')
    await rest('POST', '/keys/import', { text, pool: 'bench' })
  }
  const { token } = (await rest('POST', '/clients', { name: 'bench' })) as { token: string }
  const port = Number(new URL(host.proxy ?? '').port)
  const headers = { authorization: `Bearer ${token}` }
  const target = { name: `Keywheel, ${keys} keys`, port, path: '/bench/v1/chat/completions', headers, pid: host.pid }
  return { raw: { target, stop: () => host.stop() }, unified: { ...target, name: 'Keywheel, unified API', path } }
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid)
  } catch {
    // It has ended already.
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no TCP address')
  return address.port
}

async function untilOpen(port: number): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const answered = await fetch(`http://127.0.0.1:${port}/`).then(
      () => true,
      () => false,
    )
    if (answered) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`nothing answers on port ${port}`)
}
