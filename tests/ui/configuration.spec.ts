/** Configuration in a real browser: looked through, compared before it is saved, taken back, backed up and put back; and Keywheel going away meanwhile. */
import { expect, type Page, test } from '@playwright/test'
import type { Backup, Pool, Settings } from '../../src-preload/contract/index.ts'
import type { Host } from '../support/host.ts'
import { startUnlockedHost } from '../support/unlocked-host.ts'
import { expectAccessible, expectNoViolations, openPage } from './page.ts'

let host: Host
let page: Page

test.describe.configure({ mode: 'serial' })

test.beforeAll(async ({ browser }) => {
  host = await startUnlockedHost()
  await host.rest('POST', '/pools', { slug: 'main', name: 'Main', provider: 'openai', baseUrl: 'http://127.0.0.1:9/v1' })
  await host.rest('PATCH', '/pools/main', { config: { concurrency: 4 } })
  page = await openPage(browser, host, 'keys?pool=main&sheet=pool')
})

test.afterAll(async () => {
  expectNoViolations(page)
  await page.close()
  await host.stop()
})

const sheet = () => page.getByRole('dialog', { name: /^Pool/ })
const pool = async () => (await host.rest('GET', '/pools/main')).body as Pool
const settings = async () => (await host.rest('GET', '/settings')).body as Settings
const backups = async () => (await host.rest('GET', '/backups')).body as Backup[]
const unsaved = () => page.getByRole('region', { name: 'You have unsaved changes.' })
const go = (place: string) => page.goto(`${new URL(host.ui).origin}/#/${place}`)

test('a field of a pool is found, what changes is seen old beside new, and one change needs no click for that', async () => {
  await sheet().getByRole('textbox', { name: 'Find a field' }).fill('whole answer')
  await expect(sheet().getByRole('textbox', { name: 'Calls at once, whole pool' })).toHaveCount(0)
  await sheet().getByRole('textbox', { name: 'Whole answer' }).fill('90')
  await expect(unsaved()).toContainText(/Whole answer.*unlimited.*90 s/)
  await expect(unsaved().getByRole('button', { name: /changes/ })).toHaveCount(0)
  await sheet().getByRole('button', { name: 'Clear the search' }).click()
  await sheet().getByRole('textbox', { name: 'Calls at once, whole pool' }).fill('9')
  await unsaved().getByRole('button', { name: '2 changes' }).click()
  await expect(unsaved().getByText('Calls at once, whole pool')).toBeVisible()
  await expectAccessible(page)
  await unsaved().getByRole('button', { name: 'Save' }).click()
  await expect.poll(async () => (await pool()).config).toMatchObject({ concurrency: 9, totalTimeout: 90 })
  await expect(unsaved()).toHaveCount(0)
})

test('JSON that is no pool keeps its text while the form is looked at, and each fault is in its line', async () => {
  await sheet().getByRole('tab', { name: 'JSON' }).click()
  const box = sheet().getByRole('textbox', { name: 'The pool as JSON' })
  const text = (await box.inputValue()).replace('"totalTimeout": 90', '"totalTimeout": -1')
  await box.fill(text)
  const line = text.split('\n').findIndex((each) => each.includes('totalTimeout')) + 1
  await expect(sheet().getByRole('alert')).toContainText(`Line ${line}`)
  await expectAccessible(page)
  await sheet().getByRole('tab', { name: 'Form' }).click()
  await expect(sheet().getByText(/^The JSON view holds text that is not a pool yet/)).toBeVisible()
  await expect(unsaved().getByRole('button', { name: 'Save' })).toBeDisabled()
  await sheet().getByRole('tab', { name: 'JSON' }).click()
  await expect(box).toHaveValue(text)
  await sheet()
    .getByRole('button', { name: `Line ${line}` })
    .click()
  await expect(box).toBeFocused()
  await page.keyboard.type('    "totalTimeout": 60')
  await expect(unsaved()).toContainText(/90 s.*60 s/)
  await unsaved().getByRole('button', { name: 'Discard' }).click()
  await expect(unsaved()).toHaveCount(0)
})

