/** The Keys screen in a real browser against a real host: adding, finding, changing, deleting, revealing; by mouse and by keyboard. */
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, type Page, test } from '@playwright/test'
import { type ScriptedUpstream, startScriptedUpstream } from '../../src-main/demo/index.ts'
import type { ClientCreated, Key, KeyEvent } from '../../src-preload/contract/index.ts'
import type { Host } from '../support/host.ts'
import { startUnlockedHost } from '../support/unlocked-host.ts'
import { expectAccessible, expectNoViolations, openPage } from './page.ts'

const secretOf = (number: number) => `sk-test-${String(number).padStart(32, '0')}`

let host: Host
let upstream: ScriptedUpstream
let page: Page

test.describe.configure({ mode: 'serial' })

test.beforeAll(async ({ browser }) => {
  upstream = await startScriptedUpstream()
  host = await startUnlockedHost()
  await host.rest('POST', '/pools', { slug: 'main', name: 'Main', provider: 'openai', baseUrl: `${upstream.url}/v1` })
  await host.rest('POST', '/pools', { slug: 'spare', name: 'Spare', provider: 'openai', baseUrl: `${upstream.url}/v1` })
  page = await openPage(browser, host, 'keys')
})

test.afterAll(async () => {
  expectNoViolations(page)
  await page.close()
  await host.stop()
  await upstream.close()
})

const keys = async () => ((await host.rest('GET', '/keys?limit=200')).body as { items: Key[] }).items
const row = (label: string) => page.getByRole('row', { name: new RegExp(`\\b${label}\\b`) })

test('an empty list offers the one thing to do', async () => {
  await expect(page.getByText('No keys yet')).toBeVisible()
  await expectAccessible(page)
})

test('adding previews each line, imports, and checks at no cost', async () => {
  upstream.script(secretOf(3), { kind: 'key-invalid' })
  await page.keyboard.press('n')
  const sheet = page.getByRole('dialog', { name: 'Add keys' })
  await sheet.getByRole('textbox', { name: 'Keys' }).fill([1, 2, 3, 1].map(secretOf).concat('no key here').join('\n'))
  await expect(sheet.getByText('3 new')).toBeVisible()
  await expect(sheet.getByText('1 here already')).toBeVisible()
  await expect(sheet.getByText('1 not usable')).toBeVisible()
  await expectAccessible(page)
  await sheet.getByRole('button', { name: 'Add 3 keys' }).click()
  await expect(sheet.getByText('3 keys added')).toBeVisible()
  await expect(sheet.getByText('Checked: 2 work, 1 do not.')).toBeVisible()
  await sheet.getByRole('button', { name: 'Done' }).click()
  await expect(page.getByRole('row')).toHaveCount(4)
  await expect(page.getByRole('button', { name: /Invalid 1/ })).toBeVisible()
})

test('a file dropped on the window opens the sheet with its keys', async () => {
  const data = await page.evaluateHandle((text) => {
    const transfer = new DataTransfer()
    transfer.items.add(new File([text], 'keys.txt', { type: 'text/plain' }))
    return transfer
  }, secretOf(4))
  await page.dispatchEvent('body', 'drop', { dataTransfer: data })
  const sheet = page.getByRole('dialog', { name: 'Add keys' })
  await expect(sheet.getByText('1 new')).toBeVisible()
  await sheet.getByRole('combobox', { name: 'Pool' }).click()
  await page.getByRole('option', { name: 'Spare' }).click()
  await sheet.getByRole('button', { name: 'Add 1 key' }).click()
  await expect(sheet.getByText('1 key added')).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(row('spare 1')).toBeVisible()
})

