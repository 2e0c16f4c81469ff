/** The shell in a real browser: places, palette, shortcuts, proxy switch, theme, language, small windows. */
import { expect, type Page, test } from '@playwright/test'
import { startScriptedUpstream } from '../../src-main/demo/index.ts'
import type { Host } from '../support/host.ts'
import { startConnectProxy } from '../support/outbound-proxies.ts'
import { startUnlockedHost } from '../support/unlocked-host.ts'
import { expectAccessible, expectNoViolations, openPage, openPalette } from './page.ts'

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
  // Whoever points at a place is told its digit, until something else is meant.
  const tip = page.getByRole('tooltip')
  for (const [digit, name] of [
    ['3', 'Traffic'],
    ['4', 'Connect'],
  ] as const) {
    await page.getByRole('link', { name }).hover()
    await expect(tip).toHaveText(`${name} (${digit})`)
  }
  await page.keyboard.press('Escape')
  await expect(tip).toHaveCount(0)
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
  await expect(page.getByRole('dialog')).toHaveCount(0)
})

test('what is typed before the palette is there is kept for it, and is nobody’s shortcut', async () => {
  let send = () => {}
  const held = new Promise<void>((resolve) => (send = resolve))
  await page.route('**/assets/palette-*.js', (route) => held.then(() => route.continue()))
  await page.reload()
  await expect(heading('Keys')).toBeVisible()
  await page.keyboard.press('Control+k')
  // 3 and n are commands, and Enter opens the key that has the focus.
  await page.keyboard.type('3n')
  for (const key of ['Backspace', 'Backspace']) await page.keyboard.press(key)
  await page.keyboard.type('help')
  await page.keyboard.press('Enter')
  await page.keyboard.press('3')
  await expect(heading('Keys')).toBeVisible()
  await expect(page.getByRole('dialog')).toHaveCount(0)
  send()
  await expect(page.getByRole('dialog', { name: 'Help' })).toBeVisible()
  await page.keyboard.press('Escape')
  await page.unroute('**/assets/palette-*.js')
  // ...and the palette is as empty as ever the next time.
  await openPalette(page)
  await expect(page.getByRole('dialog').getByRole('textbox')).toHaveValue('')
  await page.keyboard.press('Escape')
})

test('the proxy shows what the application reports, whoever changed it', async () => {
  const toggle = page.getByRole('banner').getByRole('switch')
  await expect(toggle).toBeChecked()
  await page.keyboard.press('Control+Shift+P')
  await expect(page.getByRole('banner').getByText('Proxy off').first()).toBeVisible()
  await expect(page.getByRole('status').filter({ hasText: /^Proxy off/ })).toHaveCount(1)
  expect((await host.rest('GET', '/proxy')).body).toMatchObject({ state: 'off' })
  await host.rest('POST', '/proxy/start', { port: 0 })
  await expect(toggle).toBeChecked()
  const { url } = (await host.rest('GET', '/proxy')).body as { url: string }
  await expect(page.getByRole('banner').getByText(new URL(url).host)).toBeVisible()
})

test('nothing beyond this computer is reached: every place says so, until something answers', async () => {
  const upstream = await startScriptedUpstream()
  const way = await startConnectProxy()
  // An address of this network that leads nowhere but through the proxy.
  const baseUrl = `http://10.9.8.7:${new URL(upstream.url).port}/v1`
  const far = { slug: 'far', provider: 'openai', baseUrl, config: { outbound: 'http://127.0.0.1:9' } }
  await host.rest('POST', '/pools', far)
  const { body } = await host.rest('POST', '/keys', { secret: `sk-test-${'2'.repeat(32)}`, pools: ['far'] })
  const { id } = body as { id: string }
  await host.rest('POST', `/keys/${id}/check`)
  const banner = page.getByRole('status').filter({ hasText: 'The proxy on the way out cannot be reached.' })
  await expect(banner).toContainText('10.9.8.7')
  await expect(banner).toContainText('No key is marked; checks wait.')
  await host.rest('PATCH', '/pools/far', { config: { outbound: way.url.origin } })
  await banner.getByRole('button', { name: 'Try again' }).click()
  await expect(banner).toHaveCount(0)
  await host.rest('DELETE', `/keys/${id}`)
  await host.rest('DELETE', '/pools/far')
  await Promise.all([way.close(), upstream.close()])
})