test('the history of a pool leads back by the keyboard, and that can be undone', async () => {
  await sheet().getByRole('tab', { name: 'JSON' }).focus()
  await page.keyboard.press('ArrowRight')
  const history = sheet().getByRole('list', { name: 'History' })
  await expect(history.getByRole('listitem')).toHaveCount(2)
  await expect(history.getByRole('listitem').first()).toContainText(/Calls at once, whole pool.*4.*9/)
  await expectAccessible(page)
  await history.getByRole('button').first().focus()
  await page.keyboard.press('Enter')
  await expect.poll(async () => (await pool()).config).toMatchObject({ concurrency: 4, totalTimeout: 0 })
  await expect(history.getByRole('listitem')).toHaveCount(3)
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect.poll(async () => (await pool()).config).toMatchObject({ concurrency: 9, totalTimeout: 90 })
  await sheet().getByRole('tab', { name: 'Form' }).click()
  await expect(sheet().getByRole('textbox', { name: 'Calls at once, whole pool' })).toHaveValue('9')
  await page.keyboard.press('Escape')
})

test('settings are found by name, are one file, and have a history', async () => {
  await go('settings')
  await page.getByRole('combobox', { name: 'Find a setting' }).fill('config')
  await page.keyboard.press('Enter')
  const box = page.getByRole('textbox', { name: 'Settings as JSON' })
  await box.fill('{\n  "retentionDays": 0,\n  "nope": 1\n}')
  await expect(page.getByRole('alert').filter({ hasText: 'Line 3' })).toContainText('Line 2')
  await expect(unsaved().getByRole('button', { name: 'Save' })).toBeDisabled()
  await box.fill('{ "retentionDays": 7, "cacheMb": 50 }')
  await unsaved().getByRole('button', { name: '2 changes' }).click()
  await expect(unsaved()).toContainText(/Request log: kept for.*30 days.*7 days/)
  await unsaved().getByRole('button', { name: 'Save' }).click()
  await expect.poll(settings).toMatchObject({ retentionDays: 7, cacheMb: 50 })
  await page.getByRole('tab', { name: 'History' }).click()
  await page.getByRole('button', { name: /^Put back what was before/ }).click()
  await expect.poll(settings).toMatchObject({ retentionDays: 30, cacheMb: 100 })
})

test('a backup is made, deleted, brought back and put back; what was there is a backup then', async () => {
  await page.getByRole('tab', { name: 'Data' }).click()
  const card = page.getByRole('region', { name: 'Backups', exact: true })
  // A daily one may be there as well.
  const row = card.getByRole('row', { name: /by hand/ })
  await card.getByRole('button', { name: 'Back up now' }).click()
  await expect(row).toContainText('1 pool, 0 keys')
  await row.getByRole('button', { name: /^Delete the backup/ }).click()
  await expect(row).toHaveCount(0)
  await page.getByRole('button', { name: 'Undo' }).last().click()
  await host.rest('POST', '/pools', { slug: 'later', provider: 'openai' })
  await row.getByRole('button', { name: /^Put back the backup/ }).click()
  const asks = page.getByRole('dialog', { name: /^Put back the backup/ })
  await expect(asks).toContainText('A copy of the present ones is made first')
  await asks.getByRole('button', { name: 'Put back' }).click()
  await expect(card.getByRole('row', { name: /before another was put back/ })).toContainText('2 pools')
  expect((await host.rest('GET', '/pools/later')).status).toBe(404)
  expect((await backups()).map(({ why }) => why)).toEqual(expect.arrayContaining(['before-restore', 'asked']))
  await expectAccessible(page)
})

test('Keywheel goes away and comes back: the page says so, and nothing that was typed is lost', async () => {
  await go('keys?pool=main&sheet=pool')
  const name = () => sheet().getByRole('textbox', { name: 'Name' }).first()
  await name().fill('Typed before')
  const port = new URL(host.ui).port
  await host.kill()
  await expect(page.getByText('The connection to Keywheel is lost. Trying again…')).toBeVisible()
  await unsaved().getByRole('button', { name: 'Save' }).click()
  await expect(sheet().getByText('Code UNREACHABLE')).toBeVisible()
  await expect(name()).toHaveValue('Typed before')

  host = await startUnlockedHost({ dataDir: host.dataDir, args: ['--ui-port', port] })
  const question = page.getByRole('dialog', { name: 'This page has been signed out' })
  await expect(question).toContainText('What you typed is still here')
  await expectAccessible(page)
  await question.getByRole('textbox', { name: 'New address' }).fill(host.ui)
  await page.keyboard.press('Enter')
  await expect(question).toHaveCount(0)
  await expect(page.getByText('The connection to Keywheel is lost. Trying again…')).toHaveCount(0)
  await expect(name()).toHaveValue('Typed before')
  await unsaved().getByRole('button', { name: 'Save' }).click()
  await expect.poll(async () => (await pool()).name).toBe('Typed before')
})
