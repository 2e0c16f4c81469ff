/** Settings in a real browser: what saves itself and what does not, the vault's slots, export, import, erase. */
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect, type Page, test } from '@playwright/test'
import type { Pool, ProxyStatus, Settings, VaultStatus } from '../../src-preload/contract/index.ts'
import { keyboard } from '../support/hand.ts'
import type { Host } from '../support/host.ts'
import { startUnlockedHost } from '../support/unlocked-host.ts'
import { expectAccessible, expectNoViolations, openPage } from './page.ts'

const secret = `sk-test-${'s'.repeat(32)}`
const filePassphrase = 'a file passphrase'

let host: Host
let page: Page
let plainFile = ''
let sealedFile = ''

test.describe.configure({ mode: 'serial' })

test.beforeAll(async ({ browser }) => {
  host = await startUnlockedHost({ lock: 'passphrase' })
  await host.rest('POST', '/pools', { slug: 'main', name: 'Main', provider: 'openai', baseUrl: 'http://127.0.0.1:9/v1' })
  await host.rest('POST', '/keys', { secret, label: 'work', pools: ['main'] })
  page = await openPage(browser, host, 'settings')
})

test.afterAll(async () => {
  expectNoViolations(page)
  await page.close()
  await host.stop()
})

const settings = async () => (await host.rest('GET', '/settings')).body as Settings
const vault = async () => (await host.rest('GET', '/vault')).body as VaultStatus
const section = (name: string) => page.getByRole('tab', { name }).click()
const form = (name: string) => page.getByRole('region', { name, exact: true })

test('theme and language are saved at once', async () => {
  await form('General').getByText('Dark', { exact: true }).click()
  await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'dark')
  await form('General').getByText('中文').click()
  await expect(page.getByRole('heading', { level: 1, name: '设置' })).toBeVisible()
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh')
  await expect.poll(settings).toMatchObject({ theme: 'dark', language: 'zh' })
  await page.getByText('English', { exact: true }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Settings' })).toBeVisible()
  await form('General').getByText('System', { exact: true }).first().click()
  await expect.poll(settings).toMatchObject({ theme: 'system', language: 'en' })
})

test('what affects calls waits for Save, survives another screen, and can be discarded', async () => {
  await section('Proxy')
  await page.getByRole('switch', { name: 'Start with Keywheel' }).click()
  await page.getByRole('combobox', { name: 'Web pages that may call the proxy' }).fill('http://localhost:5173')
  await page.keyboard.press('Enter')
  await expect(page.getByText('You have unsaved changes.')).toBeVisible()
  expect(await settings()).toMatchObject({ proxyRestore: true, proxyOrigins: [] })
  await page.getByRole('link', { name: 'Traffic' }).click()
  await page.goBack()
  await expect(page.getByRole('switch', { name: 'Start with Keywheel' })).not.toBeChecked()
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('You have unsaved changes.')).toHaveCount(0)
  expect(await settings()).toMatchObject({ proxyRestore: false, proxyOrigins: ['http://localhost:5173'] })
  await page.getByRole('button', { name: 'Reset to on: Start with Keywheel' }).click()
  await page.getByRole('button', { name: 'Discard' }).click()
  await expect(page.getByRole('switch', { name: 'Start with Keywheel' })).not.toBeChecked()
})

test('what cannot be is named at its field and cannot be saved', async () => {
  await page.getByRole('textbox', { name: 'Port' }).fill('70000')
  await expect(page.getByText('use a port from 0 (any free one) to 65535')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Save' })).toBeDisabled()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Discard' }).click()
  await page.getByRole('combobox', { name: 'Web pages that may call the proxy' }).fill('*')
  await page.keyboard.press('Enter')
  await expect(page.getByText('give an exact origin such as http://localhost:5173')).toBeVisible()
  await page.getByRole('button', { name: 'Discard' }).click()
})

test('a saved port moves the proxy; a taken one is told with the next free one', async () => {
  const free = await freePort()
  await page.getByRole('textbox', { name: 'Port' }).fill(String(free))
  await expect(page.getByText('The proxy moves to the new port when you save')).toBeVisible()
  await page.getByRole('button', { name: 'Save' }).click()
  await expect.poll(async () => ((await host.rest('GET', '/proxy')).body as ProxyStatus).port).toBe(free)
  const occupied = createServer()
  const taken = await new Promise<number>((ready) =>
    occupied.listen(0, '127.0.0.1', () => ready((occupied.address() as { port: number }).port)),
  )
  await page.getByRole('textbox', { name: 'Port' }).fill(String(taken))
  await page.getByRole('button', { name: 'Save' }).click()
  await form('Proxy')
    .getByRole('button', { name: /Use port \d+/ })
    .click()
  await expect(form('Proxy').getByText('Proxy on')).toBeVisible()
  await expect.poll(async () => (await settings()).proxyPort).not.toBe(taken)
  occupied.close()
})

