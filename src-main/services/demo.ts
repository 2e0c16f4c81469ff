/** The demo pool: a built-in upstream and keys that are no secrets, so that the whole application can be seen without a key. */
import { type ScriptedUpstream, startScriptedUpstream } from '../demo/index.ts'
import type { ConfigWrites, KeyRow, PoolRow } from '../storage/types.ts'
import { noAllowances } from './keys/new-key.ts'

/** Where the pools point to; the demo pool's address exists only while its upstream runs. */
export interface DemoUpstream {
  start(): Promise<void>
  baseUrlOf(pool: PoolRow): string
  /** Null for the demo pool: its keys are bound to nothing. */
  originOf(pool: PoolRow): string | null
  /** What a key shows that is no secret of the vault; null = it is in the vault. */
  secretOf(key: KeyRow): string | null
  close(): Promise<void>
}

const isDemo = (row: { provider: string }) => row.provider === 'demo'

export function createDemoUpstream(): DemoUpstream {
  let running: ScriptedUpstream | undefined
  return {
    async start() {
      running ??= await startScriptedUpstream({ friendly: true })
    },
    baseUrlOf: (pool) => (isDemo(pool) ? (running ? `${running.url}/v1` : 'http://127.0.0.1:1') : pool.baseUrl),
    originOf: (pool) => (isDemo(pool) ? null : new URL(pool.baseUrl).origin),
    // A demo key's is its own id: nothing that needs keeping.
    secretOf: (key) => (isDemo(key) ? key.id : null),
    async close() {
      await running?.close()
      running = undefined
    },
  }
}

/** The demo pool's keys and their places in it. */
export function demoWrites(now: number): Required<Pick<ConfigWrites, 'putKeys' | 'setMemberships'>> {
  const keys = demoKeys(now)
  return {
    putKeys: keys,
    setMemberships: keys.map(({ id }) => ({ keyId: id, pools: [{ pool: 'demo', priority: 0, weight: 1 }] })),
  }
}

function demoKeys(now: number): KeyRow[] {
  return ['one', 'two', 'three'].map((name) => ({
    id: `demo-key-${name}`,
    identifier: null,
    clientConfig: null,
    label: `demo ${name}`,
    provider: 'demo',
    hint: `demo-…${name.slice(-4)}`,
    tags: [],
    notes: '',
    enabled: true,
    fingerprint: null,
    audience: [],
    ...noAllowances,
    expiresAt: null,
    checkedAt: now,
    createdAt: now,
    deletedAt: null,
  }))
}
