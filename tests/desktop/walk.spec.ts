/** The way of a person: the same in the harness and in Electron itself. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from '../support/electron/test.ts'
import { inEveryShell, inFolder } from '../support/electron/shells.ts'

inEveryShell('the demo pool is made, survives a reload and a restart, and everything is closed at the end', (start) =>
  inFolder(async (dataDir) => {
    const first = await start({ dataDir })
    const page = await first.page()
    await page.getByRole('button', { name: 'Try the demo pool' }).click()
    await expect(page.getByRole('switch', { name: 'Proxy on', exact: true })).toBeChecked()
    await page.evaluate(() => location.reload())
    await expect(page.getByRole('switch', { name: 'Proxy on', exact: true })).toBeChecked()
    await first.quit()
    expect(existsSync(join(dataDir, 'keywheel.db-wal'))).toBe(false)

    const second = await start({ dataDir })
    const again = await second.page()
    await expect(again.getByRole('switch', { name: 'Proxy on', exact: true })).toBeChecked()
    await again.getByRole('link', { name: 'Keys' }).click()
    await expect(again.getByText('demo', { exact: false }).first()).toBeVisible()
    await second.quit()
  }),
)
