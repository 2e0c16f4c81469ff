/** The Overview in a real browser: figures of real calls, the way to the rows behind them, and mends for what is wrong. */
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { expect, type Page, test } from '@playwright/test'
import { type ScriptedUpstream, startScriptedUpstream } from '../../src-main/demo/index.ts'
import type { ClientCreated, ProxyStatus, UsageSummary } from '../../src-preload/contract/index.ts'
import { keyboard } from '../support/hand.ts'
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
  page = await openPage(browser, host, 'overview')
})

test.afterAll(async () => {
  expectNoViolations(page)
  await page.close()
  await host.stop()
  await upstream.close()
})

const summary = async () => (await host.rest('GET', '/usage/summary')).body as UsageSummary
const figure = (name: string) => page.getByRole('region', { name: 'Figures' }).getByRole('region', { name, exact: true })

async function call(pool: string, model = 'gpt-4o-mini'): Promise<number> {
  const { url } = (await host.rest('GET', '/proxy')).body as ProxyStatus
  const answer = await fetch(`${url}/${pool}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'hello' }] }),
  })
  await answer.text()
  return answer.status
}

test('without a pool it offers the start, without a call a program to connect', async () => {
  await expect(page.getByText('No pools yet')).toBeVisible()
  await host.rest('POST', '/pools', { slug: 'main', name: 'Main', provider: 'openai', baseUrl: `${upstream.url}/v1` })
  for (const name of ['one', 'two']) await host.rest('POST', '/keys', { secret: secretOf(name), label: name, pools: ['main'] })
  token = ((await host.rest('POST', '/clients', { name: 'laptop' })).body as ClientCreated).token
  await expect(page.getByText('No requests in this time')).toBeVisible()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Connect a program' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Connect' })).toBeVisible()
  await page.goBack()
})

test('figures follow real calls without being asked again', async () => {
  upstream.script(secretOf('one'), [{ kind: 'rate-short', retryAfterS: 1 }, { kind: 'ok' }])
  for (let n = 0; n < 5; n += 1) expect(await call('main')).toBe(200)
  upstream.script('*', { kind: 'bad-request' })
  for (const name of ['one', 'two']) upstream.script(secretOf(name), { kind: 'bad-request' })
  expect(await call('main')).toBe(400)
  for (const name of ['one', 'two']) upstream.script(secretOf(name), { kind: 'ok' })
  await expect(figure('Requests')).toContainText('6')
  await expect(figure('Requests')).toContainText('83.3% OK')
  await expect(figure('Requests')).toContainText('1 failed')
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, requests, ok } = await summary()
  expect({ requests, ok }).toEqual({ requests: 6, ok: 5 })
  await expect(figure('Tokens')).toContainText(`${inputTokens} in`)
  await expect(figure('Tokens')).toContainText(`${outputTokens} out`)
  await expect(figure('Tokens')).toContainText(`${inputTokens + outputTokens + cacheReadTokens + cacheWriteTokens}`)
  await expect(figure('Cost')).toContainText('$')
  await expect(figure('Keys')).toContainText('0 broken')
})

test('a cost that nobody knows is said to be unknown, not zero', async () => {
  expect(await call('main', 'a-model-without-a-price')).toBe(200)
  await figure('Cost').getByRole('link', { name: '1 call of unknown cost is not in it' }).click()
  await expect(page.getByText('Cost unknown', { exact: true })).toBeVisible()
  const rows = page.getByRole('region', { name: 'Requests, newest first' }).locator('tbody tr[aria-rowindex]')
  await expect(rows).toHaveCount(1)
  await expect(rows).toContainText('a-model-without-a-price')
  await page.goBack()
})

const chart = (name: string) => page.getByRole('region', { name, exact: true })

test('each chart says itself in a sentence, and is a table and a file with the same numbers', async () => {
  await expect(page.locator('.recharts-surface')).toHaveCount(4)
  await expect(chart('Requests by outcome')).toContainText('7 requests, 85.7% answered. What failed most: Bad request, 1.')
  await expect(chart('Cost by model')).toContainText('a-model-without-a-price 1')
  const tables = page.getByRole('button', { name: /^Show as a table/ })
  for (let left = await tables.count(); left > 0; left -= 1) await tables.first().click()
  const table = (name: string) => page.getByRole('table', { name, exact: true })
  await expect(table('Requests by outcome').getByRole('columnheader')).toHaveText(['Time', 'OK', 'Bad request'])
  await expect(table('Attempts by key').getByRole('rowheader')).toHaveText([/^(one|two)$/, /^(one|two)$/])
  await expect(table('Cost by model').getByRole('columnheader').last()).toHaveText('Calls of unknown cost')
  await expect(table('Where it went').getByRole('row', { name: /a-model-without-a-price/ })).toContainText('unknown')
  await expect(table('Latency over time').getByRole('columnheader')).toHaveText(['Time', 'Median', '95% within'])
  await expectAccessible(page)
  const saved = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Save as CSV: Tokens by model' }).click()
  const lines = readFileSync(await (await saved).path(), 'utf8').split('\r\n')
  expect(lines[0]).toBe('from,to,gpt-4o-mini,a-model-without-a-price')
  const { inputTokens, outputTokens } = await summary()
  const tokens = lines.slice(1).flatMap((line) => line.split(',').slice(2).map(Number))
  expect(tokens.reduce((sum, count) => sum + count, 0)).toBe(inputTokens + outputTokens)
  const charts = page.getByRole('button', { name: /^Show as a chart/ })
  for (let left = await charts.count(); left > 0; left -= 1) await charts.first().click()
})

test('what it cost is told by pool, client and key as well', async () => {
  const where = chart('Where it went')
  for (const [by, name] of [
    ['Client', 'laptop'],
    ['Key', 'one'],
    ['Pool', 'Main'],
  ] as const) {
    await where.getByText(by, { exact: true }).click()
    await expect(where.getByRole('rowheader', { name, exact: true })).toBeVisible()
  }
})

test('a stretch of a chart is looked at closer, by keyboard and by mouse, and left again', async () => {
  const plot = page.getByRole('slider', { name: 'Requests by outcome' })
  await plot.focus()
  await page.keyboard.press('End')
  await expect(plot).toHaveAttribute('aria-valuetext', / – .*: (OK \d|nothing)/)
  await page.keyboard.press('Shift+ArrowLeft')
  await page.keyboard.press('Shift+ArrowLeft')
  await expect(plot).toHaveAttribute('aria-valuetext', /^Marked: /)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('radio', { name: 'Custom' })).toBeChecked()
  await expect(figure('Requests')).toContainText('7')
  await page.getByRole('slider', { name: 'Requests by outcome' }).press('Escape')
  await expect(page.getByRole('radio', { name: '24 h' })).toBeChecked()
  const box = await page.getByRole('slider', { name: 'Tokens by model' }).boundingBox()
  if (!box) throw new Error('no chart')
  await page.mouse.move(box.x + box.width * 0.6, box.y + 80)
  await page.mouse.down()
  await page.mouse.move(box.x + box.width - 20, box.y + 90, { steps: 4 })
  await page.mouse.up()
  await page.getByRole('button', { name: 'Back to 24 h' }).click()
  await expect(page.getByRole('radio', { name: '24 h' })).toBeChecked()
  await plot.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: 'Traffic' })).toBeVisible()
  expect(page.url()).toMatch(/range=\d+-\d+/)
  await page.goBack()
})

test('numbers lead to the requests behind them', async () => {
  await figure('Requests').getByRole('link', { name: '1 failed' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Traffic' })).toBeVisible()
  expect(page.url()).toContain('outcome=failed')
  await expect(page.getByRole('region', { name: 'Requests, newest first' }).getByRole('button')).toHaveCount(1)
  await page.goBack()
  await chart('Tokens by model').getByRole('link', { name: 'a-model-without-a-price' }).click()
  await expect(page.getByText('Model: a-model-without-a-price')).toBeVisible()
  await expect(page.getByRole('region', { name: 'Requests, newest first' }).getByRole('button')).toHaveCount(1)
  await page.goBack()
})

test('by the keyboard alone: a pool and a range are chosen, stay so, and a number leads to its requests', async () => {
  const hand = keyboard(page)
  await host.rest('POST', '/pools', { slug: 'other', name: 'Other', provider: 'openai', baseUrl: `${upstream.url}/v1` })
  await hand.go('Keys', '2')
  await hand.go('Overview', '1')
  await hand.use(figure('Requests').getByRole('link', { name: '1 failed' }))
  await expect(page).toHaveURL(/#\/traffic\?.*outcome=failed/)
  await hand.go('Overview', '1')
  await hand.choose(page.getByRole('combobox', { name: 'Pool' }), 'Other')
  await expect(page.getByText('No requests in this time')).toBeVisible()
  await page.keyboard.press('Tab')
  await page.keyboard.press('ArrowRight')
  await expect(page.getByRole('radio', { name: '7 d' })).toBeChecked()
  await expect(page).toHaveURL(/#\/overview\?pool=other&range=7d$/)
  // A link names others, which are not chosen by that.
  await page.goto(`${new URL(host.ui).origin}/#/overview?range=30d&pool=main`)
  await expect(figure('Requests')).toContainText('7')
  await expect(page.getByRole('radio', { name: '30 d' })).toBeChecked()
  await page.goBack()
  await expect(page.getByRole('radio', { name: '7 d' })).toBeChecked()
  await page.goForward()
  await expect(page.getByRole('combobox', { name: 'Pool' })).toHaveValue('Main')
  await page.goto(`${new URL(host.ui).origin}/#/overview`)
  await page.reload()
  await expect(page.getByRole('combobox', { name: 'Pool' })).toHaveValue('Other')
  await expect(page.getByRole('radio', { name: '7 d' })).toBeChecked()
  await page.getByRole('combobox', { name: 'Pool' }).click()
  await page.getByRole('option', { name: 'Other' }).click()
  await page.getByText('24 h', { exact: true }).click()
  await expect(figure('Requests')).toContainText('7')
})