test('the vault says how it stands; a second way is added and removed, the last one stays', async () => {
  await section('Vault')
  await expect(form('Vault')).toContainText('Sealed')
  await expect(form('Vault')).toContainText('open · 1 key in it')
  await expect(form('Ways to open it')).toContainText('There is only one way to open this vault.')
  await expect(form('Ways to open it').getByRole('row').getByRole('button')).toBeDisabled()
  await form('Ways to open it').getByText('Passphrase', { exact: true }).last().click()
  await page.getByLabel('Passphrase', { exact: true }).last().fill('short')
  await expect(page.getByText('Use 8 characters or more.')).toBeVisible()
  await expectAccessible(page)
  await form('Ways to open it').getByText('Key file', { exact: true }).last().click()
  await form('Ways to open it').getByRole('button', { name: 'Add', exact: true }).click()
  await expect(page.getByRole('row', { name: /^Key file/ })).toBeVisible()
  expect((await vault()).slots.map(({ kind }) => kind)).toEqual(['passphrase', 'key-file'])
  expect(existsSync(join(host.dataDir, 'vault.key'))).toBe(true)
  await page.getByRole('button', { name: 'Remove this way: Key file' }).click()
  await expectAccessible(page)
  await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click()
  await expect(page.getByRole('row', { name: /^Key file/ })).toHaveCount(0)
  expect((await vault()).slots).toHaveLength(1)
})

test('the palette opens export; without secrets the file holds none, with them it is sealed', async () => {
  await page.keyboard.press('Control+k')
  await page.getByPlaceholder('Go to, do, or find a pool or key…').fill('export')
  await page.keyboard.press('Enter')
  await expect(form('Export')).toBeVisible()
  plainFile = await exported()
  const plain = await readFile(plainFile, 'utf8')
  expect(JSON.parse(plain)).toMatchObject({ format: 'keywheel-export', pools: [{ slug: 'main' }], keys: [{ label: 'work' }] })
  expect(plain).not.toContain(secret)
  await form('Export').getByText('Put them in, sealed with a passphrase').click()
  await page.getByLabel('Passphrase for the file').fill(filePassphrase)
  await page.getByLabel('Passphrase again').fill('another passphrase')
  await expect(page.getByText('The two are not the same.')).toBeVisible()
  await expect(form('Export').getByRole('button', { name: 'Export' })).toBeDisabled()
  await expectAccessible(page)
  await page.getByLabel('Passphrase again').fill(filePassphrase)
  sealedFile = await exported()
  const sealed = await readFile(sealedFile, 'utf8')
  expect(JSON.parse(sealed)).toMatchObject({ format: 'keywheel-export', sealed: 'age' })
  expect(sealed).not.toContain('work')
})

test('for other programs: a format of theirs, one pool or all, in the clear only when confirmed', async () => {
  await form('Export').getByRole('combobox', { name: 'For' }).click()
  await page.getByRole('option', { name: 'Any program (.env)' }).click()
  await expect(form('Export').getByText('One variable for each key.')).toBeVisible()
  await form('Export').getByRole('radio', { name: 'Put them in, readable by anyone' }).check()
  await expect(form('Export').getByText(/^Whoever reads the file has your keys/)).toBeVisible()
  await expectAccessible(page)
  await form('Export').getByRole('button', { name: 'Export' }).click()
  const asks = page.getByRole('dialog', { name: 'Export keys in the clear?' })
  await expectAccessible(page)
  const env = page.waitForEvent('download')
  await asks.getByRole('button', { name: 'Export in the clear' }).click()
  expect(await readFile(await (await env).path(), 'utf8')).toContain(secret)
  await form('Export').getByRole('combobox', { name: 'For' }).click()
  await page.getByRole('option', { name: /gemini-key-pool/ }).click()
  await form('Export').getByRole('radio', { name: 'Leave them out' }).check()
  const names: string[] = []
  page.on('download', (file) => names.push(file.suggestedFilename()))
  await form('Export').getByRole('button', { name: 'Export' }).click()
  await expect(page.getByText('2 files are in your downloads.')).toBeVisible()
  await expect.poll(() => names.length).toBe(2)
  await form('Export').getByRole('combobox', { name: 'For' }).click()
  await page.getByRole('option', { name: 'Keywheel', exact: true }).click()
})

