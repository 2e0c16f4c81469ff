/** Pools in a real browser against a real host: made, changed by form and by JSON, trusted, deleted and brought back. */
import { expect, type Page, test } from '@playwright/test'
import type { Pool } from '../../src-preload/contract/index.ts'
import type { Host } from '../support/host.ts'
import { startUnlockedHost } from '../support/unlocked-host.ts'
import { expectAccessible, expectNoViolations, openPage } from './page.ts'

let host: Host
let page: Page

test.describe.configure({ mode: 'serial' })

test.beforeAll(async ({ browser }) => {
  host = await startUnlockedHost()
  page = await openPage(browser, host, 'keys')
})

test.afterAll(async () => {
  expectNoViolations(page)
  await page.close()
  await host.stop()
})

const pools = async () => (await host.rest('GET', '/pools')).body as Pool[]
const sheet = () => page.getByRole('dialog', { name: /pool/i })

test('a new pool takes the provider’s address and auth unless told otherwise', async () => {
  await page.getByRole('button', { name: 'New pool' }).click()
  await sheet().getByRole('textbox', { name: 'Name' }).first().fill('Main')
  await sheet().getByRole('textbox', { name: 'Path' }).fill('v1')
  await expect(sheet().getByText('this name is reserved for the proxy itself')).toBeVisible()
  await expect(sheet().getByRole('button', { name: 'Make the pool' })).toBeDisabled()
  await sheet().getByRole('textbox', { name: 'Path' }).fill('main')
  await sheet().getByRole('button', { name: 'Make the pool' }).click()
  await expect(page.getByRole('link', { name: /Main/ })).toBeVisible()
  expect(await pools()).toMatchObject([{ slug: 'main', name: 'Main', provider: 'openai', baseUrl: 'https://api.openai.com/v1' }])
})

test('a field out of range is refused at the field; save and discard show only while something changed', async () => {
  await page.getByRole('button', { name: 'Settings', exact: true }).click()
  await expect(sheet().getByText('You have unsaved changes.')).toHaveCount(0)
  const concurrency = sheet().getByRole('textbox', { name: 'Calls at once, whole pool' })
  await concurrency.fill('5000')
  await expect(sheet().getByText(/Too big/)).toBeVisible()
  await expect(sheet().getByRole('button', { name: 'Save' })).toBeDisabled()
  await sheet().getByRole('button', { name: 'Discard' }).click()
  await expect(concurrency).toHaveValue('0')
  await concurrency.fill('12')
  await sheet().getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('Saved. New calls follow the new settings.')).toBeVisible()
  expect((await pools())[0]?.config.concurrency).toBe(12)
  await sheet()
    .getByRole('button', { name: /Reset to default: Calls at once, whole pool/ })
    .click()
  await sheet().getByRole('button', { name: 'Save' }).click()
  await expect.poll(async () => (await pools())[0]?.config.concurrency).toBe(0)
})

test('the same pool as JSON, both ways, with errors by field', async () => {
  await sheet().getByRole('tab', { name: 'JSON' }).click()
  const box = sheet().getByRole('textbox', { name: 'The pool as JSON' })
  const before = JSON.parse(await box.inputValue()) as { config: object }
  await box.fill('{ "name": ')
  await expect(
    sheet()
      .getByRole('alert')
      .getByText(/Not valid JSON/),
  ).toBeVisible()
  await expect(sheet().getByRole('button', { name: 'Save' })).toBeDisabled()
  await box.fill(JSON.stringify({ ...before, strategy: 'weighted', config: { queueTimeout: 9999 } }))
  await expect(sheet().getByRole('listitem').filter({ hasText: 'config.queueTimeout' })).toBeVisible()
  await box.fill(JSON.stringify({ ...before, strategy: 'weighted', config: { queueTimeout: 45 } }))
  await sheet().getByRole('tab', { name: 'Form' }).click()
  await expect(sheet().getByRole('combobox', { name: 'Strategy' })).toHaveValue('Weighted')
  await sheet().getByRole('button', { name: 'Save' }).click()
  await expect.poll(async () => (await pools())[0]).toMatchObject({ strategy: 'weighted', config: { queueTimeout: 45 } })
})

test('leaving with changes asks first', async () => {
  await sheet().getByRole('textbox', { name: 'Name' }).first().fill('Renamed')
  await expect(sheet().getByRole('button', { name: 'Discard' })).toBeVisible()
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Go on editing' }).click()
  await expect(sheet().getByRole('textbox', { name: 'Name' }).first()).toHaveValue('Renamed')
  await page.keyboard.press('Escape')
  await page.getByRole('dialog', { name: 'Discard the changes?' }).getByRole('button', { name: 'Discard' }).click()
  await expect(sheet()).toHaveCount(0)
  expect((await pools())[0]?.name).toBe('Main')
})

