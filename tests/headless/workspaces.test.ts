/** Workspaces from outside: by REST, on the command line, over a crash in the middle of a switch, and by the `keywheel` command. */
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, onTestFinished, test } from 'vitest'
import { keywheel } from '../command/desk.ts'
import { startHeldUpstream } from '../support/held-upstream.ts'
import type { Host, HostOptions } from '../support/host.ts'
import { startUnlockedHost } from '../support/unlocked-host.ts'

const running: Host[] = []
async function start(options: HostOptions = {}): Promise<Host> {
  const host = await startUnlockedHost(options)
  running.push(host)
  return host
}
afterEach(async () => {
  for (const host of running.splice(0)) await host.kill()
})

const open = (host: Host, slug: string) => host.rest('POST', `/workspaces/${slug}/open`)
const openOne = async (host: Host) => ((await host.rest('GET', '/info')).body as { workspace: string }).workspace
/** A machine that is busy opens a workspace slowly. */
const patient = { timeout: 60_000 }
const secret = 'sk-workspace-aaaaaaaaaaaaaaaaaaaaaaaa'

describe('by REST', () => {
  test('made, listed, opened and removed, with one admin token and one address for all', async () => {
    const host = await start()
    const runningFile = readFileSync(join(host.dataDir, 'running.json'), 'utf8')
    expect(await host.rest('POST', '/workspaces', { slug: 'team', name: 'The team' })).toMatchObject({
      status: 201,
      body: { slug: 'team', name: 'The team', open: false },
    })
    expect(await host.rest('POST', '/workspaces', { slug: 'team' })).toMatchObject({
      status: 409,
      body: { code: 'WORKSPACE_TAKEN' },
    })
    expect((await host.rest('POST', '/workspaces', { slug: '../team' })).status).toBe(400)
    expect(await open(host, 'team')).toMatchObject({ status: 200, body: { slug: 'team', open: true } })
    expect(await openOne(host)).toBe('team')
    expect((await host.rest('GET', '/vault')).body).toMatchObject({ state: 'unlocked' })
    expect(await open(host, 'nowhere')).toMatchObject({ status: 404, body: { code: 'WORKSPACE_NOT_FOUND' } })
    const remove = (slug: string, confirm: string) => host.rest('DELETE', `/workspaces/${slug}`, { confirm })
    expect(await remove('team', 'team')).toMatchObject({ status: 409, body: { code: 'WORKSPACE_OPEN' } })
    await open(host, 'default')
    expect(await remove('team', 'tema')).toMatchObject({ status: 400, body: { data: { fields: [{ path: 'confirm' }] } } })
    expect(await remove('team', 'team')).toEqual({ status: 200, body: {} })
    expect(existsSync(join(host.dataDir, 'workspaces', 'team'))).toBe(false)
    expect(readFileSync(join(host.dataDir, 'running.json'), 'utf8')).toBe(runningFile)
    expect(await host.stop()).toBe(0)
  })

  test('a live stream lives through the switch, and hears of the one and of the other', async () => {
    const host = await start()
    await host.rest('POST', '/workspaces', { slug: 'team' })
    const gone = new AbortController()
    onTestFinished(() => gone.abort())
    const live = await fetch(`${host.api}/live`, { headers: { authorization: `Bearer ${host.adminToken}` }, signal: gone.signal })
    await host.rest('POST', '/pools', { slug: 'here', provider: 'openai' })
    await open(host, 'team')
    await host.rest('POST', '/pools', { slug: 'there', provider: 'openai' })
    let seen = ''
    const decoder = new TextDecoder()
    const heard = () => [...seen.matchAll(/"what":"(pools|workspaces)"/g)].map(([, what]) => what)
    for await (const chunk of live.body ?? []) {
      seen += decoder.decode(chunk, { stream: true })
      if (heard().length >= 3) break
    }
    expect(heard()).toEqual(['pools', 'workspaces', 'pools'])
  })

  test('while calls end, others are answered with 503 and Retry-After', async () => {
    const host = await start()
    const upstream = await startHeldUpstream()
    await host.rest('POST', '/pools', { slug: 'main', provider: 'openai', baseUrl: `${upstream.url}/v1` })
    await host.rest('POST', '/keys', { secret, pools: ['main'] })
    await host.rest('POST', '/workspaces', { slug: 'team' })
    const held = await heldCall(host)
    const switching = open(host, 'team')
    const ask = () => fetch(`${host.api}/pools`, { headers: { authorization: `Bearer ${host.adminToken}` } })
    await expect.poll(async () => (await ask()).status, patient).toBe(503)
    const refused = await ask()
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1'])
    expect(await refused.json()).toMatchObject({ code: 'WORKSPACE_SWITCHING' })
    // What is not the workspace's goes on.
    expect((await host.rest('GET', '/workspaces')).status).toBe(200)
    upstream.release()
    expect(await held.text).toContain('the end')
    expect((await switching).status).toBe(200)
    expect((await ask()).status).toBe(200)
  })
})

