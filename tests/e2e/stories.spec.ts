/** The five things people choose Keywheel for: each from the Overview of a running one, in at most 8 clicks, and with the keyboard alone. */
import { expect, type Page, test } from '@playwright/test'
import { type ScriptedUpstream, startScriptedUpstream } from '../../src-main/demo/index.ts'
import type { ClientCreated, KeyPage, Pool, RequestPage } from '../../src-preload/contract/index.ts'
import { type Hand, keyboard, mouse } from '../support/hand.ts'
import type { Host } from '../support/host.ts'
import { mixedKeys } from '../support/showcase/scenes.ts'
import { startUnlockedHost } from '../support/unlocked-host.ts'
import { expectNoViolations, openPage } from '../ui/page.ts'

const mostClicks = 8
/** Of the pasted ones: the third and the fifth get a name from their pool. */
const refused = { secret: mixedKeys.split('\n')[2] ?? '', label: 'main 3' }
const spent = { secret: mixedKeys.split('\n')[4] ?? '', label: 'main 5' }

let upstream: ScriptedUpstream
let host: Host
let page: Page

test.beforeAll(async () => {
  upstream = await startScriptedUpstream()
  upstream.script(refused.secret, { kind: 'key-invalid' })
})
test.afterAll(() => upstream.close())

for (const way of [mouse, keyboard]) {
  test.describe(way.name, () => {
    test.describe.configure({ mode: 'serial' })
    let hand: Hand

    test.beforeAll(async ({ browser }) => {
      host = await startUnlockedHost()
      await setUp()
      page = await openPage(browser, host, 'overview')
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
      hand = way(page)
    })
    test.beforeEach(async () => {
      await page.goto(`${new URL(host.ui).origin}/#/overview`)
      await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()
      hand.start()
    })
    test.afterEach(() => {
      test.info().annotations.push({ type: 'clicks', description: String(hand.clicks()) })
      expect(hand.clicks()).toBeLessThanOrEqual(mostClicks)
    })
    test.afterAll(async () => {
      expectNoViolations(page)
      await page.context().close()
      await host.stop()
    })

    test('add 20 mixed keys: each goes to a pool of its provider, and one is made where none was', () => addMixed(hand))
    test('find out why two of them do not serve', () => findOutWhy(hand))
    test('cap one at 100 requests a day', () => capOne(hand))
    test('point Claude Code at it, and see what it cost', async () => {
      await pointClaudeCode(hand)
      expect(hand.clicks()).toBeLessThanOrEqual(mostClicks)
      await page.goto(`${new URL(host.ui).origin}/#/overview`)
      hand.start()
      await seeTheCost(hand)
    })
  })
}

/** In use already: two pools, and the demo pool. Nothing but loopback can be reached. */
async function setUp(): Promise<void> {
  upstream.script(spent.secret, { kind: 'ok' })
  await host.rest('PATCH', '/settings', { outbound: 'http://127.0.0.1:9' })
  await host.rest('POST', '/pools-demo', {})
  const config = { outbound: 'direct' }
  const given = [
    { slug: 'main', name: 'Main', provider: 'openai', baseUrl: `${upstream.url}/v1`, config },
    { slug: 'work', name: 'Work Claude', provider: 'anthropic', baseUrl: upstream.url, config },
  ]
  for (const pool of given) expect((await host.rest('POST', '/pools', pool)).status).toBe(201)
}

const keys = async () => ((await host.rest('GET', '/keys?limit=200')).body as KeyPage).items
const keyNamed = async (label: string) => (await keys()).find((key) => key.label === label)

async function addMixed(hand: Hand): Promise<void> {
  if (hand.name === 'mouse') {
    await hand.go('Keys', '2')
    await hand.use(page.getByRole('button', { name: 'Add keys' }).first())
  } else await page.keyboard.press('n')
  const sheet = page.getByRole('dialog', { name: 'Add keys' })
  await hand.paste(sheet.getByRole('textbox', { name: 'Keys', exact: true }), mixedKeys)
  await expect(sheet.getByText('20 new')).toBeVisible()
  const where = sheet.getByRole('table', { name: 'Which keys go where' })
  await expect(where.getByRole('row')).toContainText(['OpenAI · 8 keys', 'Anthropic · 6 keys', 'Google Gemini · 6 keys'])
  await expect(where.getByRole('combobox', { name: 'Pool for OpenAI' })).toHaveValue('Main')
  await hand.use(sheet.getByRole('button', { name: 'Add 20 keys' }))
  await expect(sheet.getByText('20 keys added')).toBeVisible()
  // A provider that is not reached is waited for, and every screen says why.
  const waits = 'The proxy on the way to generativelanguage.googleapis.com cannot be reached: checks wait, 6 left'
  await expect(sheet.getByText(`Checking: 14 of 20 · ${waits}`)).toBeVisible()
  await expect(page.getByText('The proxy on the way out cannot be reached.')).toBeVisible()
  await hand.use(sheet.getByRole('button', { name: 'Done' }))
  // Nor is that the fault of its keys.
  const unreached = (await keys()).filter(({ provider }) => provider === 'gemini')
  expect(unreached.map(({ state }) => state)).toEqual(Array.from({ length: 6 }, () => 'unchecked'))
  const pools = (await host.rest('GET', '/pools')).body as Pool[]
  const totals = Object.fromEntries(pools.map(({ provider, keys: { total } }) => [provider, total]))
  expect(totals).toMatchObject({ openai: 8, anthropic: 6, gemini: 6 })
}

