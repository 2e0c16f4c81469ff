/** Models and routes in a real browser: what is served, names of one's own, and routes whose pools have gone. */
import { expect, type Page, test } from '@playwright/test'
import { type ScriptedUpstream, startScriptedUpstream } from '../../src-main/demo/index.ts'
import type { ClientCreated, ModelRouteView, RequestRow } from '../../src-preload/contract/index.ts'
import type { Host } from '../support/host.ts'
import { startUnlockedHost } from '../support/unlocked-host.ts'
import { expectAccessible, expectNoViolations, openPage } from './page.ts'

const secretOf = (name: string) => `sk-test-${name.padEnd(32, '0')}`

let host: Host
let upstream: ScriptedUpstream
let page: Page

test.describe.configure({ mode: 'serial' })

test.beforeAll(async ({ browser }) => {
  upstream = await startScriptedUpstream()
  host = await startUnlockedHost()
  page = await openPage(browser, host, 'connect?tab=models')
})

test.afterAll(async () => {
  expectNoViolations(page)
  await page.close()
  await host.stop()
  await upstream.close()
})

const routes = async () => (await host.rest('GET', '/routes')).body as ModelRouteView[]
const table = (name: string) => page.getByRole('table', { name, exact: true })
const sheet = () => page.getByRole('dialog', { name: /route/i })
const targets = () => sheet().getByRole('group', { name: 'Goes to' })

async function choose(name: string, option: string): Promise<void> {
  await sheet().getByRole('combobox', { name, exact: true }).click()
  await page.getByRole('option', { name: option, exact: true }).click()
}

async function makePool(slug: string, provider: string, baseUrl: string, config = {}): Promise<void> {
  await host.rest('POST', '/pools', { slug, name: slug, provider, baseUrl, config })
  await host.rest('POST', '/keys', { secret: secretOf(slug), label: `${slug} key`, pools: [slug] })
}

test('without pools it says what is missing', async () => {
  await expect(page.getByText('A route leads to pools, and there is none yet.')).toBeVisible()
  await expect(page.getByText(/^No pool has said yet what it serves/)).toBeVisible()
  await expect(page.getByRole('button', { name: 'New route' })).toBeDisabled()
  await expectAccessible(page)
})

test('models come as their providers list them, are searched, and say whether a key is ready', async () => {
  await makePool('chat', 'openai', `${upstream.url}/v1`)
  await makePool('claude', 'anthropic', `${upstream.url}/v1`, { models: ['claude-sonnet-4-5'] })
  await page.getByRole('button', { name: 'Ask the providers again' }).click()
  await expect(table('Models').getByRole('row', { name: /gpt-4o-mini/ })).toContainText('the provider’s list')
  await expect(table('Models').getByRole('row', { name: /claude-sonnet-4-5/ })).toContainText('the pool’s own list')
  await expect(table('Models').getByRole('row', { name: /claude-sonnet-4-5/ })).toContainText('Ready')
  await page.getByRole('textbox', { name: 'Search models' }).fill('sonnet')
  await expect(page.getByText('1 model, 1 ready')).toBeVisible()
  await page.getByRole('textbox', { name: 'Search models' }).fill('nothing like it')
  await expect(page.getByText('No model fits “nothing like it”.')).toBeVisible()
  await page.getByRole('textbox', { name: 'Search models' }).fill('')
})

test('a route is made from a name, targets with weights, and what steps in', async () => {
  await page.getByRole('button', { name: 'New route' }).click()
  await expect(sheet().getByRole('button', { name: 'Make the route' })).toBeDisabled()
  await sheet().getByRole('combobox', { name: 'Clients ask for' }).fill('best*model')
  await expect(sheet().getByText('put * only at the end: a name, prefix* or *')).toBeVisible()
  await sheet().getByRole('combobox', { name: 'Clients ask for' }).fill('best')
  await choose('Target 1: pool', 'claude')
  await targets().getByRole('combobox', { name: 'Target 1: model' }).fill('claude-sonnet-4-5')
  await targets().getByRole('textbox', { name: 'Target 1: weight' }).fill('3')
  await targets().getByRole('button', { name: 'Add a target' }).click()
  await expect(targets().getByText('Choose a pool.')).toBeVisible()
  await choose('Target 2: pool', 'chat')
  await targets().getByRole('combobox', { name: 'Target 2: model' }).fill('gpt-4o')
  await expect(targets().getByText('75% of the calls')).toBeVisible()
  await sheet().getByRole('button', { name: 'Add a step' }).click()
  await choose('Step 1: pool', 'chat')
  await sheet().getByRole('textbox', { name: 'Keep answers' }).fill('60')
  await page.keyboard.press('Tab')
  await expectAccessible(page)
  await sheet().getByRole('button', { name: 'Make the route' }).click()
  await expect(table('Routes').getByRole('row', { name: /best/ })).toContainText('claude/claude-sonnet-4-5 · 75%')
  expect(await routes()).toMatchObject([
    {
      model: 'best',
      targets: [
        { pool: 'claude', model: 'claude-sonnet-4-5', weight: 3 },
        { pool: 'chat', model: 'gpt-4o', weight: 1 },
      ],
      // oxlint-disable-next-line unicorn/no-thenable -- the contract's own word, and never a function
      then: [{ pool: 'chat', model: null }],
      cacheTtl: 60,
      timeout: null,
    },
  ])
})

