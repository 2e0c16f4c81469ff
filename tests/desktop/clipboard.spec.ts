/** Copying a secret: it never passes the page, and it does not stay in the clipboard. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import type { HarnessShell, LaunchOptions } from '../support/electron/launch.ts'
import { expect, test } from '../support/electron/test.ts'
import { call, holdLine } from './line.ts'

const secret = 'sk-canary-0123456789abcdefghij'

async function withKey(
  start: (options: LaunchOptions) => Promise<HarnessShell>,
  folder: string,
): Promise<{ shell: HarnessShell; page: Page; copy(): Promise<unknown> }> {
  mkdirSync(folder, { recursive: true })
  const shell = await start({ onPage: holdLine, env: { KEYWHEEL_KEY_FILE: join(folder, 'vault.key') } })
  const page = await shell.page()
  expect((await call(page, '/pools/create', { slug: 'own', name: 'Own', provider: 'openai' })).status).toBeLessThan(300)
  const { body } = await call(page, '/keys/create', { secret, pools: ['own'] })
  const { id } = body as { id: string }
  const copy = async () => (await call(page, '/keys/copy', { id })).body
  return { shell, page, copy }
}

test('it is taken out after 30 seconds, and when the machine sleeps or is locked; what was copied since is left alone', async ({
  start,
}, info) => {
  const { shell, page, copy } = await withKey(start, info.outputDir)
  await test.step('after 30 seconds', async () => {
    expect(await copy()).toEqual({ clearAfter: 30 })
    expect(shell.clipboard()).toBe(secret)
    expect(await shell.main('pass', 30_000)).toBeGreaterThan(0)
    await expect.poll(() => shell.clipboard()).toBe('')
  })
  await test.step('a second copy has its own 30 seconds', async () => {
    await copy()
    const waiting = await shell.main('waiting', 30_000)
    await copy()
    // The first timer was cancelled, the second is in its place.
    expect(await shell.main('waiting', 30_000)).toBe(waiting)
    await shell.main('pass', 30_000)
    await expect.poll(() => shell.clipboard()).toBe('')
  })
  for (const event of ['suspend', 'lock-screen'])
    await test.step(`on ${event}`, async () => {
      await copy()
      expect(shell.clipboard()).toBe(secret)
      await shell.main('emit', 'powerMonitor', event)
      await expect.poll(() => shell.clipboard()).toBe('')
    })
  await test.step('neither the answers nor the log have it', async () => {
    expect(JSON.stringify(await copy())).not.toContain(secret)
    expect(JSON.stringify(await call(page, '/keys/list', {}))).not.toContain(secret)
    expect(shell.log()).not.toContain(secret)
  })
  await test.step('what was copied since is left alone', async () => {
    await shell.main('setClipboard', 'something of the person')
    await shell.main('pass', 30_000)
    await shell.main('emit', 'powerMonitor', 'suspend')
    expect((await shell.main('facts')).clipboard).toBe('something of the person')
  })
})

test('it is taken out at the end', async ({ start }, info) => {
  const { shell, copy } = await withKey(start, info.outputDir)
  await copy()
  expect(shell.clipboard()).toBe(secret)
  expect(await shell.quit(), shell.log()).toBe(0)
  expect(shell.clipboard()).toBe('')
})