test('a refused key needs attention and leads to itself', async () => {
  upstream.script(secretOf('two'), { kind: 'key-invalid' })
  for (let n = 0; n < 3; n += 1) await call('main')
  const attention = page.getByRole('region', { name: 'Needs attention' })
  await expect(attention).toContainText('Main: 1 key is refused by the provider')
  await expect(figure('Keys')).toContainText('1 broken')
  await attention.getByRole('link', { name: 'Show keys' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Keys' })).toBeVisible()
  expect(page.url()).toContain('state=invalid')
  await page.goBack()
})

test('a changed address is trusted only after a second look', async () => {
  const elsewhere = await startScriptedUpstream()
  await host.rest('PATCH', '/pools/main', { baseUrl: `${elsewhere.url}/v1` })
  const attention = page.getByRole('region', { name: 'Needs attention' })
  await expect(attention).toContainText('Main: 2 keys are bound to another address and are not used')
  await attention.getByRole('button', { name: 'Trust the new address' }).click()
  await expect(page.getByText(`${elsewhere.url}/v1`)).toBeVisible()
  await page.getByRole('button', { name: 'Yes, send them there' }).click()
  await expect(page.getByText('2 keys may be sent there now.')).toBeVisible()
  await expect(attention).not.toContainText('bound to another address')
  expect(await call('main')).toBe(200)
  await elsewhere.close()
})

test('every question is asked once, and what is in view first', async () => {
  await page.goto(`${new URL(host.ui).origin}/#/settings?section=about`)
  await page.reload()
  await expect(page.getByRole('heading', { level: 1, name: 'Settings' })).toBeVisible()
  const asked: string[] = []
  page.on('request', (request) => {
    const question = /rpc\/(usage\/\w+|pools\/runway|keys\/list)/.exec(request.url())?.[1]
    if (question) asked.push(question)
  })
  await page.evaluate(() => {
    location.hash = '#/overview?range=7d&pool=main'
  })
  await expect(page.getByRole('region', { name: 'Where it went' })).toBeVisible()
  await expect(page.locator('.mantine-Skeleton-root')).toHaveCount(0)
  expect(asked.toSorted()).toEqual([
    'keys/list',
    'pools/runway',
    'usage/models',
    'usage/series',
    'usage/series',
    'usage/shares',
    'usage/shares',
    'usage/summary',
  ])
  expect(asked.slice(0, 5).toSorted()).toEqual(['keys/list', 'pools/runway', 'usage/models', 'usage/series', 'usage/summary'])
})

test('three troubles are shown, the others a click away', async () => {
  await page.goto(`${new URL(host.ui).origin}/#/overview`)
  const attention = page.getByRole('region', { name: 'Needs attention' })
  for (const slug of ['a', 'b', 'c', 'd']) {
    await host.rest('POST', '/pools', { slug, name: `Pool ${slug}`, provider: 'openai', baseUrl: `${upstream.url}/v1` })
    await host.rest('POST', '/keys', { secret: secretOf(`bad-${slug}`), label: `bad ${slug}`, pools: [slug] })
    upstream.script(secretOf(`bad-${slug}`), { kind: 'key-invalid' })
    await call(slug)
  }
  await expect(attention.getByRole('link', { name: 'Show keys' })).toHaveCount(3)
  const more = attention.getByRole('button', { name: /^\d+ more$/ })
  const hidden = Number(/\d+/.exec((await more.textContent()) ?? '')?.[0])
  await more.click()
  await expect(attention.getByRole('link', { name: 'Show keys' })).toHaveCount(3 + hidden)
  await attention.getByRole('button', { name: 'Show fewer' }).click()
  await expect(attention.getByRole('link', { name: 'Show keys' })).toHaveCount(3)
})

test('a taken port is named, and the next free one is one click away', async () => {
  const occupied = createServer()
  const port = await listen(occupied)
  await host.rest('POST', '/proxy/start', { port })
  const attention = page.getByRole('region', { name: 'Needs attention' })
  await expect(attention).toContainText('The proxy could not start')
  await attention.getByRole('button', { name: /Use port \d+/ }).click()
  await expect(attention).not.toContainText('The proxy could not start')
  expect((await host.rest('GET', '/proxy')).body).toMatchObject({ state: 'on' })
  occupied.close()
})

async function listen(server: Server): Promise<number> {
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no TCP address')
  return address.port
}
