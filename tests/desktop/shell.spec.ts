/** What the desktop does around the page: notifications, the menu's commands, and a window that is found as it was left. */
import type { HarnessShell } from '../support/electron/launch.ts'
import { expect, test } from '../support/electron/test.ts'
import { call, holdLine } from './line.ts'

/** What comes at once is shown as one: until that moment is over for the `nth` time. */
async function gathered(shell: HarnessShell, nth: number): Promise<void> {
  const over = async () => {
    await shell.main('pass', 1200)
    return shell.main('timersRun', 1200)
  }
  await expect.poll(over).toBe(nth)
}
const notifications = async (shell: HarnessShell) => (await shell.main('facts')).notifications

test('a notice is shown while the window is not in front, and a click leads to what it is about; the menu runs the page’s commands', async ({
  start,
}) => {
  const shell = await start({ onPage: holdLine })
  const page = await shell.page()
  expect((await call(page, '/pools/demo')).status).toBeLessThan(300)
  const { url } = (await call(page, '/proxy/status')).body as { url: string }
  const ask = (name: string) =>
    fetch(`${url}/connect`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name }),
    })
  await page.getByRole('link', { name: 'Keys' }).click()
  await shell.main('closeWindow')
  await ask('Editor')
  await expect.poll(() => notifications(shell)).toEqual([{ title: 'A program asks for a token', body: 'Editor' }])
  await shell.main('clickNotification')
  expect((await shell.main('facts')).windows).toMatchObject([{ visible: true }])
  await expect(page.getByRole('heading', { level: 1, name: 'Connect' })).toBeVisible()

  // In front the bell is enough.
  await ask('Second')
  await expect(page.getByRole('button', { name: '1 new notice' })).toBeVisible()
  await gathered(shell, 2)
  // In quiet hours (here: always) and where it is not wanted the desktop is silent.
  const { notices } = (await call(page, '/settings/get')).body as { notices: object }
  await call(page, '/settings/update', { notices: { ...notices, quiet: { from: '00:00', to: '00:00' } } })
  await shell.main('closeWindow')
  await ask('Third')
  await expect(page.getByRole('button', { name: '2 new notices' })).toBeAttached()
  await gathered(shell, 3)
  expect(await notifications(shell)).toHaveLength(1)

  // The menu, too, speaks to the page.
  await shell.main('clickMenu', 'Overview')
  await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible()
  await shell.main('clickMenu', 'Add Keys…')
  await expect(page.getByRole('dialog', { name: 'Add keys' })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect.poll(async () => (await shell.main('facts')).tray?.menu.map(({ label }) => label)).toContain('Pools')
  await call(page, '/settings/update', { language: 'zh' })
  await expect.poll(async () => (await shell.main('facts')).menu.map(({ label }) => label)).toContain('文件')
})

test('the window comes back where it was, as large and as far zoomed', async ({ start }) => {
  const place = { x: 100, y: 80, width: 900, height: 640 }
  const first = await start({})
  await first.page()
  await first.main('placeWindow', place)
  await first.main('clickMenu', 'Larger')
  await first.main('clickMenu', 'Larger')
  await first.main('clickMenu', 'Smaller')
  await first.main('placeWindow', 'maximised')
  await first.quit()

  const second = await start({ dataDir: first.dataDir })
  await second.page()
  const shown = async (shell: HarnessShell) => (await shell.main('facts')).windows
  await expect.poll(() => shown(second)).toMatchObject([{ visible: true, bounds: place, maximised: true, zoom: 0.5 }])
})
