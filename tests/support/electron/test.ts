/** Playwright's `test` with a way to start the desktop program; what was started is quit, and must end well. */
import { test as base, expect } from '@playwright/test'
import { type HarnessShell, launch, type LaunchOptions } from './launch.ts'

export const test = base.extend<{ start: (options?: LaunchOptions) => Promise<HarnessShell> }>({
  start: async ({ browser }, use) => {
    const started: HarnessShell[] = []
    await use(async (options) => {
      const shell = await launch(browser, options)
      started.push(shell)
      return shell
    })
    try {
      for (const shell of started) expect(await shell.quit(), shell.log()).toBe(0)
    } finally {
      for (const shell of started) await shell.dispose()
    }
  },
})

export { expect } from '@playwright/test'
