/** How it ends, and what is there afterwards. */
import { setTimeout } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { type ScriptedUpstream, startScriptedUpstream } from '../../src-main/demo/index.ts'
import type { Host } from '../support/host.ts'
import { startUnlockedHost } from '../support/unlocked-host.ts'

const secret = 'sk-ending-aaaaaaaaaaaaaaaaaaaaaaaaaaaa'
const other = 'sk-ending-bbbbbbbbbbbbbbbbbbbbbbbbbbbb'
const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const clean of cleanups.splice(0)) await clean()
})

interface Setting {
  host: Host
  upstream: ScriptedUpstream
  call(stream?: boolean): Promise<Response>
  restart(): Promise<Host>
}

async function setting(): Promise<Setting> {
  const upstream = await startScriptedUpstream()
  const host = await startUnlockedHost()
  cleanups.push(
    () => host.kill(),
    () => upstream.close(),
  )
  await host.rest('POST', '/pools', { slug: 'main', provider: 'openai', baseUrl: `${upstream.url}/v1`, strategy: 'priority' })
  await host.rest('POST', '/keys', { secret, label: 'first', pools: ['main'] })
  await host.rest('POST', '/keys', { secret: other, label: 'second', pools: ['main'], priority: 9 })
  const { token } = (await host.rest('POST', '/clients', { name: 'test' })).body as { token: string }
  return {
    host,
    upstream,
    call: (stream = false) =>
      fetch(`${host.proxy}/main/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'gpt-4o-mini', stream, messages: [{ role: 'user', content: 'hi' }] }),
      }),
    async restart() {
      const again = await startUnlockedHost({ dataDir: host.dataDir })
      cleanups.push(() => again.kill())
      return again
    },
  }
}

const requests = async (host: Host) => ((await host.rest('GET', '/requests')).body as { items: { outcome: string }[] }).items
const key = async (host: Host, label: string) =>
  ((await host.rest('GET', `/keys?q=${label}`)).body as { items: { state: string; until: number | null }[] }).items[0]

describe('the end', () => {
  test('F32: SIGTERM lets a stream end, writes everything down and exits 0', async () => {
    const { host, upstream, call, restart } = await setting()
    upstream.script(secret, [{ kind: 'ok', text: 'one two three four five', chunkDelayMs: 100 }])
    expect((await call()).status).toBe(200)
    upstream.script(secret, [{ kind: 'ok', text: 'one two three four five', chunkDelayMs: 150 }])
    const answer = await call(true)
    const ended = host.stop()
    expect(await answer.text()).toContain('[DONE]')
    expect(await ended).toBe(0)
    expect(host.log()).toBe('')
    const again = await restart()
    expect((await requests(again)).map(({ outcome }) => outcome)).toEqual(['ok', 'ok'])
  })

  test('Ctrl+C reaches it twice at once, from the terminal and from npm, and is one wish', async () => {
    const { host, call, restart } = await setting()
    await call()
    process.kill(host.pid, 'SIGINT')
    process.kill(host.pid, 'SIGINT')
    expect(await host.stop()).toBe(0)
    expect(await requests(await restart())).toHaveLength(1)
  })

  test('a second signal after a while ends it now', async () => {
    const { host, upstream, call } = await setting()
    upstream.script(secret, [{ kind: 'no-answer' }])
    const hanging = call().catch(() => undefined)
    await expect.poll(() => upstream.requests.length).toBe(1)
    process.kill(host.pid, 'SIGINT')
    await setTimeout(1200)
    expect(await host.stop()).toBe(1)
    await hanging
  })

  test('F3: usage older than 250 ms, cool-downs and invalid marks older than a second survive SIGKILL', async () => {
    const { host, upstream, call, restart } = await setting()
    upstream.script(secret, [{ kind: 'rate-short', retryAfterS: 600 }])
    upstream.script(other, [{ kind: 'key-invalid' }])
    expect((await call()).ok).toBe(false)
    await setTimeout(2500)
    await host.kill()
    const again = await restart()
    expect(await requests(again)).toHaveLength(1)
    expect(await key(again, 'first')).toMatchObject({ state: 'cooling' })
    expect((await key(again, 'first'))?.until).toBeGreaterThan(Date.now() + 500_000)
    expect(await key(again, 'second')).toMatchObject({ state: 'invalid' })
  })

  test('marks survive an orderly end made at once', async () => {
    const { host, upstream, call, restart } = await setting()
    upstream.script(secret, [{ kind: 'key-invalid' }])
    expect((await call()).headers.get('x-keywheel-key')).toBe('second')
    expect(await host.stop()).toBe(0)
    expect(await key(await restart(), 'first')).toMatchObject({ state: 'invalid' })
  })

  test('keys and pools that are deleted while calls run do not break the calls', async () => {
    const { host, upstream, call } = await setting()
    upstream.script(secret, [{ kind: 'ok', text: 'one two three four five', chunkDelayMs: 100 }])
    const answer = await call(true)
    const list = (await host.rest('GET', '/keys?q=first')).body as { items: { id: string }[] }
    expect((await host.rest('DELETE', `/keys/${list.items[0]?.id}`)).status).toBe(200)
    expect((await host.rest('DELETE', '/pools/main')).status).toBe(200)
    expect(await answer.text()).toContain('[DONE]')
    expect((await call()).status).toBe(404)
    expect((await host.rest('POST', '/pools/main/restore')).status).toBe(200)
    expect((await call()).headers.get('x-keywheel-key')).toBe('second')
    expect(await requests(host)).toHaveLength(2)
    expect(host.log()).toBe('')
  })
})
