/** The canary sweep: secrets that were used everywhere are found nowhere they do not belong. */
import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ScriptedUpstream, startScriptedUpstream } from '../../src-main/demo/index.ts'
import { type Host, startHost, temporaryFolder } from '../support/host.ts'
import { findSecret } from './spellings.ts'

/** No vendor's shape, so that nothing can know it by its looks. */
const canary = () => randomBytes(30).toString('base64url')
const key = canary()
const rawKey = canary()
const passphrase = canary()
const exportPassphrase = canary()
const answers: string[] = []
const passFolder = temporaryFolder()
let host: Host
let upstream: ScriptedUpstream
let token: string
let code: string
let bearer: string
let pages: string[]

/** A REST call whose answer is kept for the search. */
async function rest(method: string, path: string, body?: unknown, authorization = `Bearer ${host.adminToken}`) {
  const answer = await fetch(host.api + path, {
    method,
    headers: { authorization, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await answer.text()
  answers.push(`${method} ${path.split('?')[0]} ${[...answer.headers].join(' ')} ${text}`)
  return { status: answer.status, body: text === '' ? undefined : (JSON.parse(text) as Record<string, unknown>) }
}

async function call(path: string, init: RequestInit = {}) {
  const answer = await fetch(`${host.proxy}${path}`, init).catch(() => undefined)
  if (answer)
    answers.push(`proxy ${path.split('?')[0]} ${[...answer.headers].join(' ')} ${await answer.text().catch(() => 'cut')}`)
}

beforeAll(async () => {
  upstream = await startScriptedUpstream()
  const passphraseFile = join(passFolder, 'passphrase')
  writeFileSync(passphraseFile, passphrase, { mode: 0o600 })
  host = await startHost({ args: ['--allow-reveal'], env: { KEYWHEEL_PASSPHRASE_FILE: passphraseFile, KEYWHEEL_LOG: 'trace' } })
  code = new URL(host.ui).hash.slice('#code='.length)
  await useEverything()
  pages = ['cmdline', 'environ'].map((name) => readFileSync(`/proc/${host.pid}/${name}`, 'latin1'))
})
afterAll(async () => {
  await host.kill()
  await upstream.close()
})

async function useEverything() {
  await configure()
  await callThroughProxy()
  await provokeErrors()
  await signIn()
  await rest('POST', '/export', { what: 'all', secrets: 'none' })
  const { body: sealed } = await rest('POST', '/export', { what: 'all', secrets: 'sealed', passphrase: exportPassphrase })
  await rest('POST', '/import', { document: sealed, passphrase: exportPassphrase, mode: 'apply' })
  await rest('POST', '/import', { document: sealed, passphrase: key, mode: 'apply' })
  for (const path of ['/pools', '/keys', `/keys?q=${key}`, '/clients', '/proxy', '/vault', '/settings', '/info', '/providers'])
    await rest('GET', path)
  for (const path of ['/requests', '/usage/summary', '/usage/series', '/usage/models', '/usage/keys', '/openapi.json'])
    await rest('GET', path)
}

async function configure() {
  await rest('POST', '/pools', { slug: 'main', provider: 'openai', baseUrl: `${upstream.url}/v1` })
  await rest('POST', '/pools', {
    slug: 'query',
    provider: 'custom',
    baseUrl: `${upstream.url}/v1`,
    auth: { in: 'query', name: 'key', format: '{key}' },
  })
  await rest('POST', '/keys', { secret: key, pools: ['main'] })
  await rest('POST', '/keys/preview', { text: `${key}\n${rawKey}` })
  await rest('POST', '/keys/import', { text: `# mine\n${rawKey}\n${rawKey}`, pool: 'query' })
  const { body: client } = await rest('POST', '/clients', { name: 'canary' })
  token = String(client?.['token'])
  // The one answer that shows it.
  answers.pop()
}

async function callThroughProxy() {
  const authorization = `Bearer ${token}`
  const chat = (stream: boolean) => ({
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-4o-mini', stream, messages: [{ role: 'user', content: 'hi' }] }),
  })
  await call('/main/chat/completions', chat(false))
  await call('/main/chat/completions', chat(true))
  await call('/query/models', { headers: { authorization } })
  await call(`/main/models?key=${token}`)
  for (const kind of ['bad-request', 'server-error', 'reset', 'cut-body', 'key-invalid'] as const) {
    upstream.script(key, [{ kind }])
    await call('/main/chat/completions', chat(kind === 'cut-body'))
  }
  await call('/main/models', { headers: { authorization: `Bearer ${key}` } })
  await call('/nowhere/models', { headers: { authorization } })
  await rest('POST', '/proxy/test', { pool: 'main' })
}

/** Every way of putting a secret where it does not belong. */
async function provokeErrors() {
  const { body } = await rest('GET', '/keys?limit=200')
  const [first] = (body as { items: { id: string }[] }).items
  upstream.script(key, [{ kind: 'key-invalid' }])
  await rest('POST', `/keys/${first?.id}/check`)
  await rest('POST', '/keys', { secret: key, pools: ['main'] })
  await rest('POST', '/keys', { secret: `${key} ${key}`, pools: ['main'] })
  await rest('POST', '/keys', `{"secret": "${key}", `)
  await rest('POST', '/keys/import', { text: `not a key ${key}\n${key}\u00e9`, pool: 'main' })
  await rest('PATCH', `/keys/${first?.id}`, { secret: `${key}\n` })
  await rest('POST', '/vault/unlock', { passphrase })
  await rest('POST', '/vault', { mode: 'sealed', slot: { kind: 'passphrase', passphrase } })
  await rest('POST', '/import', { document: { secret: key }, mode: 'apply' })
  await rest('POST', '/import', { document: `{"secret": "${key}"`, mode: 'apply' })
  await rest('GET', '/pools', undefined, `Bearer ${key}`)
  await rest('POST', '/export', { what: 'all', secrets: 'sealed', passphrase: 'short' })
}

async function signIn() {
  const origin = new URL(host.api).origin
  const redeem = () =>
    fetch(`${origin}/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code }),
    })
  bearer = ((await (await redeem()).json()) as { token: string }).token
  answers.push(await (await redeem()).text())
  answers.push(await (await fetch(`${origin}/`)).text())
  await rest('GET', '/pools', undefined, `Bearer ${bearer}`)
}

describe('the canary sweep', () => {
  const secrets = () => Object.entries({ key, rawKey, token, passphrase, exportPassphrase, code, bearer, admin: host.adminToken })

  test('the search finds what is hidden', () => {
    const bytes = Buffer.from(`xx${key}yy`)
    for (const text of [bytes.toString('base64'), bytes.toString('hex'), bytes.toString('base64url'), key.slice(5, 17)])
      expect(findSecret(key, text)).not.toEqual([])
    expect(findSecret(key, Buffer.from(bytes.toString(), 'utf16le'))).not.toEqual([])
    expect(findSecret(key, canary())).toEqual([])
  })

  test('the upstream did get the keys, and the calls were many', () => {
    expect(upstream.requests.some((request) => request.key === key)).toBe(true)
    expect(upstream.requests.some((request) => request.url.includes(rawKey))).toBe(true)
    expect(answers.length).toBeGreaterThan(40)
  })

  test('no answer holds a secret', () => {
    const leaks = secrets().flatMap(([name, secret]) =>
      answers.filter((answer) => findSecret(secret, answer).length > 0).map((answer) => `${name}: ${answer}`),
    )
    expect(leaks).toEqual([])
  })

  test('no log line, command line or environment holds a secret', () => {
    for (const [name, secret] of secrets())
      for (const text of [host.log(), ...pages]) expect({ name, found: findSecret(secret, text) }).toEqual({ name, found: [] })
  })

  test('no file holds a secret, but for the admin token in its own', async () => {
    expect(await host.stop()).toBe(0)
    const names = readdirSync(host.dataDir)
    expect(names).toContain('keywheel.db')
    const places = names.flatMap((file) => secrets().map(([name, secret]) => ({ file, name, secret })))
    const leaks = places
      .filter(({ file, name }) => file !== 'admin-token' || name !== 'admin')
      .filter(({ file, secret }) => findSecret(secret, readFileSync(join(host.dataDir, file))).length > 0)
    expect(leaks.map(({ file, name }) => `${name} in ${file}`)).toEqual([])
  })

  test('the one reveal shows the key to whoever may see it', async () => {
    const again = await startHost({
      dataDir: host.dataDir,
      args: ['--allow-reveal'],
      env: { KEYWHEEL_PASSPHRASE_FILE: join(passFolder, 'passphrase') },
    })
    const { items } = (await again.rest('GET', `/keys?q=${key}`)).body as { items: { id: string }[] }
    expect((await again.rest('POST', `/keys/${items[0]?.id}/reveal`)).body).toMatchObject({ secret: key })
    await again.stop()
  })
})
