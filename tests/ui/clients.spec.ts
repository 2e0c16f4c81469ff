/** Clients in a real browser: what they may do, their quotas, a new token, the end of one, what each has used. */
import { readFile } from 'node:fs/promises'
import { expect, type Page, test } from '@playwright/test'
import { type ScriptedUpstream, startScriptedUpstream } from '../../src-main/demo/index.ts'
import type { Client } from '../../src-preload/contract/index.ts'
import type { Host } from '../support/host.ts'
import { startUnlockedHost } from '../support/unlocked-host.ts'
import { expectAccessible, expectNoViolations, openPage, openPalette } from './page.ts'

let host: Host
let upstream: ScriptedUpstream
let page: Page
let token = ''

test.describe.configure({ mode: 'serial' })

test.beforeAll(async ({ browser }) => {
  upstream = await startScriptedUpstream()
  host = await startUnlockedHost()
  await host.rest('POST', '/pools', { slug: 'chat', name: 'Chat', provider: 'openai', baseUrl: `${upstream.url}/v1` })
  await host.rest('POST', '/pools', { slug: 'spare', name: 'Spare', provider: 'openai', baseUrl: `${upstream.url}/v1` })
  await host.rest('POST', '/keys', { secret: `sk-test-${'c'.repeat(32)}`, label: 'one', pools: ['chat', 'spare'] })
  page = await openPage(browser, host, 'connect')
})

test.afterAll(async () => {
  expectNoViolations(page)
  await page.close()
  await host.stop()
  await upstream.close()
})

const clients = async () => (await host.rest('GET', '/clients')).body as Client[]
const sheet = () => page.getByRole('dialog', { name: /client/i })
const row = (name: string) => page.getByRole('table', { name: 'Clients' }).getByRole('row', { name: new RegExp(name) })
const shownToken = () => page.getByRole('dialog', { name: /^Token of/ })

async function call(pool = 'chat'): Promise<Response> {
  const answer = await fetch(`${host.proxy}/${pool}/models`, { headers: { authorization: `Bearer ${token}` } })
  await answer.arrayBuffer()
  return answer
}

async function takeToken(): Promise<void> {
  token = await shownToken()
    .getByText(/^kw_[\w-]{43}$/)
    .innerText()
  await shownToken().getByRole('button', { name: 'Done' }).click()
}

test('a client is made with pools, models, quotas, a budget and an end; each shows in the list', async () => {
  await page.getByRole('button', { name: 'New client' }).click()
  await sheet().getByRole('textbox', { name: 'Name' }).fill('guest')
  await sheet().getByRole('checkbox', { name: 'All pools, now and later' }).uncheck()
  await expect(sheet().getByText('Choose at least one pool.')).toBeVisible()
  await expect(sheet().getByRole('button', { name: 'Make the client' })).toBeDisabled()
  await sheet().getByRole('combobox', { name: 'Pools' }).click()
  await page.getByRole('option', { name: 'Chat' }).click()
  await page.keyboard.press('Escape')
  await sheet().getByRole('combobox', { name: 'Models' }).fill('gpt-4o*')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Escape')
  await sheet().getByRole('button', { name: 'Add a quota' }).click()
  await sheet().getByRole('textbox', { name: 'Quota 1: credits' }).fill('3')
  await sheet().getByRole('button', { name: 'Add a quota' }).click()
  await sheet().getByRole('textbox', { name: 'Quota 2: credits' }).fill('')
  await sheet().getByRole('textbox', { name: 'Budget', exact: true }).fill('5')
  await sheet().getByLabel('Ends', { exact: true }).fill('2099-01-01T00:00')
  await expectAccessible(page)
  await sheet().getByRole('button', { name: 'Make the client' }).click()
  await shownToken().waitFor()
  await expectAccessible(page)
  await takeToken()
  await expect(row('guest')).toContainText('Only gpt-4o*')
  await expect(row('guest')).toContainText('$5.00 a month')
  await expect(row('guest')).toContainText('2099')
  await expect(row('guest')).toContainText('0 of 3')
  await expect(row('guest')).toContainText('and 1 more')
  expect(await clients()).toMatchObject([
    {
      name: 'guest',
      pools: ['chat'],
      models: ['gpt-4o*'],
      budget: { usd: 5, per: 'month' },
      quotas: [
        { duration: 'DAY', credits: 3 },
        { duration: 'MONTH', credits: -1 },
      ],
    },
  ])
})

test('an end that is over is refused at its field', async () => {
  await page.getByRole('button', { name: 'New client' }).click()
  await sheet().getByRole('textbox', { name: 'Name' }).fill('late')
  await sheet().getByLabel('Ends', { exact: true }).fill('2020-01-01T00:00')
  await sheet().getByRole('button', { name: 'Make the client' }).click()
  await expect(sheet().getByText('give a time that is still to come').first()).toBeVisible()
  await page.keyboard.press('Escape')
  const asks = page.getByRole('dialog', { name: 'Discard the changes?' })
  await expectAccessible(page)
  await asks.getByRole('button', { name: 'Discard' }).click()
  await expect(page.getByRole('dialog')).toHaveCount(0)
})

test('calls fill the bar as they are made; the quota that is used up is said, and refuses', async () => {
  await host.rest('PATCH', `/clients/${(await clients())[0]?.id}`, { models: null })
  for (let calls = 0; calls < 3; calls += 1) expect((await call()).status).toBe(200)
  await expect(row('guest')).toContainText('3 of 3 · used up')
  await expect(row('guest').getByRole('meter', { name: 'Credits a day' })).toHaveAttribute('aria-valuetext', '3 of 3')
  await expectAccessible(page)
  const refused = await call()
  expect([refused.status, refused.headers.get('x-ratelimit-limit')]).toEqual([429, '3'])
})

