/** The apipool server of this Keywheel and other servers, in a real browser: users, switches, credits; a second Keywheel as the server. */
import { expect, type Page, test } from '@playwright/test'
import { type ScriptedUpstream, startScriptedUpstream } from '../../src-main/demo/index.ts'
import type { Key, Remote, Settings, User } from '../../src-preload/contract/index.ts'
import type { Host } from '../support/host.ts'
import { startUnlockedHost } from '../support/unlocked-host.ts'
import { expectAccessible, expectNoViolations, openPage, openPalette } from './page.ts'

const password = 'a pässword for 安'

let server: Host
let host: Host
let upstream: ScriptedUpstream
let serverPage: Page
let page: Page

test.describe.configure({ mode: 'serial' })

test.beforeAll(async ({ browser }) => {
  upstream = await startScriptedUpstream()
  server = await startUnlockedHost()
  host = await startUnlockedHost()
  await server.rest('POST', '/pools', { slug: 'team', name: 'Team', provider: 'openai', baseUrl: `${upstream.url}/v1` })
  await server.rest('POST', '/keys', { secret: `sk-test-${'t'.repeat(32)}`, label: 'shared', pools: ['team'] })
  serverPage = await openPage(browser, server, 'settings?section=server')
  page = await openPage(browser, host, 'settings?section=remotes')
})

test.afterAll(async () => {
  expectNoViolations(serverPage)
  expectNoViolations(page)
  await serverPage.close()
  await page.close()
  await host.stop()
  await server.stop()
  await upstream.close()
})

