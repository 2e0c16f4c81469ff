/** What needs a person, worst first; each kind has one mend. Pure. */
import type { Pool, ProxyStatus, VaultStatus } from '../../../src-preload/contract/index.ts'

export type Attention =
  | { kind: 'vault-locked'; message: string }
  | { kind: 'proxy-error'; code: string; message: string; nextPort: number | null }
  | { kind: 'untrusted-keys'; pool: string; name: string; count: number }
  | { kind: 'invalid-keys'; pool: string; name: string; count: number }
  | { kind: 'no-ready-key'; pool: string; name: string; cooling: number }

/** Reads what the engine reports; `pool` (a slug) leaves out what concerns other pools only. */
export function attentionOf(
  facts: { vault: VaultStatus; proxy: ProxyStatus; pools: readonly Pool[] },
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
  return rows
}