test('a keys.json and the .env beside it, dropped together, are read as one', async () => {
  const data = await page.evaluateHandle((secret) => {
    const list = { providers: { openai: { keys: [{ id: 'first', api_key: 'env:FIRST_KEY' }] } } }
    const transfer = new DataTransfer()
    transfer.items.add(new File([JSON.stringify(list)], 'keys.json', { type: 'application/json' }))
    transfer.items.add(new File([`FIRST_KEY=${secret}`], '.env'))
    return transfer
  }, secretOf(9))
  await page.dispatchEvent('body', 'drop', { dataTransfer: data })
  const sheet = page.getByRole('dialog', { name: 'Add keys' })
  const beside = sheet.getByRole('textbox', { name: 'The .env beside it' })
  await expect(beside).toHaveValue(`FIRST_KEY=${secretOf(9)}`)
  await expect(sheet.getByText('1 new')).toBeVisible()
  await beside.fill('')
  await expect(sheet.getByText('1 not usable')).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(sheet).toHaveCount(0)
})

test('filters, pools and search narrow the list; a pasted key finds its row and stays out of the address', async () => {
  await page.getByRole('button', { name: /Invalid 1/ }).click()
  await expect(page.getByRole('row')).toHaveCount(2)
  expect(page.url()).toContain('state=invalid')
  await page.getByRole('button', { name: /^All/ }).click()
  await page.getByRole('link', { name: /Spare/ }).click()
  await expect(page.getByRole('row')).toHaveCount(2)
  await page.getByRole('link', { name: /All keys/ }).click()
  await page.keyboard.press('/')
  await page.keyboard.insertText(secretOf(2))
  await expect(page.getByRole('row')).toHaveCount(2)
  expect(page.url()).not.toContain(secretOf(2))
  await page.keyboard.press('Escape')
  await expect(page.getByRole('row')).toHaveCount(5)
})

test('the keyboard moves, opens, copies, checks, selects, disables, enables, deletes and undoes', async () => {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  const grid = page.getByRole('grid', { name: 'Keys' })
  await grid.focus()
  await page.keyboard.press('Home')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('dialog', { name: 'Key details' })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(grid).toBeFocused()
  await page.keyboard.press('c')
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toMatch(/^sk-test-0{31}[1-4]$/)
  await page.keyboard.press('r')
  await expect(page.getByText(/” works\.$|” cannot be used/).first()).toBeVisible()
  await page.keyboard.press('e')
  await expect(page.getByRole('row').nth(1)).toContainText('Disabled')
  expect((await keys()).filter((key) => !key.enabled)).toHaveLength(1)
  await page.keyboard.press('e')
  await expect.poll(async () => (await keys()).filter((key) => !key.enabled).length).toBe(0)
  await page.keyboard.press('Space')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Space')
  await expect(page.getByText('2 selected')).toBeVisible()
  await page.keyboard.press('Delete')
  await expect(page.getByText('2 keys deleted')).toBeVisible()
  await expect(page.getByRole('row')).toHaveCount(3)
  await page.keyboard.press('Control+z')
  await expect(page.getByText('2 keys restored')).toBeVisible()
  await expect(page.getByRole('row')).toHaveCount(5)
})

test('the drawer reveals a key for a while and edits what is said about it', async () => {
  await row('spare 1').click()
  const drawer = page.getByRole('dialog', { name: 'Key details' })
  await expect(drawer.getByText(secretOf(4))).toHaveCount(0)
  await drawer.getByRole('button', { name: 'Reveal for 30 s' }).click()
  await expect(drawer.getByText(secretOf(4))).toBeVisible()
  await expect(drawer.getByText(/Hidden in \d+ s/)).toBeVisible()
  await drawer.getByRole('button', { name: 'Hide' }).click()
  await expect(drawer.getByText(secretOf(4))).toHaveCount(0)
  await drawer.getByRole('textbox', { name: 'Label' }).fill('night shift')
  await drawer.getByRole('textbox', { name: 'Priority' }).fill('7')
  await expect(drawer.getByText('You have unsaved changes.')).toBeVisible()
  await drawer.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('Saved.')).toBeVisible()
  const saved = (await keys()).find((key) => key.label === 'night shift')
  expect(saved?.pools).toEqual([{ pool: 'spare', priority: 7, weight: 1 }])
  await page.keyboard.press('Escape')
})

