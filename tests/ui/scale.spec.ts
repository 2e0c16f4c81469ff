/**
 * Ten thousand keys and a hundred thousand requests in a real browser: only what is in view is in the page, the database
 * answers the filters, and nothing moves what is read. (A million requests are seeded by `npm run bench -- ui`.)
 */
import { expect, type Locator, type Page, test } from '@playwright/test'
import { type ScriptedUpstream, startScriptedUpstream } from '../../src-main/demo/index.ts'
import type { ClientCreated, KeyPage } from '../../src-preload/contract/index.ts'
import type { Host } from '../support/host.ts'
import { seededFolder } from '../support/seed/folder.ts'
import { startUnlockedHost } from '../support/unlocked-host.ts'
import { expectNoViolations, openPage } from './page.ts'

/** Rows that a window may have, with those just out of view. */
const windowful = 70

let host: Host
let upstream: ScriptedUpstream
let page: Page

test.describe.configure({ mode: 'serial' })

test.beforeAll(async ({ browser }) => {
  test.setTimeout(240_000)
  upstream = await startScriptedUpstream()
  host = await startUnlockedHost({ dataDir: await seededFolder({ keys: 10_000, pools: 20, requests: 100_000 }) })
  page = await openPage(browser, host, 'keys')
})

test.afterAll(async () => {
  expectNoViolations(page)
  await page.close()
  await host.stop()
  await upstream.close()
})

const go = (place: string) => page.goto(`${new URL(host.ui).origin}/#/${place}`)
const keysWhere = async (query: string) => (await host.rest('GET', `/keys?limit=1&${query}`)).body as KeyPage
const grid = () => page.getByRole('grid', { name: 'Keys' })
const log = () => page.getByRole('region', { name: 'Requests, newest first' })
const rows = () => log().locator('tbody tr[aria-rowindex]')
const lastIndex = (list: Locator) =>
  list.evaluate((element) => Math.max(...[...element.querySelectorAll('[aria-rowindex]')].map((row) => Number(row.ariaRowIndex))))

/** Scrolls a list to the end of what it has, again and again, until it shows row `index`. */
async function scrollTo(list: Locator, index: number): Promise<void> {
  await expect
    .poll(
      async () => {
        await list.evaluate((element) => element.scrollTo({ top: element.scrollHeight }))
        return lastIndex(list)
      },
      { intervals: [50] },
    )
    .toBeGreaterThanOrEqual(index)
}

/** As Ctrl V does it. */
function paste(box: Locator, text: string): Promise<void> {
  return box.evaluate((element, pasted) => {
    const clipboardData = new DataTransfer()
    clipboardData.setData('text', pasted)
    element.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
  }, text)
}

test('ten thousand keys: a window of them is in the page, however far one goes', async () => {
  await expect(grid()).toHaveAttribute('aria-rowcount', '10001')
  await scrollTo(grid(), 700)
  expect(await grid().getByRole('row').count()).toBeLessThan(windowful)
})

test('counts and filters are those of all keys, and what fits can be changed at once', async () => {
  const { counts } = await keysWhere('')
  expect(counts.invalid).toBeGreaterThan(200)
  await page.getByRole('button', { name: new RegExp(`^Invalid ${counts.invalid}$`) }).click()
  await expect(grid()).toHaveAttribute('aria-rowcount', String(counts.invalid + 1))
  await page.getByRole('textbox', { name: 'Search' }).fill('pool-7 key 4')
  const { total } = await keysWhere('state=invalid&q=pool-7%20key%204')
  await expect(grid()).toHaveAttribute('aria-rowcount', String(total + 1))
  await page.getByRole('textbox', { name: 'Search' }).fill('')
  await expect(grid()).toHaveAttribute('aria-rowcount', String(counts.invalid + 1))
  await grid().getByRole('checkbox', { name: 'Select all' }).click()
  await page.getByRole('button', { name: `Select all ${counts.invalid}` }).click()
  await expect(page.getByRole('toolbar', { name: `${counts.invalid} selected` })).toBeVisible()
  await page.getByRole('button', { name: 'Disable', exact: true }).click()
  await expect.poll(async () => (await keysWhere('')).counts.invalid).toBe(0)
  expect((await keysWhere('')).counts.disabled).toBe(counts.disabled + counts.invalid)
})

test('a hundred thousand requests: pages come as one scrolls, each row once', async () => {
  await go('traffic?range=30d')
  await expect(rows().first()).toBeVisible()
  await scrollTo(log(), 500)
  expect(await rows().count()).toBeLessThan(windowful)
  const times = await rows().evaluateAll((all) => all.map((row) => Number(row.getAttribute('aria-rowindex'))))
  expect(times).toEqual(times.map((_, index) => (times[0] ?? 0) + index))
})

