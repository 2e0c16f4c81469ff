/** Limits and accounts in a real browser against a real host and an upstream that keeps its own limits. */
import { expect, type Page, test } from '@playwright/test'
import { type ScriptedUpstream, startScriptedUpstream } from '../../src-main/demo/index.ts'
import type { ClientCreated, Key, Pool } from '../../src-preload/contract/index.ts'
import type { Host } from '../support/host.ts'
import { startUnlockedHost } from '../support/unlocked-host.ts'
import { expectAccessible, expectNoViolations, openPage } from './page.ts'

const names = ['one', 'two', 'three'] as const
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
  for (const name of names) await host.rest('POST', '/keys', { secret: secretOf(name), label: name, pools: ['main'] })
  for (const name of ['one', 'two']) upstream.script(secretOf(name), { kind: 'limited', requests: 100, account: 'org-shared' })
  token = ((await host.rest('POST', '/clients', { name: 'laptop' })).body as ClientCreated).token
  page = await openPage(browser, host, 'keys?pool=main')
})

test.afterAll(async () => {
  expectNoViolations(page)
  await page.close()
  await host.stop()
  await upstream.close()
})

async function call(count: number): Promise<number[]> {
  const statuses: number[] = []
  for (let n = 0; n < count; n += 1) {
    const answer = await fetch(`${host.proxy}/main/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'hello' }] }),
    })
    await answer.text()
    statuses.push(answer.status)
  }
  return statuses
}

const keyOf = async (label: string) =>
  ((await host.rest('GET', '/keys?limit=200')).body as { items: Key[] }).items.find((key) => key.label === label)
const drawer = () => page.getByRole('dialog', { name: 'Key details' })
const meters = (name: RegExp) => page.getByRole('meter', { name })

async function openLimits(label: string): Promise<void> {
  await page.getByRole('link', { name: /Main/ }).click()
  await page.getByRole('row', { name: new RegExp(`\\b${label}\\b`) }).click()
  await drawer().getByRole('tab', { name: 'Limits' }).click()
}

async function save(): Promise<void> {
  await drawer().getByRole('button', { name: 'Save' }).click()
  await expect(drawer().getByText('You have unsaved changes.')).toHaveCount(0)
}

test('before anything is known every key has a quota of its own, and the way to set limits is there', async () => {
  await expect(page.getByText('3 keys, 3 accounts: each key has a quota of its own.')).toBeVisible()
  await page.getByText('Accounts', { exact: true }).click()
  await expect(page.getByText('No limits are known yet.')).toBeVisible()
  await page.getByRole('button', { name: 'Set limits' }).click()
  const sheet = page.getByRole('dialog', { name: /Pool/ })
  await expect(sheet.getByRole('group', { name: 'Limits of each account' })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(sheet).toHaveCount(0)
})

test('answers name the account of a key: keys that share one share its quota, and show it', async () => {
  expect(await call(6)).toEqual([200, 200, 200, 200, 200, 200])
  await expect(page.getByText('3 keys, 2 accounts: keys of one account share one quota.')).toBeVisible()
  const shared = page.getByRole('button', { name: /org-shared/ })
  await expect(shared).toContainText('2 keys · named in the provider’s answers')
  await expect(page.getByRole('listitem').filter({ has: shared })).toContainText('2 of 2 ready')
  await shared.press('Enter')
  await expect(shared).toHaveAttribute('aria-expanded', 'true')
  await expect(meters(/Requests/).first()).toHaveAttribute('aria-valuemax', '100')
  await expect(page.getByText(/announced by the provider/).first()).toBeVisible()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'two', exact: true }).click()
  await expect(drawer().getByRole('heading', { name: 'two' })).toBeVisible()
  await expect(drawer()).toContainText('org-shared')
  await page.keyboard.press('Escape')
})

test('limits of one key: a table, a budget, a zone, an end; saved as one, shown as bars', async () => {
  await openLimits('three')
  const table = drawer().getByRole('group', { name: 'Limits of this key alone' })
  await table.getByRole('textbox', { name: 'Requests / min, all models together' }).fill('3')
  await table.getByRole('button', { name: 'Add a model' }).click()
  await table.getByRole('textbox', { name: 'Tokens / day, new model' }).fill('50000')
  await expect(table.getByText('Name the model, or clear its limits.')).toBeVisible()
  await expect(drawer().getByRole('button', { name: 'Save' })).toBeDisabled()
  await table.getByPlaceholder('model, or prefix*').fill('gpt-4o*')
  await drawer().getByRole('textbox', { name: 'Budget', exact: true }).fill('20')
  await drawer().getByRole('combobox', { name: 'Its day ends in' }).fill('Los_Ang')
  await page.getByRole('option', { name: 'America/Los_Angeles' }).click()
  await drawer().getByLabel('Expires').fill('2099-12-31T12:00')
  await save()
  expect(await keyOf('three')).toMatchObject({
    limits: { '*': { rpm: 3 }, 'gpt-4o*': { tpd: 50_000 } },
    budget: { usd: 20, per: 'month' },
    limitZone: 'America/Los_Angeles',
    expiresAt: new Date(2099, 11, 31, 12).getTime(),
  })
  await expect(meters(/^Spend per month/).first()).toHaveAttribute('aria-valuemax', '20')
  await expect(meters(/^Requests per minute/).first()).toHaveAttribute('aria-valuemax', '3')
  await expectAccessible(page)
  await page.keyboard.press('Escape')
})

test('a name for the account joins a key with others', async () => {
  await openLimits('three')
  const account = drawer().getByRole('combobox', { name: 'Account' })
  await account.fill('org')
  await page.getByRole('option', { name: 'org-shared' }).click()
  await save()
  expect((await keyOf('three'))?.account).toEqual({ id: 'org-shared', source: 'set' })
  await page.keyboard.press('Escape')
  await expect(page.getByText('3 keys, 1 account: keys of one account share one quota.')).toBeVisible()
  await openLimits('three')
  await drawer().getByRole('combobox', { name: 'Account' }).fill('')
  await save()
  await page.keyboard.press('Escape')
  await expect(page.getByText('3 keys, 2 accounts: keys of one account share one quota.')).toBeVisible()
})

test('a key that is switched off, or whose time has ended, says so and offers the one mend', async () => {
  const id = (await keyOf('one'))?.id
  await host.rest('PATCH', `/keys/${id}`, { enabled: false })
  await openLimits('one')
  await expect(drawer().getByText('Switched off by hand.')).toBeVisible()
  await drawer().getByRole('alert').getByRole('button', { name: 'Enable' }).click()
  await expect(drawer().getByText('Switched off by hand.')).toHaveCount(0)
  expect((await keyOf('one'))?.enabled).toBe(true)
  await host.rest('PATCH', `/keys/${id}`, { expiresAt: Date.now() - 60_000 })
  await expect(drawer().getByText(/Its time ended on/)).toBeVisible()
  await page.keyboard.press('Escape')
  await host.rest('PATCH', `/keys/${id}`, { expiresAt: null })
})

test('a cooling key says in the provider’s words why, until when, and can be resumed', async () => {
  upstream.script(secretOf('two'), { kind: 'rate-short', retryAfterS: 600 })
  for (let n = 0; n < 6 && (await keyOf('two'))?.state !== 'cooling'; n += 1) await call(1)
  const cooling = await keyOf('two')
  expect(cooling?.state).toBe('cooling')
  await openLimits('two')
  const why = drawer().getByRole('alert')
  await expect(why).toContainText('The provider asked it to wait with gpt-4o-mini. Its other models go on. Back in 9m')
  await expect(why).toContainText(cooling?.reason ?? '-')
  await expectAccessible(page)
  upstream.script(secretOf('two'), { kind: 'ok' })
  await why.getByRole('button', { name: 'Resume now' }).click()
  await expect(why).toHaveCount(0)
  expect((await keyOf('two'))?.state).toBe('ready')
  await page.keyboard.press('Escape')
})

test('a key whose own day is used up says which limit it is, and where it stands', async () => {
  await host.rest('PATCH', `/keys/${(await keyOf('three'))?.id}`, { limits: { '*': { rpd: 1 } } })
  await call(3)
  await openLimits('three')
  const why = drawer().getByRole('alert')
  await expect(why).toContainText('Its own limit is used up: Requests per day, 1 of 1. Back in')
  await drawer().getByRole('tab', { name: 'Details' }).click()
  await why.getByRole('button', { name: 'See its limits' }).click()
  await expect(drawer().getByRole('tab', { name: 'Limits' })).toHaveAttribute('aria-selected', 'true')
  await expect(drawer().getByText('used up').first()).toBeVisible()
  await page.keyboard.press('Escape')
})

test('the pool’s list knows its accounts too', async () => {
  const [pool] = (await host.rest('GET', '/pools')).body as Pool[]
  expect(pool).toMatchObject({ slug: 'main', accounts: 2 })
})