test('a refused key says why, in the provider’s words, and can be used again by hand', async () => {
  upstream.script(secretOf(3), { kind: 'key-invalid' })
  const refused = (await keys()).find((key) => key.hint.endsWith('0003'))
  await host.rest('POST', `/keys/${refused?.id}/check`)
  await page.getByRole('button', { name: /Invalid 1/ }).click()
  await page.getByRole('row').nth(1).click()
  const drawer = page.getByRole('dialog', { name: 'Key details' })
  await expect(drawer.getByText('The provider refuses it.', { exact: false })).toBeVisible()
  await drawer.getByRole('tab', { name: 'Activity' }).click()
  const changes = drawer.getByRole('region', { name: 'Changes of state' }).getByRole('listitem')
  await expect(changes.first()).toContainText('Invalid')
  const told = (await host.rest('GET', `/keys/${refused?.id}/timeline`)).body as KeyEvent[]
  await expect(changes.first()).toContainText(told[0]?.reason ?? '-')
  await drawer.getByRole('button', { name: 'Use again now' }).click()
  await expect.poll(async () => (await keys()).filter((key) => key.state === 'invalid').length).toBe(0)
  await page.keyboard.press('Escape')
})

test('a row’s menu opens by mouse and by keyboard, and moves a key to another pool', async () => {
  await page.getByRole('button', { name: /^All/ }).click()
  await expect(page.getByRole('row')).toHaveCount(5)
  await row('night shift').click({ button: 'right' })
  const menu = page.getByRole('menu')
  await expect(menu.getByRole('menuitem', { name: 'Copy the key' })).toBeVisible()
  await expectAccessible(page)
  await menu.getByRole('menuitem', { name: 'Move to pool' }).hover()
  await page.getByRole('menuitem', { name: 'Main' }).click()
  await expect(page.getByText('1 key moved to Main')).toBeVisible()
  const poolsOf = async () => (await keys()).find((key) => key.label === 'night shift')?.pools.map(({ pool }) => pool)
  expect(await poolsOf()).toEqual(['main'])
  await page.getByRole('button', { name: 'Undo' }).last().click()
  await expect.poll(poolsOf).toEqual(['spare'])

  await page.getByRole('grid', { name: 'Keys' }).focus()
  await page.keyboard.press('Home')
  await page.keyboard.press('Shift+F10')
  await expect(menu.getByRole('menuitem', { name: 'Open details' })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(menu).toHaveCount(0)
  await expect(page.getByRole('grid', { name: 'Keys' })).toBeFocused()
})

test('a key that goes to another address is moved only after a question', async () => {
  await host.rest('POST', '/pools', { slug: 'far', name: 'Far', provider: 'openai', baseUrl: 'https://gateway.example.com/v1' })
  await row('night shift').click({ button: 'right' })
  await page.getByRole('menuitem', { name: 'Move to pool' }).hover()
  await page.getByRole('menuitem', { name: 'Far' }).click()
  const question = page.getByRole('dialog', { name: 'Send this key to another address?' })
  await question.getByRole('button', { name: 'Yes, allow it' }).click()
  await expect(page.getByText('1 key moved to Far')).toBeVisible()
})

test('a key that waits for trust does not look ready', async () => {
  await host.rest('PATCH', '/pools/far', { baseUrl: 'https://other.example.com/v1' })
  await expect(row('night shift')).toContainText('Needs trust')
  await expect(row('night shift')).not.toContainText('Ready')
  await expect(page.getByRole('link', { name: /Far/ })).toContainText('0/1')
  await row('night shift').click()
  const drawer = page.getByRole('dialog', { name: 'Key details' })
  await expectAccessible(page)
  await drawer.getByRole('button', { name: 'Trust the new address' }).click()
  await expect(row('night shift')).toContainText('Ready')
  await page.keyboard.press('Escape')
})

test('many are tagged and exported at once, with undo', async () => {
  const tags = async () => (await keys()).filter((key) => key.tags.includes('night')).length
  await page.getByRole('grid', { name: 'Keys' }).focus()
  for (const key of ['Home', 'Space', 'ArrowDown', 'Space']) await page.keyboard.press(key)
  const bar = page.getByRole('toolbar', { name: '2 selected' })
  await bar.getByRole('button', { name: 'Tags…' }).click()
  await expect(page.getByRole('dialog').getByRole('combobox', { name: 'Add' })).toBeFocused()
  await page.keyboard.type('night')
  await page.keyboard.press('Enter')
  await expectAccessible(page)
  await page.getByRole('dialog').getByRole('button', { name: 'Change tags' }).click()
  await expect(page.getByText('Tags of 2 keys changed')).toBeVisible()
  expect(await tags()).toBe(2)
  await page.getByRole('button', { name: 'Undo' }).last().click()
  await expect.poll(tags).toBe(0)
  await bar.getByRole('button', { name: 'Export…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Export 2 keys' })
  await expectAccessible(page)
  const download = page.waitForEvent('download')
  await dialog.getByRole('button', { name: 'Export' }).click()
  const file = JSON.parse(await readFile(await (await download).path(), 'utf8')) as { keys: unknown[]; pools: unknown[] }
  expect([file.keys.length, file.pools.length]).toEqual([2, 0])
  await expect(dialog).toHaveCount(0)
  await page.getByRole('button', { name: 'Clear selection' }).click()
})

test('what a key was used for stands in its row and leads to its requests; columns are chosen and stay so', async () => {
  upstream.script(secretOf(3), { kind: 'ok' })
  const { token } = (await host.rest('POST', '/clients', { name: 'laptop' })).body as ClientCreated
  const call = { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' } }
  const body = JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'hello' }] })
  await (await fetch(`${host.proxy}/main/chat/completions`, { ...call, body })).text()
  const used = (await keys()).find(({ lastUsedAt }) => lastUsedAt !== null)
  const cells = row(used?.label ?? '-')
  await page.getByRole('button', { name: 'Columns' }).click()
  await page.getByRole('menuitemcheckbox', { name: 'Provider' }).click()
  await page.keyboard.press('Escape')
  await page.reload()
  await expect(cells).toContainText('openai')
  await expect(cells).toContainText('100%')
  await cells.getByRole('link', { name: '1 call in 24 hours, 0 failed' }).click()
  await expect(page).toHaveURL(new RegExp(`#/traffic\\?key=${used?.id}&range=24h`))
  await expect(page.getByRole('region', { name: 'Requests, newest first' }).locator('tbody tr[aria-rowindex]')).toHaveCount(1)
  await page.goto(`${new URL(host.ui).origin}/#/keys?key=${used?.id}&tab=activity`)
  const chart = page.getByRole('dialog', { name: 'Key details' }).getByRole('region', { name: 'Last 24 hours' })
  await expect(chart.getByRole('link', { name: '1 call' })).toBeVisible()
  await chart.getByRole('button', { name: 'Show as a table: Last 24 hours' }).click()
  await expect(chart.getByRole('row')).toHaveCount(2)
  await page.keyboard.press('Escape')
})