async function findOutWhy(hand: Hand): Promise<void> {
  // What happened meanwhile: one of them has no credit left.
  upstream.script(spent.secret, { kind: 'no-credit' })
  const { token } = (await host.rest('POST', '/clients', { name: 'terminal' })).body as ClientCreated
  for (let n = 0; n < 8; n += 1) await call('/main/chat/completions', token, 'gpt-4o-mini')
  await expect.poll(async () => (await keyNamed(spent.label))?.state).toBe('exhausted')

  await hand.go('Keys', '2')
  const drawer = page.getByRole('dialog', { name: 'Key details' })
  const why = [
    { pill: /^Invalid 1/, label: refused.label, text: 'The provider refuses it.' },
    { pill: /^Exhausted 1/, label: spent.label, text: 'Its quota or credit is used up.' },
  ]
  for (const { pill, label, text } of why) {
    await hand.use(page.getByRole('button', { name: pill }))
    await expect(page.getByRole('row')).toHaveCount(2)
    await openKey(hand, label)
    await expect(drawer.getByText(text)).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(drawer).toHaveCount(0)
  }
}

async function capOne(hand: Hand): Promise<void> {
  await hand.go('Keys', '2')
  // The list is as it was left: with a filter.
  await hand.use(page.getByRole('button', { name: /^All \d/ }))
  await openKey(hand, 'main 1')
  const drawer = page.getByRole('dialog', { name: 'Key details' })
  await hand.use(drawer.getByRole('tab', { name: 'Limits' }))
  await hand.paste(drawer.getByRole('textbox', { name: 'Requests / day, all models together' }), '100')
  await hand.use(drawer.getByRole('button', { name: 'Save' }))
  await expect.poll(async () => (await keyNamed('main 1'))?.limits).toEqual({ '*': { rpd: 100 } })
}

async function openKey(hand: Hand, label: string): Promise<void> {
  const row = page.getByRole('row', { name: new RegExp(`\\b${label}\\b`) })
  await hand.openRow(page.getByRole('grid', { name: 'Keys' }), row)
  await expect(page.getByRole('dialog', { name: 'Key details' }).getByRole('heading', { name: label })).toBeVisible()
}

async function pointClaudeCode(hand: Hand): Promise<void> {
  await hand.go('Connect', '4')
  await hand.choose(page.getByRole('combobox', { name: 'Pool', exact: true }), 'Work Claude')
  await hand.use(page.getByRole('button', { name: 'Claude Code', exact: true }))
  await hand.use(page.getByRole('button', { name: 'Make one' }))
  const sheet = page.getByRole('dialog', { name: 'New client' })
  await hand.paste(sheet.getByRole('textbox', { name: 'Name', exact: true }), 'Claude Code')
  await hand.use(sheet.getByRole('button', { name: 'Make the client' }))
  await hand.use(page.getByRole('dialog').getByRole('button', { name: 'Done' }))
  await hand.use(page.getByRole('button', { name: 'Copy', exact: true }))
  const copied = await page.evaluate(() => navigator.clipboard.readText())
  const variable = (name: string) => new RegExp(`${name}=["']?([^"'\\s]+)`).exec(copied)?.[1] ?? ''
  expect(variable('ANTHROPIC_BASE_URL')).toBe(`${host.proxy}/work`)
  await call('/work/v1/messages', variable('ANTHROPIC_AUTH_TOKEN'), 'claude-sonnet-4-5')
}

async function seeTheCost(hand: Hand): Promise<void> {
  const [row] = ((await host.rest('GET', '/requests?pool=work')).body as RequestPage).items
  expect(row).toMatchObject({ clientName: 'Claude Code', outcome: 'ok' })
  expect(row?.costNanos).toBeGreaterThan(0)
  await expect(
    page
      .getByLabel('Figures')
      .getByText(/\$0\.0\d+/)
      .first(),
  ).toBeVisible()
  await hand.go('Traffic', '3')
  const request = page.getByRole('row', { name: /claude-sonnet-4-5/ })
  await expect(request).toContainText(/\$0\.0\d+/)
}

async function call(path: string, token: string, model: string): Promise<void> {
  const body = { model, max_tokens: 64, messages: [{ role: 'user', content: 'hello' }] }
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const answer = await fetch(`${host.proxy}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
  expect(await answer.text()).not.toBe('')
  expect(answer.status).toBe(200)
}
