/** What needs a person, worst first; each kind has one mend. Pure. */
import type { Pool, ProxyStatus, Runway, VaultStatus } from '../../../src-preload/contract/index.ts'
import { formatPool } from '../../format.ts'

export type Attention =
  | { kind: 'vault-locked'; message: string }
  | { kind: 'proxy-error'; code: string; message: string; nextPort: number | null }
  | { kind: 'untrusted-keys'; pool: string; name: string; count: number }
  | { kind: 'invalid-keys'; pool: string; name: string; count: number }
  | { kind: 'no-ready-key'; pool: string; name: string; cooling: number }
  /** Of `accounts` the first to end, at `endsAt` (wall ms). */
  | { kind: 'runway-short'; pool: string; name: string; accounts: number; account: string; endsAt: number }

/** Worst first: what stops all calls, what stops those of a pool, what makes it smaller, what will. */
const weights: readonly Attention['kind'][] = [
  'vault-locked',
  'proxy-error',
  'no-ready-key',
  'untrusted-keys',
  'invalid-keys',
  'runway-short',
]

/** Reads what the engine reports; `pool` (a slug) leaves out what concerns other pools only. */
export function attentionOf(
  facts: { vault: VaultStatus; proxy: ProxyStatus; pools: readonly Pool[]; ending: Runway['ending'] },
  pool: string | undefined,
): Attention[] {
  const rows: Attention[] = []
  if (facts.vault.state === 'locked' && facts.vault.reason !== 'OPENING') {
    rows.push({ kind: 'vault-locked', message: facts.vault.message })
  }
  if (facts.proxy.state === 'error' && facts.proxy.reason) rows.push({ kind: 'proxy-error', ...facts.proxy.reason })
  for (const { slug, name, keys, untrustedKeys } of facts.pools) {
    if (pool !== undefined && slug !== pool) continue
    if (untrustedKeys > 0) rows.push({ kind: 'untrusted-keys', pool: slug, name, count: untrustedKeys })
    if (keys.invalid > 0) rows.push({ kind: 'invalid-keys', pool: slug, name, count: keys.invalid })
    // Unchecked keys are handed out as well, so only a pool without either has nothing to give.
    if (keys.total > 0 && keys.ready + keys.unchecked === 0) {
      rows.push({ kind: 'no-ready-key', pool: slug, name, cooling: keys.cooling + keys.exhausted })
    }
  }
  for (const { pool: slug, ...rest } of facts.ending) {
    if (pool !== undefined && slug !== pool) continue
    rows.push({
      kind: 'runway-short',
      pool: slug,
      name: facts.pools.find((each) => each.slug === slug)?.name ?? formatPool(slug),
      ...rest,
    })
  }
  return rows.toSorted((a, b) => weights.indexOf(a.kind) - weights.indexOf(b.kind))
}
