/** Workspaces in a real browser: made, opened, seen in the header only when there is more than one, deleted by typing. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, type Page, test } from '@playwright/test'
import type { Workspace } from '../../src-preload/contract/index.ts'
import type { Host } from '../support/host.ts'
import { startUnlockedHost } from '../support/unlocked-host.ts'
import { expectAccessible, expectNoViolations, openPage, openPalette } from './page.ts'

let host: Host
let page: Page

test.describe.configure({ mode: 'serial' })

test.beforeAll(async ({ browser }) => {
  host = await startUnlockedHost()
  await host.rest('POST', '/pools', { slug: 'main', name: 'Main', provider: 'openai', baseUrl: 'http://127.0.0.1:9/v1' })
  await host.rest('POST', '/keys', { secret: `sk-test-${'w'.repeat(32)}`, label: 'work', pools: ['main'] })
  page = await openPage(browser, host, 'settings?section=workspaces')
})

test.afterAll(async () => {
  expectNoViolations(page)
  await page.close()
  await host.stop()
})

const workspaces = async () => (await host.rest('GET', '/workspaces')).body as Workspace[]
const switcher = () => page.getByRole('banner').getByRole('button', { name: /^Workspace / })
const row = (name: string) => page.getByRole('table', { name: 'Workspaces' }).getByRole('row', { name: new RegExp(name) })

test('with one workspace the header says nothing of it; a second is made by name', async () => {
  await expect(row('default')).toContainText('open')
  await expect(switcher()).toHaveCount(0)
  await openPalette(page)
  await page.keyboard.type('new workspace')
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog', { name: 'New workspace' })
  await dialog.getByRole('textbox', { name: 'Name' }).fill('Client work')
  await expect(dialog.getByRole('textbox', { name: 'Folder' })).toHaveValue('client-work')
  await page.keyboard.press('Enter')
  await expect(row('client-work')).toContainText('Client work')
  await expect(switcher()).toBeVisible()
  expect((await workspaces()).map(({ slug }) => slug)).toEqual(['default', 'client-work'])
  await expectAccessible(page)
})

test('opened from the header, everything shown is its own', async () => {
  await switcher().click()
  await expectAccessible(page)
  await page.getByRole('menuitem', { name: 'Client work' }).click()
  await expect(page.getByText('Workspace “Client work” is open.')).toBeVisible()
  await expect(switcher()).toHaveAccessibleName('Workspace Client work')
  expect((await host.rest('GET', '/info')).body).toMatchObject({ workspace: 'client-work' })
  await page.goto(`${new URL(host.ui).origin}/#/keys`)
  await expect(page.getByRole('navigation', { name: 'Pools' }).getByRole('link', { name: /Main/ })).toHaveCount(0)
})

test('a script that opens another is followed by the page', async () => {
  await host.rest('POST', '/workspaces/default/open')
  await expect(switcher()).toHaveAccessibleName('Workspace Default')
  await expect(page.getByRole('navigation', { name: 'Pools' }).getByRole('link', { name: /Main/ })).toBeVisible()
})

test('the palette opens one, too', async () => {
  await openPalette(page)
  await page.keyboard.type('open workspace client')
  await page.keyboard.press('Enter')
  await expect(switcher()).toHaveAccessibleName('Workspace Client work')
  await page.goto(`${new URL(host.ui).origin}/#/settings?section=workspaces`)
  await row('default').getByRole('button', { name: 'Open workspace' }).click()
  await expect(switcher()).toHaveAccessibleName('Workspace Default')
})

test('deleting wants its folder typed; then the folder is gone, and the open one cannot be deleted', async () => {
  await page.goto(`${new URL(host.ui).origin}/#/settings?section=workspaces`)
  await expect(row('default').getByRole('button', { name: /Delete/ })).toHaveCount(0)
  await row('client-work').getByRole('button', { name: 'Delete workspace Client work' }).click()
  const dialog = page.getByRole('dialog', { name: 'Delete workspace Client work' })
  await dialog.getByRole('textbox').fill('client')
  await expect(dialog.getByRole('button', { name: 'Delete for good' })).toBeDisabled()
  await expectAccessible(page)
  await dialog.getByRole('textbox').fill('client-work')
  await dialog.getByRole('button', { name: 'Delete for good' }).click()
  await expect(row('client-work')).toHaveCount(0)
  await expect(switcher()).toHaveCount(0)
  expect(existsSync(join(host.dataDir, 'workspaces', 'client-work'))).toBe(false)
})

test('in Chinese, too', async () => {
  await host.rest('PATCH', '/settings', { language: 'zh' })
  await expect(page.getByRole('table', { name: '工作区' })).toBeVisible()
})