test('the help lists every shortcut, says what the words mean, and shows around; Esc leaves', async () => {
  await page.keyboard.press('?')
  const help = page.getByRole('dialog', { name: 'Help' })
  await expect(help.getByText('Turn the proxy on or off')).toBeVisible()
  await help.getByRole('tab', { name: 'Words' }).click()
  await expect(help.getByText('Keys that draw on the same quota at their provider')).toBeVisible()
  await help.getByRole('button', { name: 'Show me around' }).click()
  await expect(help).toHaveCount(0)
  const titles = ['One address for everything', 'Keys, in pools', 'Every call, as it happens', 'Programs that may call']
  for (const title of titles) {
    await expect(page.getByRole('dialog', { name: title })).toBeVisible()
    await page.keyboard.press('Enter')
  }
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

test('privacy mode hides names, tokens and addresses everywhere until it is left, and saves nothing hidden', async () => {
  await page.goto(`${new URL(host.ui).origin}/#/keys`)
  await expect(page.getByText('night shift')).toBeVisible()
  await page.keyboard.press('Control+Shift+H')
  const leave = page.getByRole('button', { name: 'Leave privacy mode' })
  await expect(leave).toBeVisible()
  await expect(page.getByText('night shift')).toHaveCount(0)
  await page.reload()
  await expect(leave).toBeVisible()
  await page
    .getByRole('row', { name: /Unchecked/ })
    .getByText('••')
    .first()
    .click()
  const drawer = page.getByRole('dialog', { name: 'Key details' })
  await expect(drawer).toBeVisible()
  expect(await page.locator('body').innerText()).not.toMatch(/night shift|1111/)
  await page.keyboard.press('Escape')
  await openPalette(page)
  await page.keyboard.type('night')
  await expect(page.getByRole('dialog').getByRole('button', { name: /••/ })).toBeVisible()
  await page.keyboard.press('Escape')
  await leave.click()
  await expect(page.getByText('night shift')).toBeVisible()
})

test('what needs a person is under the bell, with the way to its mend; tasks are beside it', async () => {
  const { url } = (await host.rest('GET', '/proxy')).body as { url: string }
  const ask = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ name: 'Editor' }) }
  expect((await fetch(`${url}/connect`, ask)).status).toBeLessThan(300)
  const bell = page.getByRole('button', { name: '1 new notice' })
  await bell.click()
  const list = page.getByRole('dialog', { name: '1 new notice' })
  await expect(list.getByText('Editor asks for a token.')).toBeVisible()
  await list.getByRole('link', { name: 'Decide' }).click()
  await expect(heading('Connect')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Notices' })).toBeVisible()
  // By keyboard, through the palette.
  await openPalette(page)
  await page.keyboard.type('show tasks')
  await page.keyboard.press('Enter')
  await expect(page.getByText('Nothing is running.')).toBeVisible()
  await page.keyboard.press('Escape')
  await page.goto(`${new URL(host.ui).origin}/#/settings?section=notifications`)
  await page.getByRole('switch', { name: 'Quiet hours' }).click()
  const from = page.getByLabel('From', { exact: true })
  await from.fill('21:30')
  await from.blur()
  await expect
    .poll(async () => ((await host.rest('GET', '/settings')).body as { notices: { quiet: unknown } }).notices.quiet)
    .toEqual({ from: '21:30', to: '08:00' })
})

test('back and forward keep drawers and filters, and a place is come back to as it was left', async () => {
  await page.goto(`${new URL(host.ui).origin}/#/keys?state=unchecked`)
  await page.getByRole('row', { name: /night shift/ }).click()
  const drawer = page.getByRole('dialog', { name: 'Key details' })
  await expect(drawer).toBeVisible()
  await page.goBack()
  await expect(drawer).toHaveCount(0)
  await page.goForward()
  await expect(drawer).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(drawer).toHaveCount(0)
  await page.keyboard.press('1')
  await expect(heading('Overview')).toBeVisible()
  await page.getByRole('link', { name: 'Keys' }).click()
  await expect(page).toHaveURL(/#\/keys\?state=unchecked$/)
  await page.goto('about:blank')
  await page.goto(new URL(host.ui).origin)
  await expect(heading('Keys')).toBeVisible()
  await expect(page).toHaveURL(/#\/keys\?state=unchecked$/)
})

test('nothing is cut off in a window of 900 × 600 or at 200 %, in either density, and nothing jumps while a place loads', async () => {
  const wide = { width: 1280, height: 800 }
  await page.setViewportSize(wide)
  await page.addInitScript(() => {
    const seen = window as unknown as { shifts: string[] }
    seen.shifts = []
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & {
        value: number
        hadRecentInput: boolean
        sources: { node: Element | null }[]
      })[])
        if (!entry.hadRecentInput && entry.value > 0.05)
          seen.shifts.push(
            `${location.hash} ${entry.value.toFixed(3)} ${entry.sources.map(({ node }) => node?.className ?? '').join(' | ')}`,
          )
    }).observe({ type: 'layout-shift', buffered: true })
  })
  await page.reload()
  const places = ['overview', 'keys', 'traffic', 'connect', 'playground', 'settings', 'welcome']
  const visit = async (place: string) => {
    await page.goto(`${new URL(host.ui).origin}/#/${place}`)
    await page.getByRole('heading', { level: 1 }).waitFor()
  }
  for (const place of places) {
    await visit(place)
    await expect(page.locator('[aria-busy=true]')).toHaveCount(0)
  }
  expect(await page.evaluate(() => (window as unknown as { shifts: string[] }).shifts)).toEqual([])
  // 640 × 400 is what 200 % leaves of 1280 × 800.
  for (const size of [
    { width: 900, height: 600 },
    { width: 640, height: 400 },
  ]) {
    await page.setViewportSize(size)
    await page.evaluate(
      (density) => localStorage.setItem('keywheel.density', density),
      size.width === 900 ? 'dense' : 'comfortable',
    )
    await page.reload()
    for (const place of places) {
      await visit(place)
      const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
      expect(wider, `${place} at ${size.width}`).toBeLessThanOrEqual(0)
    }
  }
  await page.setViewportSize(wide)
})
