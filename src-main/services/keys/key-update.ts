/** A change to one key: its words, its pools, its secret, and the addresses it may be sent to. */
import { invalid, type KeyPatch, KeywheelError } from '../../../src-preload/contract/index.ts'
import { keyHintOf } from '../../providers/index.ts'
import type { AuditRow, ConfigWrites, KeyRow } from '../../storage/types.ts'
import type { Vault } from '../../vault/types.ts'
import type { Catalog } from '../catalog.ts'
import { rehearseKey } from '../pools/rehearsal.ts'
import { acceptingPool, withAllowances } from './key-add.ts'
import { freeIdentifier } from './key-identifier.ts'

export interface KeyUpdateDeps {
  catalog: Catalog
  vault: Vault
  /** Where calls of these pools go. */
  originsOf(slugs: readonly string[]): string[]
  audit: AuditRow[]
}

/** KEY_NOT_FOUND, POOL_NOT_FOUND, INVALID_INPUT, AUDIENCE_MISMATCH (until confirmed), KEY_DUPLICATE, VAULT_LOCKED. Gives back the new row. */
export async function updateKey(id: string, patch: KeyPatch, deps: KeyUpdateDeps): Promise<KeyRow> {
  const { catalog, vault, audit } = deps
  const before = catalog.key(id)
  const foreign = newOrigins(before, patch, deps)
  const row: KeyRow = { ...patched(before, patch), audience: [...before.audience, ...foreign] }
  rehearseKey(row)
  const freed = patch.identifier ? freeIdentifier(patch.identifier, catalog, id) : []
  const writes: ConfigWrites = { putKeys: [...freed, row], setMemberships: membershipChange(catalog, id, patch), audit }
  if (patch.secret === undefined && foreign.length === 0) {
    await catalog.commit(writes)
    return row
  }
  const secret = patch.secret ?? vault.get(id).secret
  if (patch.secret !== undefined) Object.assign(row, identityOf(secret, id, catalog, vault))
  await vault.set([{ id, secret, audience: row.audience }], (vaultWrites) => catalog.commit({ ...writes, vault: vaultWrites }))
  return row
}

function patched(before: KeyRow, patch: KeyPatch): KeyRow {
  return {
    ...withAllowances(before, patch),
    label: patch.label ?? before.label,
    identifier: patch.identifier === undefined ? before.identifier : patch.identifier,
    tags: patch.tags ?? before.tags,
    notes: patch.notes ?? before.notes,
    enabled: patch.enabled ?? before.enabled,
    expiresAt: patch.expiresAt === undefined ? before.expiresAt : patch.expiresAt,
  }
}

/** Origins that the key would be sent to from now on. AUDIENCE_MISMATCH unless the patch confirms them. */
function newOrigins(before: KeyRow, patch: KeyPatch, { catalog, originsOf }: KeyUpdateDeps): string[] {
  if (before.provider === 'demo' && patch.secret !== undefined) throw invalid('secret', 'demo keys hold no secret')
  const here = new Set(catalog.livePoolsOf(before.id).map(({ pool }) => pool))
  const added = (patch.pools ?? []).filter((slug) => !here.has(slug))
  for (const slug of added) acceptingPool(catalog, slug, 'pools')
  if (before.provider === 'demo' && added.length > 0) throw invalid('pools', 'demo keys stay in the demo pool')
  const foreign = [...new Set(originsOf(added))].filter((origin) => !before.audience.includes(origin))
  if (foreign.length === 0 || patch.confirmAudience) return foreign
  const message = 'these pools point to another address; send confirmAudience: true'
  throw new KeywheelError('AUDIENCE_MISMATCH', `This key may not be sent to ${foreign.join(', ')} yet. Confirm it to go on.`, {
    action: 'confirm-audience',
    fields: [{ path: 'pools', message }],
  })
}

/** What a row knows of its secret. KEY_DUPLICATE when another key has it. */
function identityOf(secret: string, id: string, catalog: Catalog, vault: Vault) {
  const fingerprint = vault.fingerprint(secret)
  const other = catalog.keyByFingerprint(fingerprint)
  if (other && other.id !== id) throw duplicate(other)
  return { fingerprint, hint: keyHintOf(secret), checkedAt: null, discovered: null }
}

export function duplicate({ label, deletedAt }: KeyRow): KeywheelError {
  const where = deletedAt === null ? '' : ' (just deleted)'
  return new KeywheelError('KEY_DUPLICATE', `This key is here already, as "${label}"${where}.`, {
    fields: [{ path: 'secret', message: 'already added' }],
  })
}

/** Pools in the trash are not in the patch, because nobody sees them; the key stays in them, should they come back. */
function membershipChange(catalog: Catalog, id: string, patch: KeyPatch): NonNullable<ConfigWrites['setMemberships']> {
  if (patch.pools === undefined && patch.priority === undefined && patch.weight === undefined) return []
  const now = catalog.poolsOf(id)
  const live = catalog.livePoolsOf(id).map(({ pool }) => pool)
  const unseen = [...now.keys()].filter((slug) => !live.includes(slug))
  const pools = [...new Set([...(patch.pools ?? live), ...unseen])].map((pool) => ({
    pool,
    priority: patch.priority ?? now.get(pool)?.priority ?? 0,
    weight: patch.weight ?? now.get(pool)?.weight ?? 1,
  }))
  return [{ keyId: id, pools }]
}