test('a name that is taken is refused at the field', async () => {
  await page.getByRole('button', { name: 'New route' }).click()
  await sheet().getByRole('combobox', { name: 'Clients ask for' }).fill('best')
  await sheet().getByRole('button', { name: 'Make the route' }).click()
  await expect(sheet().getByText('There is a route for this model already.')).toBeVisible()
  await expect(sheet().getByText('choose another name').first()).toBeVisible()
  await expectAccessible(page)
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Discard' }).click()
  await expect(sheet()).toHaveCount(0)
})

test('a call by the route’s name is served, and Traffic tells what became of it', async () => {
  const { token } = (await host.rest('POST', '/clients', { name: 'laptop' })).body as ClientCreated
  const ask = (content: string) =>
    fetch(`${host.proxy}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'best', seed: 7, messages: [{ role: 'user', content }] }),
    })
  // Each question chooses its own place by weight; the second time round its answer is a kept one.
  for (let n = 0; n < 16; n += 1) expect((await ask(`question ${n % 8}`)).status).toBe(200)
  const logged = async () => ((await host.rest('GET', '/requests?route=best')).body as { items: RequestRow[] }).items
  await expect.poll(async () => (await logged()).length).toBe(16)
  const items = await logged()
  expect(items.filter(({ cache }) => cache === 'hit').length).toBeGreaterThan(0)
  const translated = items.find(({ upstreamFormat }) => upstreamFormat === 'messages')
  expect(translated).toMatchObject({ dropped: ['seed'], cache: 'miss' })
  await page.goto(`${new URL(host.ui).origin}/#/traffic?route=best`)
  const log = page.getByRole('region', { name: 'Requests, newest first' })
  await expect(log.getByText('kept', { exact: true }).first()).toBeVisible()
  await expect(page.getByText('Route: best')).toBeVisible()
  await page.goto(`${new URL(host.ui).origin}/#/traffic?request=${translated?.id}`)
  const drawer = page.getByRole('dialog', { name: 'Request' })
  await expect(drawer.getByText('OpenAI Chat Completions → Anthropic Messages')).toBeVisible()
  await expect(drawer.getByRole('row', { name: /Left out/ })).toContainText('seed')
  await expect(drawer.getByRole('link', { name: 'best' })).toBeVisible()
  await expect(drawer.getByRole('row', { name: /Price from/ })).toContainText('genai-prices')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'More filters' }).click()
  await page.getByRole('combobox', { name: 'Kept answers' }).click()
  await page.getByRole('option', { name: 'Kept answer', exact: true }).click()
  await expect(page).toHaveURL(/cache=hit/)
  await page.goto(`${new URL(host.ui).origin}/#/connect?tab=models`)
})

test('a pool that goes leaves a route that says so', async () => {
  await host.rest('DELETE', '/pools/claude')
  await expect(table('Routes').getByRole('row', { name: /best/ })).toContainText('claude is gone')
  await page.getByRole('button', { name: 'Route best', exact: true }).click()
  await expect(sheet().getByText('There is no pool “claude” any more: calls pass it over.')).toBeVisible()
  await expectAccessible(page)
  await choose('Target 1: pool', 'chat')
  await sheet().getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('Saved. New calls follow the route as it is now.')).toBeVisible()
  expect((await routes())[0]?.missingPools).toEqual([])
  await page.keyboard.press('Escape')
})

test('deleting can be undone', async () => {
  await page.getByRole('button', { name: 'Delete the route best' }).click()
  await expect(page.getByText('Route “best” deleted')).toBeVisible()
  expect(await routes()).toEqual([])
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(table('Routes').getByRole('row', { name: /best/ })).toBeVisible()
  expect(await routes()).toMatchObject([{ model: 'best', cacheTtl: 60 }])
})

test('a model offers a route of its own, by keyboard too', async () => {
  await page.getByRole('button', { name: 'Make a route for gpt-4o-mini' }).focus()
  await page.keyboard.press('Enter')
  await expect(sheet().getByRole('combobox', { name: 'Clients ask for' })).toHaveValue('gpt-4o-mini')
  // Escape closes the offered names first.
  await sheet().getByRole('button', { name: 'Close' }).click()
  await expect(sheet()).toHaveCount(0)
})