test('keys bound to the former address are named, and trusted in one click', async () => {
  await host.rest('POST', '/keys', { secret: `sk-test-${'1'.repeat(32)}`, pools: ['main'] })
  await host.rest('PATCH', '/pools/main', { baseUrl: 'https://gateway.example.com/v1' })
  await expect(page.getByText('The address changed: 1 key is bound to the old one')).toBeVisible()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Trust the new address' }).click()
  await expect(page.getByText('1 key may be sent there now.')).toBeVisible()
  expect((await pools())[0]?.untrustedKeys).toBe(0)
})

test('deleting can be undone', async () => {
  await page.getByRole('button', { name: 'Settings', exact: true }).click()
  await sheet().getByRole('button', { name: 'Delete this pool' }).click()
  await expect(page.getByText('Pool “Main” deleted')).toBeVisible()
  await expect(page.getByRole('link', { name: /Main/ })).toHaveCount(0)
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(page.getByRole('link', { name: /Main/ })).toBeVisible()
  expect(await pools()).toHaveLength(1)
})

test('a draft is marked, published, retired with a successor, and published again', async () => {
  await page.getByRole('button', { name: 'New pool' }).click()
  await sheet().getByRole('textbox', { name: 'Name' }).first().fill('Next')
  await sheet().getByRole('switch', { name: 'Make it as a draft' }).click()
  await sheet().getByRole('button', { name: 'Make the pool' }).click()
  await expect(page.getByText('Pool “Next” is a draft. Add keys, try it, and publish it.')).toBeVisible()
  const state = async () => (await pools()).find(({ slug }) => slug === 'next')
  expect(await state()).toMatchObject({ state: 'draft', successor: null })
  const link = page.getByRole('navigation', { name: 'Pools' }).getByRole('link', { name: /Next/ })
  await expect(link).toHaveAccessibleName(/Draft/)
  await page.getByRole('button', { name: 'Settings', exact: true }).click()
  await expect(sheet()).toContainText('Programs cannot call it yet; a test and the drill can.')
  await expectAccessible(page)
  await sheet().getByRole('button', { name: 'Publish', exact: true }).click()
  await expect(page.getByText('Programs can call “Next” now.')).toBeVisible()
  await expect(link).not.toHaveAccessibleName(/Draft/)
  await sheet().getByRole('button', { name: 'Retire…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Retire “Next”' })
  await dialog.getByRole('combobox', { name: 'Successor' }).click()
  await page.getByRole('option', { name: 'Main (main)' }).click()
  await dialog.getByRole('button', { name: 'Retire', exact: true }).click()
  await expect(sheet()).toContainText('Callers are told that it is retired, and to use “main”.')
  expect(await state()).toMatchObject({ state: 'retired', successor: 'main' })
  await expect(link).toHaveAccessibleName(/Retired/)
  await sheet().getByRole('button', { name: 'Publish again' }).click()
  await expect.poll(async () => (await state())?.state).toBe('published')
  await page.keyboard.press('Escape')
  await host.rest('DELETE', '/pools/next')
  await expect(link).toHaveCount(0)
})

test('a preset fills the table of limits, says where its figures come from, and can be changed', async () => {
  await host.rest('POST', '/pools', { slug: 'gem', name: 'Gem', provider: 'gemini' })
  await page.getByRole('link', { name: /Gem/ }).click()
  await page.getByRole('button', { name: 'Settings', exact: true }).click()
  const table = sheet().getByRole('group', { name: 'Limits of each account' })
  await table.getByRole('button', { name: 'Fill from a preset' }).click()
  await expectAccessible(page)
  await page.getByRole('menuitem', { name: 'Free tier', exact: true }).click()
  await expect(table.getByText(/^As in “Free tier”\. Source: /)).toBeVisible()
  const perDay = table.getByRole('textbox', { name: 'Requests / day, gemini-3-flash', exact: true })
  await expect(perDay).toHaveValue('20')
  await perDay.fill('19')
  await expect(table.getByText(/^As in/)).toHaveCount(0)
  await expect(
    sheet()
      .getByText(/America\/Los_Angeles/)
      .first(),
  ).toBeVisible()
  await sheet().getByRole('button', { name: 'Save' }).click()
  const limits = async () => (await pools()).find(({ slug }) => slug === 'gem')?.config.limits
  await expect.poll(async () => (await limits())?.['gemini-3-flash']?.rpd).toBe(19)
  await sheet()
    .getByRole('button', { name: /Reset to default: Limits of each account/ })
    .click()
  await sheet().getByRole('button', { name: 'Save' }).click()
  await expect.poll(limits).toEqual({})
  await expect(sheet().getByText('You have unsaved changes.')).toHaveCount(0)
  await page.keyboard.press('Escape')
})

