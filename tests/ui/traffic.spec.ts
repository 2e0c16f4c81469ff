/** Traffic in a real browser: rows of real calls, filters in the address, new ones that never move what is read, export. */
import { readFile } from 'node:fs/promises'
import { expect, type Page, test } from '@playwright/test'
import Papa from 'papaparse'
import { type ScriptedUpstream, startScriptedUpstream } from '../../src-main/demo/index.ts'
import type { ClientCreated, RequestRow } from '../../src-preload/contract/index.ts'
import type { Host } from '../support/host.ts'
import { startUnlockedHost } from '../support/unlocked-host.ts'
import { expectAccessible, expectNoViolations, openPage } from './page.ts'

const secretOf = (name: string) => `sk-test-${name.padEnd(32, '0')}`

let host: Host
let upstream: ScriptedUpstream
let page: Page
let token = ''

test.describe.configure({ mode: 'serial' })

test.beforeAll(async ({ browser }) => {
  upstream = await startScriptedUpstream()
  host = await startUnlockedHost()
  await host.rest('POST', '/pools', { slug: 'main', name: 'Main', provider: 'openai', baseUrl: `${upstream.url}/v1` })
  for (const name of ['one', 'two']) await host.rest('POST', '/keys', { secret: secretOf(name), label: name, pools: ['main'] })
  token = ((await host.rest('POST', '/clients', { name: 'laptop' })).body as ClientCreated).token
  page = await openPage(browser, host, 'traffic')
})

test.afterAll(async () => {
  expectNoViolations(page)
  await page.close()
  await host.stop()
  await upstream.close()
})

const log = () => page.getByRole('region', { name: 'Requests, newest first' })
const rows = () => log().locator('tbody tr[aria-rowindex]')
const fresh = (count: number) => page.getByRole('button', { name: `${count} new`, exact: true })

async function call({ model = 'gpt-4o-mini', path = '/chat/completions', lane = 'interactive' } = {}): Promise<void> {
  const answer = await fetch(`${host.proxy}/main${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'x-keywheel-lane': lane },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'hello' }] }),
  })
  await answer.text()
}

test('an empty log offers a program to connect; while it is paused a call is announced, then shown', async () => {
  await page.getByRole('button', { name: 'Pause' }).click()
  await expect(page.getByText('No requests in this time')).toBeVisible()
  await expectAccessible(page)
  upstream.script('*', [{ kind: 'rate-short', retryAfterS: 600 }, { kind: 'ok' }])
  await call()
  await fresh(1).click()
  await expect(rows()).toHaveCount(1)
  await expect(rows().first()).toContainText('laptop')
  await expect(rows().first()).toContainText('gpt-4o-mini')
  await expect(fresh(1)).toHaveCount(0)
})

test('the drawer tells every attempt in the provider’s own words, and has an address', async () => {
  await page.getByLabel(/^2 tries: .*Rate limit → .*OK$/).click()
  const drawer = page.getByRole('dialog', { name: 'Request' })
  const attempts = drawer.getByRole('region', { name: 'Attempts' }).getByRole('listitem')
  await expect(attempts).toHaveCount(2)
  await expect(attempts.first()).toContainText('Rate limit')
  await expect(attempts.first()).toContainText('429')
  const { items } = (await host.rest('GET', '/requests')).body as { items: RequestRow[] }
  const [failed] = items[0]?.attempts ?? []
  expect(failed?.message).toBeTruthy()
  await expect(attempts.first()).toContainText(failed?.message ?? '')
  await expect(attempts.nth(1)).toContainText('200')
  await expect(drawer).toContainText(items[0]?.id ?? '-')
  await expect(drawer.getByText(/\$0\.0/)).toBeVisible()
  await page.reload()
  await expect(drawer.getByRole('region', { name: 'Attempts' }).getByRole('listitem')).toHaveCount(2)
  await page.keyboard.press('Escape')
  await expect(drawer).toHaveCount(0)
  expect(page.url()).not.toContain('request=')
})

test('the keyboard opens a request', async () => {
  await rows().first().getByRole('button').focus()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('dialog', { name: 'Request' })).toBeVisible()
  await page.keyboard.press('Escape')
})

test('the keyboard goes from one request to the next in the drawer, and back into the list', async () => {
  await call()
  await fresh(1).click()
  await expect(rows()).toHaveCount(2)
  await expect(log()).toBeFocused()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  const drawer = page.getByRole('dialog', { name: 'Request' })
  await expect(drawer.getByRole('listitem')).toHaveCount(1)
  await page.keyboard.press('ArrowDown')
  await expect(drawer.getByRole('listitem')).toHaveCount(2)
  await expect(drawer.getByText(/asked for \d+ ?m/)).toBeVisible()
  await page.keyboard.press('ArrowUp')
  await expect(drawer.getByRole('listitem')).toHaveCount(1)
  await page.keyboard.press('Escape')
  await expect(drawer).toHaveCount(0)
})

test('a link to a request outside of the list shows it all the same, one to nothing says so', async () => {
  const { items } = (await host.rest('GET', '/requests')).body as { items: RequestRow[] }
  await page.goto(`${new URL(page.url()).origin}/#/traffic?outcome=aborted&request=${items[0]?.id}`)
  await expect(page.getByText('Nothing matches')).toBeVisible()
  await expect(page.getByRole('dialog', { name: 'Request' })).toContainText('gpt-4o-mini')
  await page.goto(`${new URL(page.url()).origin}/#/traffic?request=nothing`)
  await expect(page.getByRole('dialog', { name: 'Request' })).toContainText('REQUEST_NOT_FOUND')
  await page.keyboard.press('Escape')
})

