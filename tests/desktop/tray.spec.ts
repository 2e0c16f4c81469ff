/** The tray: what it says, and that its switch is the real one. */
import type { HarnessShell } from '../support/electron/launch.ts'
import { expect, test } from '../support/electron/test.ts'
import { call, holdLine } from './line.ts'

const labels = async (shell: HarnessShell) =>
  (await shell.main('facts')).tray?.menu.map(({ label }) => label).filter((label) => label !== '') ?? []

test('says the state and the counts of keys, and follows them', async ({ start }) => {
  const shell = await start({ onPage: holdLine })
  const page = await shell.page()
  await expect
    .poll(() => labels(shell))
    .toEqual(['Proxy on, no key is ready', '0 ready, 0 cooling', 'Switch proxy off', 'Copy address', 'Open Keywheel', 'Quit'])
  expect((await call(page, '/pools/demo')).status).toBeLessThan(300)
  await expect.poll(() => labels(shell)).toContain('Proxy on')
  const { body } = await call(page, '/keys/list', {})
  const { counts } = body as { counts: Record<string, number> }
  const ready = (counts['ready'] ?? 0) + (counts['unchecked'] ?? 0)
  expect(ready).toBeGreaterThan(0)
  await expect.poll(() => labels(shell)).toContain(`${ready} ready, ${counts['cooling']} cooling`)
  expect((await shell.main('facts')).tray?.toolTip).toBe('Keywheel: Proxy on')
})

test('its switch stops the proxy and starts it again, on a real port', async ({ start }) => {
  const shell = await start({ onPage: holdLine })
  const page = await shell.page()
  const { body } = await call(page, '/proxy/status')
  const { url } = body as { url: string }
  expect((await fetch(`${url}/healthz`)).status).toBe(200)

  await shell.main('clickTray', 'Switch proxy off')
  await expect.poll(() => labels(shell)).toContain('Proxy off')
  await expect(fetch(`${url}/healthz`)).rejects.toThrow()
  const copyAddress = (await shell.main('facts')).tray?.menu.find(({ label }) => label === 'Copy address')
  expect(copyAddress?.enabled).toBe(false)

  await shell.main('clickTray', 'Switch proxy on')
  await expect.poll(() => labels(shell)).toContain('Switch proxy off')
  expect((await fetch(`${url}/healthz`)).status).toBe(200)
})

test('follows from one workspace to another, and the page keeps its line', async ({ start }) => {
  const shell = await start({ onPage: holdLine })
  const page = await shell.page()
  expect((await call(page, '/pools/demo')).status).toBeLessThan(300)
  await expect.poll(() => labels(shell)).toContain('Proxy on')
  expect((await call(page, '/workspaces/create', { slug: 'team' })).status).toBeLessThan(300)
  expect(await call(page, '/workspaces/open', { slug: 'team' })).toMatchObject({
    status: 200,
    body: { slug: 'team', open: true },
  })
  await expect.poll(() => labels(shell)).toEqual(expect.arrayContaining(['Proxy on, no key is ready', '0 ready, 0 cooling']))
  expect((await call(page, '/pools/list')).body).toEqual([])
  await call(page, '/workspaces/open', { slug: 'default' })
  await expect.poll(() => labels(shell)).toContain('Proxy on')
})

test('copies the address that clients use', async ({ start }) => {
  const shell = await start({ onPage: holdLine })
  const page = await shell.page()
  const { body } = await call(page, '/proxy/status')
  await shell.main('clickTray', 'Copy address')
  await expect.poll(() => shell.clipboard()).toBe((body as { url: string }).url)
})

test('its Quit ends the program', async ({ start }) => {
  const shell = await start()
  await shell.page()
  void shell.main('clickTray', 'Quit')
  expect(await shell.exited).toBe(0)
})
