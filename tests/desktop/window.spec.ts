/** The window: what it is made of, and when it is seen. */
import { resolve } from 'node:path'
import { expect, test } from '../support/electron/test.ts'

const preferences = {
  preload: resolve('out/preload/index.cjs'),
  contextIsolation: true,
  sandbox: true,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  webSecurity: true,
  allowRunningInsecureContent: false,
  experimentalFeatures: false,
  webviewTag: false,
  navigateOnDragDrop: false,
  spellcheck: false,
  safeDialogs: true,
}

for (const packaged of [false, true]) {
  test(`one window with exactly the secure preferences, ${packaged ? 'packaged' : 'unpackaged'}`, async ({ start }) => {
    const shell = await start({ packaged })
    const page = await shell.page()
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    const { windows, calls, schemes } = await shell.main('facts')
    expect(windows).toHaveLength(1)
    expect(windows[0]?.options.webPreferences).toEqual({ ...preferences, devTools: !packaged })
    expect(windows[0]).toMatchObject({ visible: true, options: { show: false } })
    expect(calls).toEqual(['app.enableSandbox', 'protocol.registerSchemesAsPrivileged'])
    expect(schemes).toEqual([
      { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, corsEnabled: true, codeCache: true } },
    ])
  })
}

test('a packaged program has no developer tools in its menu', async ({ start }) => {
  const shell = await start({ packaged: true })
  await shell.page()
  const { menu } = await shell.main('facts')
  const roles = menu.flatMap((item) => [item.role, ...item.submenu.map(({ role }) => role)])
  expect(roles).toContain('togglefullscreen')
  expect(roles).not.toContain('toggleDevTools')
  expect(roles).not.toContain('reload')
  expect(roles).not.toContain('forceReload')
})

test('closing hides the window in the tray, and the tray brings it back', async ({ start }) => {
  const shell = await start()
  const page = await shell.page()
  await shell.main('closeWindow')
  expect((await shell.main('facts')).windows).toMatchObject([{ visible: false, destroyed: false }])
  await shell.main('emit', 'tray', 'click')
  expect((await shell.main('facts')).windows).toMatchObject([{ visible: true }])
  await shell.main('closeWindow')
  await shell.main('clickTray', 'Open Keywheel')
  expect((await shell.main('facts')).windows).toMatchObject([{ visible: true }])
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
})

test('without a tray closing the window ends the program', async ({ start }) => {
  const shell = await start({ tray: false })
  await shell.page()
  void shell.main('closeWindow')
  expect(await shell.exited).toBe(0)
})

test('a second start shows the window of the first and ends', async ({ start }) => {
  const shell = await start()
  await shell.page()
  await shell.main('closeWindow')
  const second = await start({ dataDir: shell.dataDir })
  expect(await second.exited, second.log()).toBe(0)
  await expect.poll(async () => (await shell.main('facts')).windows).toMatchObject([{ visible: true }])
})

test('a page that died is loaded anew when the window is shown', async ({ start }) => {
  const shell = await start()
  const page = await shell.page()
  await page.getByRole('link', { name: 'Settings' }).click()
  await shell.main('rendererGone', 1, 'crashed')
  await shell.main('emit', 'tray', 'click')
  await expect(page.getByRole('heading', { level: 1, name: 'Settings' })).toBeVisible()
})
