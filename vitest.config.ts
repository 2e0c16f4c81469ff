import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    pool: 'forks',
    // Its own default leaves one core to the watcher, which on two cores is half the machine.
    maxWorkers: '100%',
    include: ['tests/**/*.test.ts'],
    // These end what hangs; that a machine is busy is no failure.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 10_000 } },
  },
})
