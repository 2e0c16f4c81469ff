/** The origins a key is bound to. */
import type { AuditRow, KeyRow } from '../../storage/types.ts'
import type { Vault } from '../../vault/types.ts'
import type { Catalog } from '../catalog.ts'

/** Whether a key may be sent to where its pool points now. The vault decides; this is for showing it. */
export function isTrusted(key: Pick<KeyRow, 'audience'>, origin: string | null): boolean {
  return origin === null || key.audience.includes(origin)
}

/** Binds keys to more origins; the secret is sealed anew with them. */
export async function extendAudience(
  catalog: Catalog,
  vault: Vault,
  keys: readonly KeyRow[],
  origins: readonly string[],
  audit: AuditRow[],
): Promise<void> {
  const rows = keys.map((key) => ({ ...key, audience: [...new Set([...key.audience, ...origins])] }))
  const entries = rows.map((row) => ({ ...vault.get(row.id), audience: row.audience }))
  await vault.set(entries, (vaultWrites) => catalog.commit({ putKeys: rows, vault: vaultWrites, audit }))
}
