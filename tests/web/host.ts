/** A web host over fake services on a free port, and two ways to talk to it: fetch, and raw bytes on a socket. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { createRouter } from '../../src-main/api/index.ts'
import { createWebHost } from '../../src-main/web/index.ts'
import { fakeServices, keptLog } from '../api/fake-services.ts'
import { temporaryFolder } from '../support/host.ts'

export const adminToken = 'admin-token-4Tq9vZx7Lm2Rb8Wc'
const router = createRouter()

interface ApiInit extends Omit<RequestInit, 'headers'> {
  headers?: Record<string, string>
}

/** A small built page. */
function rendererDir(): string {
  const dir = temporaryFolder()
  mkdirSync(join(dir, 'assets'))
  writeFileSync(
    join(dir, 'index.html'),
    '<!doctype html><meta property="csp-nonce" nonce="__CSP_NONCE__"><script type="module" src="/assets/index-abc.js"></script>',
  )
  writeFileSync(join(dir, 'assets', 'index-abc.js'), 'export {}')
  writeFileSync(join(dir, 'assets', 'index-abc.js.map'), '{}')
  return dir
}

export async function openHost(directory = rendererDir()) {
  const services = fakeServices()
  const log = keptLog()
  const clock = { at: 0, mono: () => clock.at }
  const host = createWebHost({ router, services, rendererDir: directory, adminToken, log, clock })
  const { port } = await host.listen(0)
  const base = `http://127.0.0.1:${port}`

  /** Signs a page in, as the bridge does. */
  async function signIn(): Promise<string> {
    const code = new URL(host.newLoginUrl()).hash.slice('#code='.length)
    const response = await post(`${base}/session`, { code })
    return ((await response.json()) as { token: string }).token
  }
  const api = (path: string, { headers, ...init }: ApiInit = {}) =>
    fetch(`${base}/api${path}`, { ...init, headers: { authorization: `Bearer ${adminToken}`, ...headers } })

  return { host, services, log, clock, port, base, signIn, api }
}
export type OpenHost = Awaited<ReturnType<typeof openHost>>

export function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) })
}

/** Writes exactly these bytes and reads until the other side closes (or the answer is complete with `Connection: close`). */
export function raw(port: number, text: string): Promise<{ status: number; head: string; body: string }> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text))
    let answer = ''
    socket.setEncoding('utf8')
    socket.on('data', (chunk: string) => (answer += chunk))
    socket.on('error', reject)
    socket.on('close', () => {
      const end = answer.indexOf('\r\n\r\n')
      const head = answer.slice(0, end)
      resolve({ status: Number(head.split(' ')[1] ?? 0), head: head.toLowerCase(), body: answer.slice(end + 4) })
    })
  })
}

/** A GET (or other method) with exactly these headers, closed after one answer. */
export function rawRequest(port: number, target: string, headers: Record<string, string>, method = 'GET') {
  const lines = Object.entries({ host: `127.0.0.1:${port}`, connection: 'close', ...headers }).map(
    ([name, value]) => `${name}: ${value}`,
  )
  return raw(port, `${method} ${target} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`)
}