test('a fallback chain is written by rules; a circle, or a pool that is not there, is refused at its place', async () => {
  await page.getByRole('link', { name: /Main/ }).click()
  await page.getByRole('button', { name: 'Settings', exact: true }).click()
  await sheet().getByRole('button', { name: 'Other models when none is ready' }).click()
  const editor = sheet().getByRole('group', { name: 'Fallback chain' })
  await editor.getByRole('button', { name: 'Add a rule' }).click()
  await expect(sheet().getByRole('button', { name: 'Save' })).toBeDisabled()
  const chain = (number: number) => editor.getByRole('combobox', { name: `Rule ${number}: what is tried` })
  await editor.getByRole('textbox', { name: 'Rule 1: model' }).fill('gpt-5')
  await chain(1).fill('gpt-5-mini')
  await chain(1).press('Enter')
  await chain(1).fill('nowhere/gpt-5')
  await chain(1).press('Enter')
  await page.keyboard.press('Tab')
  await sheet().getByRole('button', { name: 'Save' }).click()
  await expect(editor.getByText(/there is no pool "nowhere"/)).toBeVisible()
  await expectAccessible(page)
  await chain(1).press('Backspace')
  await editor.getByRole('button', { name: 'Add a rule' }).click()
  await editor.getByRole('textbox', { name: 'Rule 2: model' }).fill('gpt-5-mini')
  await chain(2).fill('gpt-5')
  await chain(2).press('Enter')
  await sheet().getByRole('button', { name: 'Save' }).click()
  await expect(editor.getByRole('alert')).toContainText('leads back to where it was')
  await editor.getByRole('button', { name: 'Remove rule 2' }).click()
  await sheet().getByRole('button', { name: 'Save' }).click()
  const fallback = async () => (await pools()).find(({ slug }) => slug === 'main')?.config.fallback
  await expect.poll(async () => JSON.stringify(await fallback())).toBe('[{"model":"gpt-5","then":["gpt-5-mini"]}]')
})

test('each strategy says in a sentence what it does', async () => {
  const strategy = sheet().getByRole('combobox', { name: 'Strategy' })
  await strategy.click()
  await page.getByRole('option', { name: /Sticky/ }).click()
  await expect(sheet().getByText(/^Calls of one conversation stay on one key/)).toBeVisible()
  await strategy.click()
  await page.getByRole('option', { name: 'Fastest first' }).click()
  await expect(sheet().getByText(/^The ready key that has answered fastest lately/)).toBeVisible()
  await sheet().getByRole('button', { name: 'Save' }).click()
  await expect.poll(async () => (await pools()).find(({ slug }) => slug === 'main')?.strategy).toBe('least_latency')
  await expect(sheet().getByText('You have unsaved changes.')).toHaveCount(0)
  await page.keyboard.press('Escape')
})

test('a provider whose resources have addresses of their own asks for it', async () => {
  await page.getByRole('button', { name: 'New pool' }).click()
  await sheet().getByRole('textbox', { name: 'Name' }).first().fill('Azure')
  await sheet().getByRole('combobox', { name: 'Provider' }).click()
  await page.getByRole('option', { name: 'Azure OpenAI' }).click()
  const address = sheet().getByRole('textbox', { name: 'Base URL' })
  await expect(address).toHaveAttribute('placeholder', /openai\.azure\.com/)
  await expect(address).toHaveAttribute('required')
  await sheet().getByRole('button', { name: 'Make the pool' }).click()
  await expect(
    sheet()
      .getByText(/needs the address of its API/)
      .first(),
  ).toBeVisible()
  await address.fill('https://example.openai.azure.com/openai/v1')
  await sheet().getByRole('button', { name: 'Make the pool' }).click()
  await expect(page.getByRole('link', { name: /Azure/ })).toBeVisible()
  expect((await pools()).find(({ slug }) => slug === 'azure')).toMatchObject({
    provider: 'azure-openai',
    auth: { name: 'api-key' },
  })
})

