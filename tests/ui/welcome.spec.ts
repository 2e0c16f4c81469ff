/**
 * Welcome in a real browser against a real host without a keychain: lock, keys, first call, by the keyboard alone (by mouse:
 * e2e/main-job.spec.ts); and the ways it can go wrong.
 */
import { expect, type Page, test } from '@playwright/test'
import { type ScriptedUpstream, startScriptedUpstream } from '../../src-main/demo/index.ts'
import { type Hand, keyboard } from '../support/hand.ts'
import { type Host, startHost } from '../support/host.ts'
import { expectAccessible, expectNoViolations, openPage } from './page.ts'

const passphrase = 'six words are better than one'

let host: Host
let upstream: ScriptedUpstream
let page: Page
let hand: Hand

test.describe.configure({ mode: 'serial' })

test.beforeAll(async ({ browser }) => {
  upstream = await startScriptedUpstream()
  host = await startHost()
  page = await openPage(browser, host, '')
  hand = keyboard(page)
})

test.afterAll(async () => {
  expectNoViolations(page)
  await page.close()
  await host.stop()
  await upstream.close()
})

test('it is the first screen while there are no keys, and own keys wait for the lock', async () => {
  await expect(page.getByRole('heading', { name: 'Welcome to Keywheel' })).toBeVisible()
  await expect(page.getByText('Own keys can be added once the step above is done.', { exact: false })).toBeVisible()
  await expect(page.getByRole('textbox', { name: 'Keys' })).toHaveCount(0)
  await expectAccessible(page)
})

test('a passphrase must be long enough and typed twice', async () => {
  const submit = page.getByRole('button', { name: 'Lock keys this way' })
  await hand.paste(page.getByRole('textbox', { name: 'Passphrase', exact: true }), 'short')
  await hand.paste(page.getByRole('textbox', { name: 'Repeat the passphrase' }), 'short')
  await expect(submit).toBeDisabled()
  await hand.paste(page.getByRole('textbox', { name: 'Passphrase', exact: true }), passphrase)
  await expect(page.getByText('The two are not the same.')).toBeVisible()
  await expect(submit).toBeDisabled()
  await hand.paste(page.getByRole('textbox', { name: 'Repeat the passphrase' }), passphrase)
  await hand.use(submit)
  await expect(page.getByText('Keys are locked by: Passphrase')).toBeVisible()
  expect((await host.rest('GET', '/vault')).body).toMatchObject({ state: 'unlocked', mode: 'sealed' })
})

test('pasted keys make a pool and are checked as one watches', async () => {
  upstream.script(`sk-proj-${'b'.repeat(32)}`, { kind: 'key-invalid' })
  const pasted = ['a', 'b'].map((name) => `sk-proj-${name.repeat(32)}`).join('\n')
  await hand.paste(page.getByRole('textbox', { name: 'Keys' }), pasted)
  await expect(page.getByText('Looks like OpenAI')).toBeVisible()
  await hand.paste(page.getByRole('textbox', { name: 'Name of the new pool' }), 'Mine')
  await hand.paste(page.getByRole('textbox', { name: 'Base URL' }), `${upstream.url}/v1`)
  await hand.use(page.getByRole('button', { name: 'Add 2 keys' }))
  await expect(page.getByText('2 keys added')).toBeVisible()
  await expect(page.getByText('Checked: 1 work, 1 do not.')).toBeVisible()
  await expect(page.getByText('Invalid')).toBeVisible()
})

test('the first request turns the waiting line green', async () => {
  await hand.use(page.getByRole('button', { name: 'Make a token for my program' }))
  await expect(page.getByText('Waiting for your first request…')).toBeVisible()
  const token = (await page.getByText(/^kw_/).first().textContent()) ?? ''
  const { url } = (await host.rest('GET', '/proxy')).body as { url: string }
  const answer = await fetch(`${url}/mine/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'hello' }] }),
  })
  expect(answer.status).toBe(200)
  await expect(page.getByText(/It works\. .+ answered in/)).toBeVisible()
  await expectAccessible(page)
  await hand.use(page.getByRole('button', { name: 'Go to Overview' }))
  await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible()
})

test('a locked vault is said on every screen and opened from there', async () => {
  const { dataDir } = host
  await page.close()
  await host.stop()
  host = await startHost({ dataDir })
  const browser = page.context().browser()
  if (!browser) throw new Error('the page has no browser')
  page = await openPage(browser, host, 'traffic')
  await expect(page.getByText('The vault is locked: keys cannot be used until it is opened.')).toBeVisible()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Unlock' }).first().click()
  const dialog = page.getByRole('dialog', { name: 'Unlock the vault' })
  await expectAccessible(page)
  await dialog.getByLabel('Passphrase').first().fill('not the one')
  await dialog.getByRole('button', { name: 'Unlock' }).click()
  await expect(dialog.getByText('The passphrase or key file does not open this.')).toBeVisible()
  await expect(dialog.getByText('Code WRONG_PASSPHRASE')).toBeVisible()
  await dialog.getByLabel('Passphrase').first().fill(passphrase)
  await dialog.getByRole('button', { name: 'Unlock' }).click()
  await expect(page.getByText('The vault is open.')).toBeVisible()
  await expect(page.getByText('The vault is locked', { exact: false })).toHaveCount(0)
})

test('a host that stops is noticed, and a page whose session is over says so', async () => {
  await host.stop()
  await expect(page.getByText('The connection to Keywheel is lost. Trying again…')).toBeVisible()
  host = await startHost({ dataDir: host.dataDir })
  const stranger = await page.context().newPage()
  await stranger.goto(new URL(host.ui).origin)
  await expect(stranger.getByText('This page has been signed out')).toBeVisible()
  await stranger.close()
})
