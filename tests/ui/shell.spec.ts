/** The shell in a real browser: places, palette, shortcuts, proxy switch, theme, language, small windows. */
import { expect, type Page, test } from '@playwright/test'
import type { Host } from '../support/host.ts'
import { startUnlockedHost } from '../support/unlocked-host.ts'
import { expectAccessible, expectNoViolations, openPage } from './page.ts'

let host: Host
let page: Page

test.describe.configure({ mode: 'serial' })

test.beforeAll(async ({ browser }) => {
  host = await startUnlockedHost()
  await host.rest('POST', '/pools', { slug: 'main', name: 'Main pool', provider: 'openai' })
  await host.rest('POST', '/keys', { secret: `sk-test-${'1'.repeat(32)}`, label: 'night shift', pools: ['main'] })
  page = await openPage(browser, host, 'keys')
})

test.afterAll(async () => {
  expectNoViolations(page)
  await page.close()
  await host.stop()
})

const heading = (name: string) => page.getByRole('heading', { level: 1, name })

test('digits go to the places, but not while one types', async () => {
  for (const [digit, name] of [
    ['1', 'Overview'],
    ['2', 'Keys'],
    ['3', 'Traffic'],
    ['4', 'Connect'],
    ['5', 'Playground'],
    ['6', 'Settings'],
  ] as const) {
    await page.keyboard.press(digit)
    await expect(heading(name)).toBeVisible()
  }
  await page.keyboard.press('Control+,')
  await expect(heading('Settings')).toBeVisible()
  await page.keyboard.press('2')
  await page.getByRole('textbox', { name: /Search label/ }).fill('1')
  await expect(heading('Keys')).toBeVisible()
})

test('the palette finds commands, pools and keys', async () => {
  await page.keyboard.press('Control+k')
  const palette = page.getByRole('dialog', { name: 'Search and commands' })
  await page.keyboard.type('night')
  await expect(palette.getByRole('button', { name: /night shift/ })).toBeVisible()
  await expectAccessible(page)
  await palette.getByRole('button', { name: /night shift/ }).click()
  await expect(page.getByRole('dialog', { name: 'Key details' }).getByRole('heading', { name: 'night shift' })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await page.keyboard.press('Control+k')
  await expect(palette.getByRole('textbox')).toBeFocused()
  await page.keyboard.type('make a pool')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('dialog', { name: 'New pool' })).toBeVisible()
  await page.keyboard.press('Escape')
})

test('the proxy shows what the application reports, whoever changed it', async () => {
  const toggle = page.getByRole('banner').getByRole('switch')
  await expect(toggle).toBeChecked()
  await page.keyboard.press('Control+Shift+P')
  await expect(page.getByRole('banner').getByText('Proxy off').first()).toBeVisible()
  expect((await host.rest('GET', '/proxy')).body).toMatchObject({ state: 'off' })
  await host.rest('POST', '/proxy/start', { port: 0 })
  await expect(toggle).toBeChecked()
  const { url } = (await host.rest('GET', '/proxy')).body as { url: string }
  await expect(page.getByRole('banner').getByText(new URL(url).host)).toBeVisible()
})

test('the help lists every shortcut, says what the words mean, and shows around; Esc leaves', async () => {
  await page.keyboard.press('?')
  const help = page.getByRole('dialog', { name: 'Help' })
  await expect(help.getByText('Turn the proxy on or off')).toBeVisible()
  await expectAccessible(page)
  await help.getByRole('tab', { name: 'Words' }).click()
  await expect(help.getByText('Keys that draw on the same quota at their provider')).toBeVisible()
  await expectAccessible(page)
  await help.getByRole('button', { name: 'Show me around' }).click()
  await expect(help).toHaveCount(0)
  const titles = ['One address for everything', 'Keys, in pools', 'Every call, as it happens', 'Programs that may call']
  for (const title of titles) {
    await expect(page.getByRole('dialog', { name: title })).toBeVisible()
    await page.keyboard.press('Enter')
  }
  await expectAccessible(page)
  const last = page.getByRole('dialog', { name: 'Find and do anything' })
  await last.getByRole('button', { name: 'Back' }).click()
  await expect(page.getByRole('dialog', { name: titles.at(-1) ?? '' })).toBeVisible()
  await expect(heading('Connect')).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await page.keyboard.press('2')
})

test('theme and language are settings: they follow every change and outlive the page', async () => {
  await host.rest('PATCH', '/settings', { theme: 'dark', language: 'zh' })
  await expect(heading('密钥')).toBeVisible()
  await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'dark')
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh')
  await page.reload()
  await expect(heading('密钥')).toBeVisible()
  await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'dark')
  await host.rest('PATCH', '/settings', { theme: 'system', language: 'en' })
  await expect(heading('Keys')).toBeVisible()
})

test('nothing is cut off in a window of 900 × 600', async () => {
  await page.setViewportSize({ width: 900, height: 600 })
  for (const place of ['overview', 'keys', 'traffic', 'connect', 'settings', 'welcome']) {
    await page.goto(`${new URL(host.ui).origin}/#/${place}`)
    await page.getByRole('heading', { level: 1 }).waitFor()
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
    expect(wider, place).toBeLessThanOrEqual(0)
  }
})