test('what means something for Azure alone is asked of Azure alone', async () => {
  await page.getByRole('link', { name: /Azure/ }).click()
  await page.getByRole('button', { name: 'Settings', exact: true }).click()
  await sheet().getByRole('button', { name: 'Models', exact: true }).click()
  const deployments = sheet().getByRole('group', { name: 'Deployments' })
  await deployments.getByRole('button', { name: 'Add a deployment' }).click()
  await expect(sheet().getByRole('button', { name: 'Save' })).toBeDisabled()
  await deployments.getByRole('textbox', { name: 'Deployment 1: model' }).fill('gpt-4o')
  await deployments.getByRole('textbox', { name: 'Deployment 1: its name in Azure' }).fill('my-deployment')
  await sheet().getByRole('textbox', { name: 'api-version' }).fill('2024-10-21')
  await expectAccessible(page)
  await sheet().getByRole('button', { name: 'Save' }).click()
  const config = async () => (await pools()).find(({ slug }) => slug === 'azure')?.config
  await expect.poll(config).toMatchObject({ deployments: { 'gpt-4o': 'my-deployment' }, apiVersion: '2024-10-21' })
  await expect(sheet().getByText('You have unsaved changes.')).toHaveCount(0)
  await page.keyboard.press('Escape')
  await page.getByRole('link', { name: /Main/ }).click()
  await page.getByRole('button', { name: 'Settings', exact: true }).click()
  await sheet().getByRole('button', { name: 'Models', exact: true }).click()
  await expect(sheet().getByRole('combobox', { name: 'Models it serves' })).toBeVisible()
  await expect(sheet().getByRole('group', { name: 'Deployments' })).toHaveCount(0)
})

test('a pool’s budget, its kept answers, what is sent again, and its way out', async () => {
  await sheet().getByRole('combobox', { name: 'Models it serves' }).fill('gpt-5')
  await page.keyboard.press('Tab')
  await sheet().getByRole('button', { name: 'Budget and kept answers' }).click()
  await sheet().getByRole('textbox', { name: 'Budget of the pool' }).fill('20')
  await sheet().getByRole('textbox', { name: 'Keep answers' }).fill('600')
  await sheet()
    .getByRole('switch', { name: /One client’s answers for another/ })
    .click()
  await sheet().getByRole('button', { name: 'Retries', exact: true }).click()
  await sheet()
    .getByRole('radio', { name: /Every call, even if/ })
    .check()
  await sheet().getByRole('button', { name: 'The way to the provider' }).click()
  await sheet().getByRole('combobox', { name: 'Proxy on the way' }).click()
  await page.getByRole('option', { name: 'By the proxy at…' }).click()
  const address = sheet().getByRole('textbox', { name: 'Proxy on the way: address of the proxy' })
  await address.fill('proxy:3128')
  await expect(sheet().getByText(/give system, direct, or an address/)).toBeVisible()
  await expect(sheet().getByRole('button', { name: 'Save' })).toBeDisabled()
  await address.fill('http://proxy.example.com:3128')
  await expectAccessible(page)
  await sheet().getByRole('button', { name: 'Save' }).click()
  await expect
    .poll(async () => (await pools()).find(({ slug }) => slug === 'main')?.config)
    .toMatchObject({
      models: ['gpt-5'],
      budget: { usd: 20, per: 'month' },
      cacheTtl: 600,
      cacheShared: true,
      retryUncertain: 'always',
      outbound: 'http://proxy.example.com:3128',
    })
  await sheet()
    .getByRole('button', { name: /Reset to default: Proxy on the way/ })
    .click()
  await sheet().getByRole('button', { name: 'Save' }).click()
  await expect.poll(async () => (await pools()).find(({ slug }) => slug === 'main')?.config.outbound).toBeNull()
  await expect(sheet().getByText('You have unsaved changes.')).toHaveCount(0)
  await page.keyboard.press('Escape')
})

test('the drill is a task whose report stays', async () => {
  for (const digit of ['2', '3']) await host.rest('POST', '/keys', { secret: `sk-test-${digit.repeat(32)}`, pools: ['main'] })
  await page.getByRole('button', { name: 'Drill', exact: true }).click()
  const dialog = page.getByRole('dialog', { name: 'Fail-over drill of Main' })
  await dialog.getByRole('button', { name: 'Drill', exact: true }).click()
  await expect(dialog.getByText(/Seven faults are tried/)).toBeVisible()
  await expect(dialog.getByRole('table').getByRole('row')).toHaveCount(8, { timeout: 30_000 })
  await expect(dialog.getByRole('row', { name: /Refused key/ })).toContainText('Kept')
  await expect(dialog.getByRole('alert')).toBeVisible()
  await host.rest('PATCH', '/settings', { language: 'zh' })
  await expect(page.getByRole('dialog').getByRole('row', { name: /密钥被拒绝/ })).toContainText(/密钥 \d 已停用，其他密钥都就绪/)
  await expect(page.getByRole('dialog')).not.toContainText('The ')
  await host.rest('PATCH', '/settings', { language: 'en' })
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: /^Tasks:/ }).click()
  await expect(page.getByText(/^\d of 7 promises kept$/)).toBeVisible()
  await expect(page.getByRole('status').filter({ hasText: /^Fail-over drill of Main: \d of 7/ })).toHaveCount(1)
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Drill', exact: true }).click()
  await expect(dialog.getByRole('button', { name: 'Run it again' })).toBeVisible()
  await page.keyboard.press('Escape')
})