test('its sheet opens by keyboard; a greater quota holds from the next call on', async () => {
  await row('guest').getByRole('button', { name: 'Client guest' }).focus()
  await page.keyboard.press('Enter')
  await expect(sheet().getByText('You have unsaved changes.')).toHaveCount(0)
  await sheet().getByRole('textbox', { name: 'Quota 1: credits' }).fill('5')
  await sheet().getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('Saved. It holds from the next call on.')).toBeVisible()
  await expect(row('guest')).toContainText('3 of 5')
  expect((await call()).status).toBe(200)
  // Nothing is lost by Escape right after a save.
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)
})

test('what it has used is a chart, a table and a file, refusals among the calls and not among the credits; deleted, the credits come back', async () => {
  await row('guest').getByRole('button', { name: 'Client guest' }).click()
  await sheet().getByRole('tab', { name: 'Usage' }).click()
  const days = sheet().getByRole('table', { name: 'By day' })
  await expect(days.getByRole('row').nth(1)).toContainText(/^\d{4}-\d\d-\d\d54$/)
  const file = page.waitForEvent('download')
  await sheet().getByRole('button', { name: 'CSV' }).click()
  expect(await readFile(await (await file).path(), 'utf8')).toMatch(/^day,calls,credits\r\n\d{4}-\d\d-\d\d,5,4$/)
  await sheet().getByRole('button', { name: 'Delete usage…' }).click()
  await page.getByRole('dialog', { name: 'Delete the usage of “guest”' }).getByRole('button', { name: 'Delete' }).click()
  await expect(sheet().getByText('It has not called in this time.')).toBeVisible()
  await expect(sheet().getByRole('meter', { name: 'Credits a day' })).toHaveAttribute('aria-valuetext', '0 of 5')
})

test('a new token ends the old one at once', async () => {
  const before = token
  await sheet().getByRole('button', { name: 'New token…' }).click()
  await page.getByRole('dialog', { name: 'New token for “guest”' }).getByRole('button', { name: 'Make a new token' }).click()
  await takeToken()
  expect(token).not.toBe(before)
  expect((await call()).status).toBe(200)
  token = before
  expect((await call()).status).toBe(401)
})

test('a client whose pool is gone may use nothing, and says so; it is not given all by saving', async () => {
  await host.rest('POST', '/clients', { name: 'lonely', pools: ['spare'] })
  await host.rest('DELETE', '/pools/spare')
  await page.goto(`${new URL(host.ui).origin}/#/connect`)
  await expect(row('lonely')).toContainText(/spare|No pool/)
})

test('a client that can take its time is made for the background', async () => {
  await openPalette(page)
  await page.keyboard.type('new client')
  await page.keyboard.press('Enter')
  await sheet().getByRole('textbox', { name: 'Name' }).fill('nightly')
  await sheet().getByRole('radio', { name: 'Background' }).check()
  await sheet().getByRole('button', { name: 'Make the client' }).click()
  await takeToken()
  await expect(row('nightly').getByRole('img', { name: 'Background' })).toBeVisible()
  expect(await clients()).toContainEqual(expect.objectContaining({ name: 'nightly', lane: 'background' }))
})

test('an end is seen when it comes, and a later one lets the client in again', async () => {
  const { body } = await host.rest('POST', '/clients', { name: 'visitor', expiresAt: Date.now() + 1500 })
  token = (body as { token: string }).token
  await expect(row('visitor').getByText('Ended')).toBeVisible()
  expect((await call()).status).toBe(401)
  await row('visitor').getByRole('button', { name: 'Client visitor' }).click()
  await sheet().getByLabel('Ends', { exact: true }).fill('2098-06-01T12:00')
  await sheet().getByRole('button', { name: 'Save' }).click()
  await expect(row('visitor')).toContainText('2098')
  await expect(row('visitor')).toContainText('Active')
  expect((await call()).status).toBe(200)
})

test('a revoked client is refused, after being asked about; its record stays until it is deleted', async () => {
  const asks = page.getByRole('dialog', { name: 'Revoke “visitor”' })
  await sheet().getByRole('button', { name: 'Revoke…' }).click()
  await asks.getByRole('button', { name: 'Cancel' }).click()
  expect((await call()).status).toBe(200)
  await sheet().getByRole('button', { name: 'Revoke…' }).click()
  await expectAccessible(page)
  await asks.getByRole('button', { name: 'Revoke', exact: true }).click()
  await expect(page.getByText('Client “visitor” is revoked.')).toBeVisible()
  await expect(row('visitor')).toContainText('Revoked')
  expect((await call()).status).toBe(401)
  await expect(sheet().getByRole('button', { name: 'New token…' })).toHaveCount(0)
  await sheet().getByRole('tab', { name: 'Usage' }).click()
  await expect(sheet().getByRole('table', { name: 'By day' })).toBeVisible()
  await sheet().getByRole('button', { name: 'Delete…' }).click()
  await page.getByRole('dialog', { name: 'Delete “visitor”' }).getByRole('button', { name: 'Delete' }).click()
  await expect(row('visitor')).toHaveCount(0)
  await expect(page.getByRole('dialog')).toHaveCount(0)
})

test('the palette finds a client; the same in Chinese', async () => {
  await openPalette(page)
  await page.keyboard.type('nightly')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('dialog', { name: 'Client “nightly”' })).toBeVisible()
  await host.rest('PATCH', '/settings', { language: 'zh' })
  await expect(page.getByRole('dialog', { name: '客户端“nightly”' })).toBeVisible()
  await page.keyboard.press('Escape')
})