describe('at the start', () => {
  test('--workspace opens that one; one that is not there ends it with the names of those that are', async () => {
    const first = await start()
    await first.rest('POST', '/workspaces', { slug: 'team' })
    await first.stop()
    const second = await start({ dataDir: first.dataDir, args: ['--workspace', 'team'] })
    expect(await openOne(second)).toBe('team')
    await second.stop()
    await expect(start({ dataDir: first.dataDir, args: ['--workspace', 'tema'] })).rejects.toThrow(
      /ended with 1: keywheel: There is no workspace "tema"; there are: default, team\./,
    )
    await expect(start({ dataDir: first.dataDir, args: ['--workspace', ''] })).rejects.toThrow(
      /ended with 2: keywheel: --workspace/,
    )
  })

  test('a second process is refused, also for a workspace that is not open', async () => {
    const host = await start()
    await host.rest('POST', '/workspaces', { slug: 'team' })
    await open(host, 'team')
    for (const workspace of ['default', 'team'])
      await expect(start({ dataDir: host.dataDir, args: ['--workspace', workspace] })).rejects.toThrow(
        /ended with 1: .*Another Keywheel/,
      )
    expect(await openOne(host)).toBe('team')
  })

  test('after SIGKILL in the middle of a switch both are whole, and one of them is open', async () => {
    let host = await start()
    const { dataDir } = host
    const upstream = await startHeldUpstream()
    await host.rest('POST', '/pools', { slug: 'main', provider: 'openai', baseUrl: `${upstream.url}/v1` })
    await host.rest('POST', '/keys', { secret, pools: ['main'] })
    await host.rest('POST', '/workspaces', { slug: 'team' })
    await open(host, 'team')
    await host.rest('POST', '/pools', { slug: 'there', provider: 'openai' })
    // At once, while the other is being opened; and while calls of this one are drained.
    for (const status of [200, 503]) {
      await open(host, 'default')
      const held = await heldCall(host)
      const ended = Promise.allSettled([held.text, open(host, 'team')])
      await expect.poll(async () => (await host.rest('GET', '/pools')).status, patient).toBe(status)
      await host.kill()
      await ended
      host = await start({ dataDir })
      expect(['default', 'team']).toContain(await openOne(host))
      for (const [slug, pool] of [
        ['default', 'main'],
        ['team', 'there'],
      ] as const) {
        expect((await open(host, slug)).status).toBe(200)
        expect((await host.rest('GET', '/pools')).body).toMatchObject([{ slug: pool }])
      }
      await open(host, 'default')
      expect((await host.rest('GET', `/keys?q=${secret}`)).body).toMatchObject({ total: 1 })
    }
  }, 240_000)
})

describe('by the command', () => {
  test('workspaces are listed, made, opened and removed', async () => {
    const host = await start()
    const run = (...args: string[]) => keywheel(['--data-dir', host.dataDir, ...args])
    expect(await run('workspaces', 'create', 'team', '--name', 'The team')).toMatchObject({ code: 0, stdout: 'team\n' })
    expect((await run('workspaces', 'open', 'team')).stdout).toBe('team is open\n')
    expect((await run('workspaces', 'list')).stdout).toBe('WORKSPACE  NAME\ndefault    Default\nteam       The team  open\n')
    expect((await run('status')).stdout).toContain(`${host.dataDir}, workspace team`)
    expect(await run('status', '--workspace', 'default')).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('keywheel workspaces open default'),
    })
    expect((await run('--workspace', 'team', 'status')).code).toBe(0)
    expect((await run('workspaces', 'remove', 'team')).code).toBe(2)
    expect(await run('workspaces', 'remove', 'team', '--confirm', 'team')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('open'),
    })
    await run('workspaces', 'open', 'default')
    expect((await run('workspaces', 'remove', 'team', '--confirm', 'team')).code).toBe(0)
    expect(JSON.parse((await run('workspaces', 'list', '--json')).stdout)).toMatchObject([{ slug: 'default', open: true }])
  })

  test('a workspace goes out as a sealed file and comes in as another one', async () => {
    const host = await start()
    const run = (...args: string[]) => keywheel(['--data-dir', host.dataDir, ...args])
    await host.rest('POST', '/pools', { slug: 'main', provider: 'openai' })
    await host.rest('POST', '/keys', { secret, pools: ['main'], label: 'the key' })
    await host.rest('POST', '/clients', { name: 'editor', pools: ['main'] })
    const [file, passphrase] = [join(host.dataDir, 'export.json'), join(host.dataDir, 'seal')]
    writeFileSync(passphrase, 'correct horse battery staple\n')
    expect((await run('export', '--output', file, '--passphrase-file', passphrase)).code).toBe(0)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readFileSync(file, 'utf8')).not.toContain(secret)

    const preview = await run('import', file, '--passphrase-file', passphrase)
    expect(preview).toMatchObject({ code: 0, stdout: expect.stringContaining('Would bring in') })
    expect(await run('import', file, '--into', 'copy')).toMatchObject({ code: 1, stderr: expect.stringContaining('passphrase') })
    expect((await host.rest('GET', '/workspaces')).body).toHaveLength(1)
    const brought = await run('import', file, '--into', 'copy', '--passphrase-file', passphrase)
    expect([brought.code, brought.stdout]).toEqual([0, 'Brought in:\n  pools: 1 add\n  clients: 1 add\n  keys: 1 add\n'])
    expect(await openOne(host)).toBe('copy')
    expect((await host.rest('GET', `/keys?q=${secret}`)).body).toMatchObject({ total: 1, items: [{ label: 'the key' }] })
  })
})

/** A call through the proxy whose answer has begun. */
async function heldCall(host: Host): Promise<{ text: Promise<string> }> {
  const { token } = (await host.rest('POST', '/clients', { name: 'held' })).body as { token: string }
  const { url } = (await host.rest('GET', '/proxy')).body as { url: string }
  const answer = await fetch(`${url}/main/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'm', stream: true, messages: [{ role: 'user', content: 'hi' }] }),
  })
  expect(answer.status).toBe(200)
  return { text: answer.text() }
}