test('new rows never move what is read', async () => {
  for (let n = 0; n < 260; n += 20) await Promise.all(Array.from({ length: 20 }, () => call()))
  await page.getByRole('button', { name: /^26\d new$/ }).click()
  await expect(log().getByRole('table')).toHaveAttribute('aria-rowcount', '-1')
  await log().evaluate((element) => element.scrollTo({ top: 1500 }))
  await expect.poll(() => rows().first().getAttribute('aria-rowindex').then(Number)).toBeGreaterThan(10)
  const before = {
    first: await rows().first().getAttribute('aria-rowindex'),
    top: await log().evaluate((element) => element.scrollTop),
  }
  await call()
  await call({ model: 'gpt-4o' })
  await expect(fresh(2)).toBeVisible()
  expect(await rows().first().getAttribute('aria-rowindex')).toBe(before.first)
  expect(await log().evaluate((element) => element.scrollTop)).toBe(before.top)
  await fresh(2).click()
  await expect(rows().first()).toHaveAttribute('aria-rowindex', '2')
  await expect(log().getByRole('cell', { name: 'gpt-4o', exact: true })).toBeVisible()
})

test('keys go from row to row, however fast', async () => {
  await rows().first().getByRole('button').focus()
  for (let n = 0; n < 30; n += 1) await page.keyboard.press('ArrowDown')
  await expect(log().locator('tr[aria-rowindex="32"]').getByRole('button')).toBeFocused()
  await expect(log().locator('tr[aria-rowindex="32"]')).toBeInViewport()
  // Faster than rows are drawn: from row 32, three pages of 15 down and one up again, before any of them is in the page.
  await log().evaluate((element) => {
    for (const key of ['PageDown', 'PageDown', 'PageDown', 'ArrowUp'])
      element.ownerDocument.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }))
  })
  await expect(log().locator('tr[aria-rowindex="76"]').getByRole('button')).toBeFocused()
  await page.keyboard.press('Home')
  await expect(rows().first().getByRole('button')).toBeFocused()
})

test('older rows come as one scrolls, and only what is in view is in the page', async () => {
  await expect
    .poll(async () => {
      await log().evaluate((element) => element.scrollTo({ top: element.scrollHeight }))
      return log().getByText('That is all in this time.').count()
    })
    .toBe(1)
  await expect(log().getByRole('table')).toHaveAttribute('aria-rowcount', String(264 + 1))
  expect(await rows().count()).toBeLessThan(80)
})

test('filters stand in the address and come back from it', async () => {
  upstream.script('*', { kind: 'bad-request' })
  for (const name of ['one', 'two']) upstream.script(secretOf(name), { kind: 'bad-request' })
  await call({ path: '/embeddings' })
  await page.getByRole('combobox', { name: 'Outcome' }).click()
  await page.getByRole('option', { name: 'Failed' }).click()
  await expect(rows()).toHaveCount(1)
  await expect(rows().first()).toContainText('400')
  expect(page.url()).toContain('outcome=failed')
  await page.reload()
  await expect(page.getByRole('combobox', { name: 'Outcome' })).toHaveValue('Failed')
  await expect(rows()).toHaveCount(1)
  await page.getByRole('button', { name: 'More filters' }).click()
  const more = page.getByRole('dialog', { name: 'More filters' })
  await more.getByRole('textbox', { name: 'Status' }).fill('200')
  await page.keyboard.press('Enter')
  await expect(page.getByText('Nothing matches')).toBeVisible()
  await more.getByRole('combobox', { name: 'Took at least' }).click()
  await page
    .getByRole('option', { name: '1 min' })
    .or(page.getByRole('option', { name: '1m' }))
    .first()
    .click()
  await more.getByRole('checkbox', { name: 'More than one try' }).check()
  expect(page.url()).toContain('minMs=60000')
  await page.keyboard.press('Escape')
  for (const chip of ['Status 200', '1m or longer', 'More than one try'])
    await expect(page.getByText(chip, { exact: true })).toBeVisible()
  await page.getByRole('button', { name: 'Remove the filter “Status 200”' }).click()
  await expect(page).not.toHaveURL(/status=/)
  await page.getByRole('button', { name: 'Clear the filter' }).click()
  await expect(page).not.toHaveURL(/minMs|retried|outcome/)
  await page.keyboard.press('/')
  await page.keyboard.type('EMBEDD')
  await expect(rows()).toHaveCount(1)
  await page.getByRole('textbox', { name: 'Path, model or error' }).fill('')
  await expect.poll(() => rows().count()).toBeGreaterThan(1)
})