test('pasted keys go to a pool of their provider until one is chosen', async () => {
  await host.rest('POST', '/pools', { slug: 'claude', name: 'Claude', provider: 'anthropic', baseUrl: `${upstream.url}/v1` })
  await page.getByRole('button', { name: 'Add keys' }).click()
  const sheet = page.getByRole('dialog', { name: 'Add keys' })
  const pool = sheet.getByRole('combobox', { name: 'Pool' })
  await sheet.getByRole('textbox', { name: 'Keys' }).fill(`sk-ant-api03-${'a'.repeat(40)}`)
  await expect(pool).toHaveValue('Claude')
  await pool.click()
  await page.getByRole('option', { name: 'Main' }).click()
  await expect(sheet.getByText('These look like Anthropic keys, and this pool is for OpenAI.')).toBeVisible()
  await page.keyboard.press('Escape')
})

test('the catalogue has every provider, with where its keys are made, and makes a pool for one', async () => {
  await page.goto(`${new URL(host.ui).origin}/#/keys?sheet=add`)
  const sheet = page.getByRole('dialog', { name: 'Add keys' })
  await sheet.getByRole('button', { name: /^All \d+ providers$/ }).click()
  const table = sheet.getByRole('table', { name: 'Providers' })
  await expect(table.getByRole('row', { name: /Anthropic/ })).toContainText('sk-ant-…')
  await expect(table.getByRole('row', { name: /Anthropic/ }).getByRole('link')).toHaveAttribute('href', /^https:/)
  await expect(table.getByRole('row', { name: /Azure OpenAI/ })).toContainText('needs the address of its API')
  await table.getByRole('button', { name: 'Use Azure OpenAI' }).click()
  await expect(sheet.getByRole('combobox', { name: 'Provider' })).toHaveValue('Azure OpenAI')
  await expect(sheet.getByRole('textbox', { name: 'Base URL' })).toHaveAttribute('required')
  await page.keyboard.press('Escape')
})