test('an import is previewed; what is the same changes nothing', async () => {
  await page.locator('input[type=file]').setInputFiles(plainFile)
  const plan = form('This would happen:')
  await expect(plan.getByRole('row', { name: /main/ })).toContainText('no change')
  await expect(page.getByText('Nothing in this file would change anything here.')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Apply' })).toHaveCount(0)
  await expectAccessible(page)
  await host.rest('PATCH', '/pools/main', { name: 'Renamed', strategy: 'lru' })
  await form('Import').getByRole('button', { name: 'Cancel' }).click()
  await page.locator('input[type=file]').setInputFiles(plainFile)
  await expect(plan.getByRole('row', { name: /main/ })).toContainText(/Before: Renamed\s*After: Main/)
  await page.getByRole('button', { name: 'Apply' }).click()
  await expect(form('This was done:')).toBeVisible()
  expect((await host.rest('GET', '/pools/main')).body).toMatchObject({ name: 'Main' })
  await form('Import').getByRole('button', { name: 'Done' }).click()
})

test('a file that is no export is refused in words', async () => {
  const file = join(host.dataDir, 'other.json')
  await writeFile(file, '{"hello":"world"}')
  await page.locator('input[type=file]').setInputFiles(file)
  await expect(form('Import').getByText('Code DOCUMENT_INVALID')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Apply' })).toHaveCount(0)
})

test('erasing wants its words typed; the sealed file brings everything back, by the right passphrase only', async () => {
  await page.getByRole('button', { name: 'Erase everything…' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox').fill('erase')
  await expect(dialog.getByRole('button', { name: 'Erase everything' })).toBeDisabled()
  await expectAccessible(page)
  await dialog.getByRole('textbox').fill('erase everything')
  await dialog.getByRole('button', { name: 'Erase everything' }).click()
  await expect(page.getByText('Everything is erased.')).toBeVisible()
  expect((await host.rest('GET', '/pools')).body).toEqual([])

  await page.goto(`${new URL(page.url()).origin}/#/settings?section=data&do=import`)
  await page.locator('input[type=file]').setInputFiles(sealedFile)
  await page.getByLabel('Passphrase of the file').fill('not this one')
  await page.getByRole('button', { name: 'Preview' }).click()
  await expect(form('Import').getByText('Code WRONG_PASSPHRASE')).toBeVisible()
  await page.getByLabel('Passphrase of the file').fill(filePassphrase)
  await page.getByRole('button', { name: 'Preview' }).click()
  await expect(form('This would happen:').getByRole('row', { name: /work/ })).toContainText('new')
  await page.getByRole('button', { name: 'Apply' }).click()
  await expect(form('This was done:')).toBeVisible()
  const { items } = (await host.rest('GET', '/keys')).body as { items: { label: string }[] }
  expect(items.map(({ label }) => label)).toEqual(['work'])
})

test('limits of the log are saved with Save, by the keyboard alone', async () => {
  const hand = keyboard(page)
  await page.getByRole('heading', { level: 1 }).click()
  await page.keyboard.press('1')
  await hand.go('Settings', '6')
  await hand.use(page.getByRole('tab', { name: 'Data' }))
  await hand.paste(page.getByRole('textbox', { name: 'Keep for at most' }), '0')
  await expect(page.getByText('Use 1 to 3650.')).toBeVisible()
  await hand.paste(page.getByRole('textbox', { name: 'Keep for at most' }), '7')
  await hand.use(page.getByRole('button', { name: 'Save', exact: true }))
  await expect.poll(async () => (await settings()).retentionDays).toBe(7)
})

test('diagnostics name no key, token or path', async () => {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  await section('About')
  await expect(form('Keywheel')).toContainText(host.dataDir)
  await form('Help').getByRole('button', { name: 'Diagnostics' }).click()
  await expect(page.getByRole('region', { name: 'What would be copied' })).toContainText('"keywheel"')
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Copy diagnostics' }).click()
  const text = await page.evaluate(() => navigator.clipboard.readText())
  expect(JSON.parse(text)).toMatchObject({ application: { vault: { mode: 'sealed', state: 'unlocked', slots: ['passphrase'] } } })
  for (const name of [secret, 'work', 'main', 'Main', host.dataDir, host.adminToken]) expect(text).not.toContain(name)
})

async function exported(): Promise<string> {
  const download = page.waitForEvent('download')
  await form('Export').getByRole('button', { name: 'Export' }).click()
  return (await download).path()
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const { port } = server.address() as { port: number }
  await new Promise((closed) => server.close(closed))
  return port
}

test('how calls leave: a proxy’s address is checked at the field, and Save waits for it', async () => {
  await page.goto(`${new URL(host.ui).origin}/#/settings?section=network`)
  await page.getByRole('combobox', { name: 'Proxy on the way to providers' }).click()
  await page.getByRole('option', { name: 'By the proxy at…' }).click()
  const address = page.getByRole('textbox', { name: /address of the proxy/ })
  await address.fill('http://user:secret@proxy:3128')
  await expect(page.getByText(/give system, direct, or an address/)).toBeVisible()
  await expect(page.getByRole('button', { name: 'Save' })).toBeDisabled()
  await expectAccessible(page)
  await address.fill('socks5://127.0.0.1:1080')
  await page.getByRole('textbox', { name: 'Reached directly' }).fill('.example.com')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect.poll(settings).toMatchObject({ outbound: 'socks5://127.0.0.1:1080', noProxy: '.example.com', caFile: null })
})

test('what a new pool begins with is found by its field, waits for Save, and changes no pool that is there', async () => {
  const find = page.getByRole('combobox', { name: 'Find a setting' })
  await find.fill('first byte')
  await page.getByRole('option', { name: 'Wait for the first byte (new pools)' }).click()
  await form('Rotation defaults').getByRole('textbox', { name: 'Wait for the first byte' }).fill('5000')
  await expect(page.getByRole('button', { name: 'Save' })).toBeDisabled()
  await form('Rotation defaults').getByRole('textbox', { name: 'Wait for the first byte' }).fill('90')
  await form('Rotation defaults').getByRole('combobox', { name: 'Strategy' }).click()
  await page.getByRole('option', { name: 'Longest idle first' }).click()
  await expect(find).toHaveValue('')
  await expect(page.getByRole('region', { name: 'You have unsaved changes.' })).toContainText('Wait for the first byte: 90 s')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect.poll(async () => (await settings()).newPools).toEqual({ strategy: 'lru', config: { timeout: 90 } })
  const pool = async (slug: string) => (await host.rest('GET', `/pools/${slug}`)).body as Pool
  expect(await pool('main')).toMatchObject({ strategy: 'round_robin', config: { timeout: 600 } })
  await host.rest('POST', '/pools', { slug: 'second', provider: 'openai' })
  expect(await pool('second')).toMatchObject({ strategy: 'lru', config: { timeout: 90 } })
  await section('Config file')
  await expect(form('Settings as a file').getByRole('textbox')).toHaveValue(/"newPools"[^]*"timeout": 90/)
})

test('prices are rows, an emptied price is refused, and quality levels are chains', async () => {
  await section('Models')
  await page.getByRole('button', { name: 'Add a price' }).click()
  await expect(page.getByText('Name a model.')).toBeVisible()
  await page.getByRole('textbox', { name: 'Model of price 1' }).fill('gpt-5*')
  await page.getByRole('textbox', { name: 'Input of price 1' }).fill('1.25')
  await page.getByRole('textbox', { name: 'Output of price 1' }).fill('')
  await expect(page.getByText('Say how much; 0 = free.')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Save' })).toBeDisabled()
  await expectAccessible(page)
  await page.getByRole('textbox', { name: 'Output of price 1' }).fill('10')
  await page.getByRole('combobox', { name: 'Draft' }).fill('gpt-5-mini')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect.poll(async () => (await settings()).prices).toEqual([{ provider: '*', model: 'gpt-5*', input: 1.25, output: 10 }])
  expect((await settings()).quality.draft.at(-1)).toBe('gpt-5-mini')
  await page.getByRole('button', { name: 'Remove price 1' }).click()
  await page.getByRole('button', { name: 'Save' }).click()
  await expect.poll(async () => (await settings()).prices).toEqual([])
})

test('kept answers show how much room they take, and can be deleted', async () => {
  await section('Data')
  await expect(form('Kept answers').getByText(/^0 answers/)).toBeVisible()
  await expect(form('Kept answers').getByRole('button', { name: 'Delete them' })).toBeDisabled()
  await form('Kept answers').getByRole('textbox', { name: 'Keep at most' }).fill('50')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect.poll(async () => (await settings()).cacheMb).toBe(50)
})