test('a key is found by its label, and its tries count as well', async () => {
  await page.getByRole('combobox', { name: 'Key' }).fill('two')
  await page.getByRole('option', { name: /^two/ }).click()
  await expect.poll(() => page.url()).toContain('key=')
  await expect.poll(() => rows().count()).toBeGreaterThan(0)
  await page.goto(`${new URL(page.url()).origin}/#/traffic`)
})

test('what is filtered is exported, all of it', async () => {
  for (const [format, read] of [
    ['As CSV', (text: string) => Papa.parse(text, { header: true }).data],
    ['As JSON', (text: string) => JSON.parse(text) as unknown[]],
  ] as const) {
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Export' }).click()
    await page.getByRole('menuitem', { name: format }).click()
    const text = await readFile(await (await download).path(), 'utf8')
    expect(read(text)).toHaveLength(265)
    expect(text).not.toContain('sk-test')
    expect(text).not.toContain(token)
    await expect(page.getByText('265 requests exported.').last()).toBeVisible()
  }
})

test('columns are chosen, and stay so', async () => {
  const head = (name: string) => log().getByRole('columnheader', { name })
  await page.getByRole('button', { name: 'Columns' }).click()
  await page.getByRole('menuitemcheckbox', { name: 'Path' }).click()
  await page.getByRole('menuitemcheckbox', { name: 'Cost' }).click()
  await expect(head('Path')).toBeVisible()
  await expect(head('Cost')).toHaveCount(0)
  await page.reload()
  await expect(head('Path')).toBeVisible()
  await page.getByRole('button', { name: 'Columns' }).click()
  await page.getByRole('menuitem', { name: 'Those that fit' }).click()
  await expect(head('Path')).toHaveCount(0)
})

test('the log is followed while nobody reads in it, and held under the pointer', async () => {
  await page.getByRole('button', { name: 'Follow' }).click()
  await page.mouse.move(0, 0)
  await call({ model: 'gpt-live' })
  await expect(rows().first()).toContainText('gpt-live')
  await rows().nth(2).hover()
  await call({ model: 'gpt-held' })
  await expect(fresh(1)).toBeVisible()
  await expect(rows().first()).toContainText('gpt-live')
  await page.mouse.move(0, 0)
  await expect(rows().first()).toContainText('gpt-held')
  await page.getByRole('button', { name: 'Pause' }).click()
})

test('another model than was asked for, the lane and what was reserved are visible', async () => {
  const fallback = JSON.parse('[{"model":"gpt-5","then":["gpt-5-mini"]}]') as unknown
  await host.rest('PATCH', '/pools/main', { config: { fallback } })
  const limited = [{ kind: 'rate-short', retryAfterS: 600 }, { kind: 'ok' }] as const
  for (const name of ['one', 'two']) upstream.script(secretOf(name), limited)
  await call({ model: 'gpt-5', lane: 'background' })
  await fresh(1).click()
  const first = rows().first()
  await expect(first).toContainText('gpt-5-mini instead of gpt-5')
  await expect(first.getByRole('img', { name: 'Background' })).toBeVisible()
  await first.click()
  const drawer = page.getByRole('dialog', { name: 'Request' })
  await expect(drawer.getByRole('row', { name: /^Lane/ })).toContainText('Background')
  await expect(drawer.getByRole('row', { name: /^Model that answered/ })).toContainText('gpt-5-mini · fallback')
  await expect(drawer.getByRole('row', { name: /^Reserved before the call/ })).toContainText(/\d/)
  await page.keyboard.press('Escape')
})

test('an attempt that may have been charged says so, in the row and in the drawer', async () => {
  await host.rest('PATCH', '/pools/main', { config: { fallback: [], retryUncertain: 'always', maxAttempts: 3 } })
  await host.rest('POST', '/keys', { secret: secretOf('three'), label: 'three', pools: ['main'] })
  await host.rest('POST', '/keys', { secret: secretOf('four'), label: 'four', pools: ['main'] })
  // Whichever of them is chosen.
  for (const name of ['one', 'two', 'three', 'four']) upstream.script(secretOf(name), [{ kind: 'reset' }, { kind: 'ok' }])
  await call({ model: 'gpt-4o' })
  await fresh(1).click()
  const first = rows().first()
  await expect(first.getByRole('img', { name: /attempts? may have been charged/ })).toBeVisible()
  await first.click()
  const drawer = page.getByRole('dialog', { name: 'Request' })
  await expect(drawer.getByText('may have been charged').first()).toBeVisible()
  await expectAccessible(page)
  await page.keyboard.press('Escape')
})