test('a key may leave by a proxy of its own', async () => {
  const entry = (await keys())[0]
  await page.goto(`${new URL(host.ui).origin}/#/keys?key=${entry?.id}`)
  const drawer = page.getByRole('dialog', { name: 'Key details' })
  await drawer.getByRole('tab', { name: 'Limits' }).click()
  await drawer.getByRole('combobox', { name: 'Proxy on the way' }).click()
  await page.getByRole('option', { name: 'Directly, by no proxy' }).click()
  await drawer.getByRole('button', { name: 'Save' }).click()
  await expect.poll(async () => (await keys()).find(({ id }) => id === entry?.id)?.outbound).toBe('direct')
})

test('of many keys the first are checked as they come in, the others when asked', async () => {
  await page.goto(`${new URL(page.url()).origin}/#/keys?sheet=add`)
  const sheet = page.getByRole('dialog', { name: 'Add keys' })
  await sheet.getByRole('textbox', { name: 'Keys' }).fill(Array.from({ length: 202 }, (_, n) => secretOf(1000 + n)).join('\n'))
  await sheet.getByRole('combobox', { name: 'Pool' }).click()
  await page.getByRole('option', { name: 'Main' }).click()
  await sheet.getByRole('button', { name: 'Add 202 keys' }).click()
  await expect(sheet.getByText('202 keys added')).toBeVisible()
  await expect(sheet.getByText('Of many keys only the first 200 are checked at once.')).toBeVisible()
  await sheet.getByRole('button', { name: 'Check the other 2' }).click()
  await expect(sheet.getByText('Checked: 202 work, 0 do not.')).toBeVisible()
  await expectAccessible(page)
})

test('a check that waits for its upstream says so, and does not come back over what is typed meanwhile', async () => {
  const reserved = createServer().listen(0, '127.0.0.1')
  await once(reserved, 'listening')
  const { port } = reserved.address() as AddressInfo
  await new Promise((closed) => reserved.close(closed))
  await host.rest('POST', '/pools', { slug: 'away', name: 'Away', provider: 'openai', baseUrl: `http://127.0.0.1:${port}/v1` })
  await page.goto(`${new URL(page.url()).origin}/#/keys`)
  await page.goto(`${new URL(page.url()).origin}/#/keys?sheet=add`)
  const sheet = page.getByRole('dialog', { name: 'Add keys' })
  const text = sheet.getByRole('textbox', { name: 'Keys' })
  await text.fill(secretOf(2000))
  await sheet.getByRole('combobox', { name: 'Pool' }).click()
  await page.getByRole('option', { name: 'Away' }).click()
  await sheet.getByRole('button', { name: 'Add 1 key' }).click()
  await expect(sheet.getByText(`127.0.0.1:${port} cannot be reached: checks wait, 1 left`)).toBeVisible()
  await sheet.getByRole('button', { name: 'Add more' }).click()
  await text.fill(secretOf(2001))
  // It is there again, and its answer ends the check.
  const back = createServer((_request, response) => response.writeHead(401).end('{}')).listen(port, '127.0.0.1')
  await expect(page.getByText('0 work · 1 do not · 0 could not be checked')).toBeAttached()
  await expect(text).toHaveValue(secretOf(2001))
  back.close()
})
