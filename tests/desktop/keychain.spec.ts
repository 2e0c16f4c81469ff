/** The keychain helper as a utility process: the vault of a desktop is the real keychain where there is one. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, test } from '../support/electron/test.ts'
import { noKeyring, withKeyring } from '../support/keyring.ts'
import { call, holdLine } from './line.ts'

const secret = 'sk-canary-keychain-0123456789'

test('keys are kept in the real keychain and found again at the next start', async ({ start }) => {
  test.skip(noKeyring !== null, noKeyring ?? '')
  const dataDir = mkdtempSync(join(tmpdir(), 'keywheel-shell-'))
  await withKeyring('unlocked', async ({ env }) => {
    const first = await start({ dataDir, env, onPage: holdLine })
    const page = await first.page()
    expect((await call(page, '/vault/status')).body).toMatchObject({ state: 'unlocked', mode: 'keychain' })
    const { helpers } = await first.main('facts')
    expect(helpers.map(({ path }) => path)).toContain(resolve('out/main/keychain-helper.js'))
    await call(page, '/pools/create', { slug: 'own', name: 'Own', provider: 'openai' })
    const { body } = await call(page, '/keys/create', { secret, pools: ['own'] })
    const { id } = body as { id: string }
    expect(await first.quit(), first.log()).toBe(0)

    const second = await start({ dataDir, env, onPage: holdLine })
    const again = await second.page()
    expect((await call(again, '/keys/copy', { id })).status).toBe(200)
    expect(second.clipboard()).toBe(secret)
    expect(await second.quit(), second.log()).toBe(0)
  })
  rmSync(dataDir, { recursive: true, force: true })
})

test('without a keychain the program opens all the same, and says that the vault is not made yet', async ({ start }) => {
  const shell = await start({ onPage: holdLine })
  const page = await shell.page()
  expect((await call(page, '/vault/status')).body).toMatchObject({ state: 'new', keychain: { available: false } })
  expect((await call(page, '/keys/create', { secret, pools: ['none'] })).status).toBeGreaterThanOrEqual(400)
})

test('helpers end with the program', async ({ start }) => {
  const shell = await start()
  await shell.page()
  const { helpers } = await shell.main('facts')
  expect(helpers.length).toBeGreaterThan(0)
  expect(await shell.quit()).toBe(0)
  for (const { pid } of helpers) expect(() => process.kill(pid, 0)).toThrow('ESRCH')
})
