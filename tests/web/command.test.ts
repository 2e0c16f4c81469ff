/** What the host tells our own command: that it is the one of the running file, and a new address of the page. */
import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { proofOf, readRunningFile, removeRunningFile, writeRunningFile } from '../../src-main/base/running-file.ts'
import { temporaryFolder } from '../support/host.ts'
import { adminToken, openHost, post } from './host.ts'

const nonce = 'nonce-0123456789abcdef'

describe('proof', () => {
  test('healthz proves with a nonce that it knows the secret, and says nothing of it otherwise', async () => {
    const { base, host } = await openHost()
    const plain = await (await fetch(`${base}/healthz`)).text()
    expect(JSON.parse(plain)).toEqual({ status: 'ok' })
    const asked = await fetch(`${base}/healthz`, { headers: { 'x-keywheel-nonce': nonce } })
    const text = await asked.text()
    expect(JSON.parse(text)).toEqual({ status: 'ok', proof: proofOf(host.secret, nonce) })
    expect(text).not.toContain(host.secret)
    await host.close()
  })

  test('a nonce that is none gets no proof', async () => {
    const { base, host } = await openHost()
    for (const wrong of ['short', 'x'.repeat(65), 'with spaces and more', 'ünïcode-0123456789'].map(encodeURI)) {
      const answer = await fetch(`${base}/healthz`, { headers: { 'x-keywheel-nonce': wrong } })
      expect(await answer.json()).toEqual({ status: 'ok' })
    }
    await host.close()
  })
})

describe('a new code', () => {
  test('is given for the secret, works once, and leads to a page', async () => {
    const { base, host } = await openHost()
    const answer = await post(`${base}/session/code`, {}, { authorization: `Bearer ${host.secret}` })
    const { ui } = (await answer.json()) as { ui: string }
    const code = new URL(ui).hash.slice('#code='.length)
    expect((await post(`${base}/session`, { code })).status).toBe(200)
    expect((await post(`${base}/session`, { code })).status).toBe(401)
    await host.close()
  })

  test('is not given for the admin token, a wrong secret, none, or to a web page', async () => {
    const { base, host } = await openHost()
    for (const wrong of [adminToken, `${host.secret}x`, host.secret.slice(1), '']) {
      const answer = await post(`${base}/session/code`, {}, { authorization: `Bearer ${wrong}` })
      expect({ wrong, status: answer.status }).toEqual({ wrong, status: 401 })
    }
    expect((await post(`${base}/session/code`, {})).status).toBe(401)
    const page = { authorization: `Bearer ${host.secret}`, origin: 'https://evil.example' }
    expect((await post(`${base}/session/code`, {}, page)).status).toBe(403)
    expect((await fetch(`${base}/session/code`)).status).toBe(405)
    await host.close()
  })
})

describe('the running file', () => {
  const facts = { api: 'http://127.0.0.1:8788/api', pid: 42, secret: 'a-secret' }

  test('comes back as it was written, with mode 0600, and over a former one', async () => {
    const dir = temporaryFolder()
    const file = join(dir, 'running.json')
    writeFileSync(file, 'left over', { mode: 0o644 })
    await writeRunningFile(dir, facts)
    expect(await readRunningFile(dir)).toEqual(facts)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    await removeRunningFile(dir)
    expect(await readRunningFile(dir)).toBeNull()
    await removeRunningFile(dir)
  })

  test('what is none counts as none', async () => {
    const dir = temporaryFolder()
    for (const text of ['', 'null', '[]', '{"api":"x"}', '{"api":"http://h","pid":"1","secret":"s"}']) {
      writeFileSync(join(dir, 'running.json'), text)
      expect({ text, read: await readRunningFile(dir) }).toEqual({ text, read: null })
    }
  })
})
