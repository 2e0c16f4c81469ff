/** Playwright's `test` with a way to start the desktop program; what was started is quit, and must end well. */
import { test as base, expect } from '@playwright/test'
import { browserOptions } from '../browser.ts'
import { type HarnessShell, type LaunchOptions, launch } from './launch.ts'

const { launchOptions } = await browserOptions()
/** Electron has this event everywhere; Chromium has it behind a flag. */
const closeEvent = '--enable-blink-features=MessagePortCloseEvent'

export interface Start {
  start: (options?: LaunchOptions) => Promise<HarnessShell>
}

export const test = base.extend<Start>({
  launchOptions: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright wants a pattern, even for nothing
    async ({}, use) => use({ ...launchOptions, args: [...(launchOptions.args ?? []), closeEvent] }),
    { scope: 'worker' },
  ],
  start: async ({ browser }, use) => {
    const started: { shell: HarnessShell; endsWith: number }[] = []
    await use(async (options = {}) => {
      const shell = await launch(browser, options)
      started.push({ shell, endsWith: options.endsWith ?? 0 })
      return shell
    })
    try {
      for (const { shell, endsWith } of started) expect(await shell.quit(), shell.log()).toBe(endsWith)
    } finally {
      for (const { shell } of started) await shell.dispose()
    }
  },
})

export { expect } from '@playwright/test'
