import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    pool: 'forks',
    // Most tests wait for sockets, disks and timers a third of their time.
    maxWorkers: Math.ceil(availableParallelism() * 1.5),
    include: ['tests/**/*.test.ts'],
    // These end what hangs; that a machine is busy is no failure.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 10_000 } },
  },
})