const users = async () => (await server.rest('GET', '/users')).body as User[]
const remotes = async () => (await host.rest('GET', '/remotes')).body as Remote[]
const login = (username: string, word: string) =>
  fetch(`${server.proxy}/api/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password: word }),
  })

test('the server is switched on with Save; before that nobody can log in', async () => {
  expect((await login('ann', password)).status).toBe(404)
  await serverPage.getByRole('switch', { name: 'Serve the apipool protocol' }).click()
  await serverPage.getByRole('switch', { name: 'Keys may be read in the clear' }).click()
  await expect(serverPage.getByText('Whoever knows the password of such a user can read keys.')).toBeVisible()
  await expectAccessible(serverPage)
  await serverPage.getByRole('button', { name: 'Save' }).click()
  await expect(serverPage.getByText('You have unsaved changes.')).toHaveCount(0)
  expect((await server.rest('GET', '/settings')).body).toMatchObject({ apipoolServer: true, apipoolReveal: true })
  expect((await login('ann', password)).status).toBe(401)
})

test('a user is made; a short password is refused at its field', async () => {
  await serverPage.getByRole('button', { name: 'New user' }).click()
  const dialog = serverPage.getByRole('dialog', { name: 'New user' })
  await dialog.getByRole('textbox', { name: 'User name' }).fill('ann')
  await dialog.getByLabel(/^Password/).fill('short')
  await expect(dialog.getByText('use 8 characters or more')).toBeVisible()
  await expect(dialog.getByRole('button', { name: 'Make the user' })).toBeDisabled()
  await dialog.getByLabel(/^Password/).fill(password)
  await dialog.getByRole('switch', { name: 'May read keys in the clear' }).click()
  await dialog.getByRole('button', { name: 'Make the user' }).click()
  await expect(serverPage.getByRole('row', { name: /ann/ })).toContainText('reads keys')
  expect((await login('ann', password)).status).toBe(200)
  expect(await users()).toMatchObject([{ username: 'ann', role: 'user', mayReveal: true, pools: null, active: true }])
})

test('a name that is taken is told; a user is changed, deactivated, deleted', async () => {
  await openPalette(serverPage)
  await serverPage.keyboard.type('add a user')
  await serverPage.keyboard.press('Enter')
  const dialog = serverPage.getByRole('dialog')
  await dialog.getByRole('textbox', { name: 'User name' }).fill('ann')
  await dialog.getByLabel(/^Password/).fill(password)
  await serverPage.keyboard.press('Enter')
  await expect(dialog.getByText('Code USER_TAKEN')).toBeVisible()
  await dialog.getByRole('textbox', { name: 'User name' }).fill('bob')
  await dialog.getByRole('checkbox', { name: 'All pools, now and later' }).uncheck()
  await expect(dialog.getByRole('button', { name: 'Make the user' })).toBeDisabled()
  await dialog.getByRole('combobox', { name: 'Pools' }).click()
  await serverPage.getByRole('option', { name: 'Team' }).click()
  await serverPage.keyboard.press('Escape')
  await dialog.getByRole('button', { name: 'Make the user' }).click()
  const bob = serverPage.getByRole('row', { name: /bob/ })
  await bob.getByRole('button', { name: 'Change bob' }).click()
  await dialog.getByRole('combobox', { name: 'Role' }).click()
  await serverPage.getByRole('option', { name: 'Admin' }).click()
  await dialog.getByRole('switch', { name: 'Active' }).click()
  await expectAccessible(serverPage)
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(bob).toContainText('deactivated')
  expect(await users()).toContainEqual(
    expect.objectContaining({ username: 'bob', role: 'admin', active: false, pools: ['team'] }),
  )
  await bob.getByRole('button', { name: 'Delete bob' }).click()
  await expectAccessible(serverPage)
  await serverPage.getByRole('dialog', { name: 'Delete bob' }).getByRole('button', { name: 'Delete', exact: true }).click()
  await expect(bob).toHaveCount(0)
})

test('what calls cost in credits: rules in order, an emptied amount is refused', async () => {
  await serverPage.getByRole('tab', { name: 'Proxy' }).click()
  const add = serverPage.getByRole('button', { name: 'Add a rule' })
  await add.click()
  await expect(serverPage.getByText('Name a model, or *.')).toBeVisible()
  await serverPage.getByRole('combobox', { name: 'Model or route of rule 1' }).fill('gpt-5*')
  await serverPage.getByRole('textbox', { name: 'Per call of rule 1' }).fill('')
  await expect(serverPage.getByText('Say how much; 0 = nothing.')).toBeVisible()
  await expect(serverPage.getByRole('button', { name: 'Save' })).toBeDisabled()
  await expectAccessible(serverPage)
  await serverPage.getByRole('textbox', { name: 'Per call of rule 1' }).fill('0.5')
  await add.click()
  await serverPage.getByRole('combobox', { name: 'Pool of rule 2' }).click()
  await serverPage.getByRole('option', { name: 'Team' }).click()
  await serverPage.getByRole('combobox', { name: 'Model or route of rule 2' }).fill('*')
  await serverPage.getByRole('button', { name: 'Move rule 2 up' }).click()
  await serverPage.getByRole('button', { name: 'Save' }).click()
  const rules = async () => ((await server.rest('GET', '/settings')).body as Settings).creditRules
  await expect.poll(rules).toMatchObject([
    { pool: 'team', model: '*', perCall: 1 },
    { pool: '*', model: 'gpt-5*', perCall: 0.5, perThousandTokens: 0 },
  ])
})

test('a server is added only if it lets us in', async () => {
  await page.getByRole('button', { name: 'Add a server' }).click()
  const dialog = page.getByRole('dialog', { name: 'Add a server' })
  await dialog.getByRole('textbox', { name: 'Address' }).fill('pool.example.com')
  await expect(dialog.getByText('give an address such as https://pool.example.com')).toBeVisible()
  await expect(dialog.getByRole('button', { name: 'Log in and add' })).toBeDisabled()
  await expectAccessible(page)
  await dialog.getByRole('textbox', { name: 'Address' }).fill(server.proxy ?? '')
  await dialog.getByRole('textbox', { name: 'User name' }).fill('ann')
  await dialog.getByLabel(/^Password/).fill('not this one')
  await dialog.getByRole('button', { name: 'Log in and add' }).click()
  await expect(dialog.getByText('Code REMOTE_UNAUTHORISED')).toBeVisible()
  expect(await remotes()).toEqual([])
  await dialog.getByLabel(/^Password/).fill(password)
  await dialog.getByRole('textbox', { name: 'Name', exact: true }).fill('Office')
  await dialog.getByRole('button', { name: 'Log in and add' }).click()
  await expect(page.getByRole('dialog', { name: 'Pools of Office' })).toBeVisible()
  await expect.poll(remotes).toMatchObject([{ name: 'Office', username: 'ann', state: 'ok', links: [] }])
})

test('one of its pools is synced: its keys are here, and stay equal', async () => {
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByRole('row', { name: /team/ })).toContainText('Team')
  await expectAccessible(page)
  await dialog.getByRole('button', { name: /^Use / }).click()
  await expect(dialog.getByRole('radio', { name: 'Through the server' })).toBeChecked()
  await expectAccessible(page)
  await dialog.getByRole('radio', { name: 'Synced' }).check()
  await dialog.getByRole('textbox', { name: 'Name here' }).fill('v1')
  await expect(dialog.getByText('this name is reserved for the proxy itself')).toBeVisible()
  await dialog.getByRole('textbox', { name: 'Name here' }).fill('team-copy')
  await dialog.getByRole('textbox', { name: 'Base URL' }).fill(`${upstream.url}/v1`)
  await dialog.getByRole('textbox', { name: 'Look again every' }).fill('3600')
  await dialog.getByRole('button', { name: 'Use it' }).click()
  await expect(dialog.getByRole('link', { name: 'team-copy' })).toBeVisible()
  await page.keyboard.press('Escape')
  const links = page.getByRole('table', { name: 'Pools of Office that are used here' })
  await expect(links.getByRole('row', { name: /team-copy/ })).toContainText('Synced')
  await expectAccessible(page)
  await links.getByRole('link', { name: 'team-copy' }).click()
  await expect(page.getByRole('link', { name: 'from Office' })).toBeVisible()
  await page.getByRole('link', { name: 'from Office' }).click()
  const keys = async () => ((await host.rest('GET', '/keys?pool=team-copy')).body as { items: Key[] }).items.length
  await expect.poll(keys).toBe(1)
  await server.rest('POST', '/keys', { secret: `sk-test-${'u'.repeat(32)}`, label: 'second', pools: ['team'] })
  await page.getByRole('button', { name: 'Sync now: Office' }).click()
  await expect.poll(keys).toBe(2)
})

test('a server that is gone is said to be; its password and name can be changed; the pool goes on', async () => {
  await page.getByRole('button', { name: 'Change Office' }).click()
  const dialog = page.getByRole('dialog', { name: 'Change Office' })
  await dialog.getByRole('textbox', { name: 'Name', exact: true }).fill('Head office')
  await expectAccessible(page)
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('region', { name: 'Head office' })).toBeVisible()
  await server.rest('POST', '/proxy/stop')
  await page.getByRole('button', { name: 'Sync now: Head office' }).click()
  await expect(page.getByRole('region', { name: 'Head office' })).toContainText('Does not answer')
  await expectAccessible(page)
  const { items } = (await host.rest('GET', '/keys?pool=team-copy')).body as { items: Key[] }
  expect(items).toHaveLength(2)
})

test('in Chinese, too; then it is unlinked and removed, and its keys stay', async () => {
  await host.rest('PATCH', '/settings', { language: 'zh' })
  await expect(page.getByRole('region', { name: '远程服务器' })).toBeVisible()
  await server.rest('PATCH', '/settings', { language: 'zh' })
  await serverPage.getByRole('tab', { name: '服务器', exact: true }).click()
  await host.rest('PATCH', '/settings', { language: 'en' })
  await page.getByRole('button', { name: 'Unlink team-copy' }).click()
  await expectAccessible(page)
  await page.getByRole('dialog', { name: 'Unlink team-copy' }).getByRole('button', { name: 'Unlink', exact: true }).click()
  await expect(page.getByText('None of its pools is used here yet.')).toBeVisible()
  await page.getByRole('button', { name: 'Remove Head office' }).click()
  await page.getByRole('dialog', { name: 'Remove Head office' }).getByRole('button', { name: 'Remove', exact: true }).click()
  await expect(page.getByText('No server yet.')).toBeVisible()
  expect((await host.rest('GET', '/keys')).body).toMatchObject({ total: 2 })
})
