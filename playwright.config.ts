import { availableParallelism } from 'node:os'
import { defineConfig } from '@playwright/test'
import { browserOptions } from './tests/support/browser.ts'

export default defineConfig({
  testDir: 'tests',
  testMatch: '**/*.spec.ts',
  outputDir: 'test-results/playwright',
  // A browser waits half of its time.
  workers: Math.ceil(availableParallelism() * 1.5),
  // These end what hangs; that a machine is busy is no failure.
  timeout: 120_000,
  expect: { timeout: 20_000 },
  use: { ...(await browserOptions()), viewport: { width: 1280, height: 800 }, screenshot: 'only-on-failure' },
})
