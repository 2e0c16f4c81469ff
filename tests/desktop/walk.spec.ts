/** The way of a person: the same in the harness and in Electron itself. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from '@playwright/test'
import { shells, test } from '../support/electron/shells.ts'

for (const { name, missing } of shells) {
  test(`the demo pool is made, survives a reload and a restart, and everything is closed at the end (${name})`, async ({
    startShell,
    folder,
  }) => {
    test.skip(missing !== null, missing ?? '')
    const first = await startShell(name, folder)
    const page = await first.page()
    await page.getByRole('button', { name: 'Try the demo pool' }).click()
    const proxyIsOn = (each: typeof page) => expect(each.getByRole('switch', { name: 'Proxy on', exact: true })).toBeChecked()
    await proxyIsOn(page)
    await page.evaluate(() => location.reload())
    await proxyIsOn(page)
    await first.quit()
    expect(existsSync(join(folder, 'keywheel.db-wal'))).toBe(false)

    const second = await startShell(name, folder)
    const again = await second.page()
    await proxyIsOn(again)
    await again.getByRole('link', { name: 'Keys' }).click()
    await expect(again.getByRole('main')).toContainText('demo', { ignoreCase: true })
    await second.quit()
  })
}