test('what is rare is found however far back, and what is nowhere is said to be', async () => {
  const { body } = await host.rest('GET', `/requests/count?from=${Date.now() - 30 * 86_400_000}&outcome=no-credit`)
  const { total } = body as { total: number }
  expect(total).toBeGreaterThan(0)
  await go('traffic?range=30d&outcome=no-credit')
  await expect(log().getByRole('table')).toHaveAttribute('aria-rowcount', String(total + 1))
  await go('traffic?range=30d&q=nothing-is-called-so')
  await expect(page.getByText('Nothing matches')).toBeVisible()
  const key = (await keysWhere('pool=pool-1')).items[0]
  await go(`traffic?range=30d&key=${key?.id}`)
  await expect(rows().first()).toContainText('pool-1')
})

test('a flood of calls is counted, and moves nothing', async () => {
  await host.rest('POST', '/pools', { slug: 'live', name: 'Live', provider: 'openai', baseUrl: `${upstream.url}/v1` })
  await host.rest('POST', '/keys', { secret: `sk-live-${'0'.repeat(40)}`, pools: ['live'] })
  const { token } = (await host.rest('POST', '/clients', { name: 'busy' })).body as ClientCreated
  await go('traffic?range=30d')
  await expect(rows().first()).toBeVisible()
  await log().evaluate((element) => element.scrollTo({ top: 2000 }))
  await expect.poll(() => rows().first().getAttribute('aria-rowindex').then(Number)).toBeGreaterThan(20)
  const read = {
    index: await rows().first().getAttribute('aria-rowindex'),
    top: await log().evaluate(({ scrollTop }) => scrollTop),
  }
  const call = async () => {
    const answer = await fetch(`${host.proxy}/live/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'gpt-4o-mini', messages: [] }),
    })
    await answer.text()
  }
  for (let n = 0; n < 400; n += 40) await Promise.all(Array.from({ length: 40 }, call))
  await expect(page.getByRole('button', { name: '400 new', exact: true })).toBeVisible()
  expect(await rows().first().getAttribute('aria-rowindex')).toBe(read.index)
  expect(await log().evaluate(({ scrollTop }) => scrollTop)).toBe(read.top)
  await page.getByRole('button', { name: '400 new', exact: true }).click()
  await expect(rows().first()).toContainText('busy')
})

test('every place opens', async () => {
  for (const place of ['Overview', 'Keys', 'Traffic', 'Connect', 'Settings']) {
    await page.getByRole('navigation', { name: 'Places' }).getByRole('link', { name: place }).click()
    await expect(page.getByRole('heading', { level: 1, name: place })).toBeVisible()
    await expect(page.locator('.mantine-Skeleton-root')).toHaveCount(0)
  }
})

test('five megabytes of noise, and a hundred thousand keys and one more: nothing hangs, nothing is lost', async () => {
  await go('keys?sheet=add')
  const sheet = page.getByRole('dialog', { name: 'Add keys' })
  const box = sheet.getByRole('textbox', { name: 'Keys' })
  await paste(box, 'noise and more noise\n'.repeat(250_000))
  await expect(sheet.getByText(/^5 MB in 250,000 lines/)).toBeVisible()
  await expect(sheet.getByText('give at most 100000 keys at a time')).toBeVisible()
  await sheet.getByRole('button', { name: 'Clear' }).click()
  await paste(box, 'noise and more noise\n'.repeat(50_000))
  await expect(sheet.getByText('50000 not usable')).toBeVisible()
  await sheet.getByRole('button', { name: 'Clear' }).click()
  await expect(box).toHaveValue('')
  await box.fill(`sk-scale-${'1'.repeat(40)}`)
  await expect(sheet.getByText('1 new')).toBeVisible()
  await page.keyboard.press('Escape')
})

test('a label of ten thousand characters is refused at its field, and stays in it', async () => {
  const { items } = await keysWhere('pool=pool-1')
  await go(`keys?key=${items[0]?.id}`)
  const drawer = page.getByRole('dialog', { name: 'Key details' })
  await drawer.getByRole('textbox', { name: 'Label' }).fill('x'.repeat(10_000))
  await drawer.getByRole('button', { name: 'Save' }).click()
  await expect(drawer.getByText(/128/)).toBeVisible()
  await expect(drawer.getByRole('textbox', { name: 'Label' })).toHaveValue('x'.repeat(10_000))
})
