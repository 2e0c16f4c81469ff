import { defineConfig } from 'vitest/config'

/** Rooms that start no process and no thread: their tests may share a worker, which loads each source once. */
const pure = ['base', 'clients', 'gateway', 'pool', 'providers', 'renderer', 'task', 'usage'].map(
  (room) => `tests/${room}/**/*.test.ts`,
)

export default defineConfig({
  test: {
    pool: 'forks',
    // Its own default leaves one core to the watcher, which on two cores is half the machine.
    maxWorkers: '100%',
    // These end what hangs; that a machine is busy is no failure.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 10_000 } },
    projects: [
      { extends: true, test: { name: 'pure', include: pure, isolate: false } },
      { extends: true, test: { name: 'whole', include: ['tests/**/*.test.ts'], exclude: pure } },
    ],
  },
})
