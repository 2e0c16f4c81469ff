/** Keys: added, changed, checked, shown, trashed. The secret goes to the vault and comes back only through reveal and copy. */
import {
  invalid,
  type Key,
  type KeyCreate,
  type KeyPatch,
  type KeyQuery,
  KeywheelError,
} from '../../src-preload/contract/index.ts'
import type { Clock, PoolEngine } from '../pool/types.ts'
import { keyHintOf, providers } from '../providers/index.ts'
import type { AuditRow, ConfigWrites, KeyRow, PoolRow } from '../storage/types.ts'
import type { Vault } from '../vault/types.ts'
import { extendAudience } from './audience.ts'
import type { Catalog } from './catalog.ts'
import type { DemoUpstream } from './demo.ts'
import { importKeys, previewKeys } from './key-batch.ts'
import { applyCheck, checkKey, describeCheck } from './key-check.ts'
import { listKeys } from './key-list.ts'
import type { KeyViews } from './key-view.ts'
import { newKey, nextNumber } from './new-key.ts'
import { providerOf } from './pools.ts'
import { createRevealLimit } from './reveal-limit.ts'
import { trashMs } from './trash.ts'
import type { Actor, KeyService } from './types.ts'

export interface KeyServiceDeps {
  catalog: Catalog
  vault: Vault
  engine: PoolEngine
  clock: Clock
  views: KeyViews
  demo: DemoUpstream
  fetch: typeof globalThis.fetch
  /** Scripts may reveal only where Keywheel was started so. */
  allowReveal: boolean
  /** Puts a secret in the clipboard and takes it out again after so many seconds; absent without a desktop. */
  copySecret: ((secret: string) => Promise<{ clearAfter: number }>) | undefined
}

const revealSeconds = 30

export function createKeyService(deps: KeyServiceDeps): KeyService {
  const { catalog, vault, engine, clock, views, demo } = deps
  const limitReveal = createRevealLimit()
  const audit = (actor: Actor, action: string, subject: string): AuditRow[] => [{ at: clock.now(), actor, action, subject }]
  const liveRows = (ids: readonly string[]) => ids.map((id) => catalog.key(id))
  const originsOf = (slugs: readonly string[]) =>
    slugs.map((slug) => demo.originOf(catalog.pool(slug))).filter((origin): origin is string => origin !== null)

  const createKey = async (input: KeyCreate, actor: Actor): Promise<Key> => {
    const pools = input.pools.map((slug) => acceptingPool(catalog, slug))
    const existing = catalog.keyByFingerprint(vault.fingerprint(input.secret))
    const memberships = input.pools.map((pool) => ({ pool, priority: input.priority, weight: input.weight }))
    if (!existing) {
      const row = newKey({
        secret: input.secret,
        label: input.label ?? `${input.pools[0]} ${nextNumber(catalog, input.pools[0] ?? '')}`,
        vault,
        pools,
        origins: originsOf(input.pools),
        now: clock.now(),
      })
      const full = { ...row, tags: input.tags, notes: input.notes }
      await vault.set([{ id: row.id, secret: input.secret, audience: row.audience }], (writes) =>
        catalog.commit({
          putKeys: [full],
          setMemberships: [{ keyId: row.id, pools: memberships }],
          vault: writes,
          audit: audit(actor, 'key.create', row.id),
        }),
      )
      return views.view(full)
    }
    const before = catalog.poolsOf(existing.id)
    if (existing.deletedAt === null && input.pools.every((slug) => before.has(slug))) {
      throw new KeywheelError('KEY_DUPLICATE', `This key is here already, as "${existing.label}".`, {
        fields: [{ path: 'secret', message: 'already added' }],
      })
    }
    // Whoever holds the secret may say where it goes: one record, one more link.
    const kept = [...before].filter(([pool]) => !input.pools.includes(pool)).map(([pool, rank]) => ({ pool, ...rank }))
    await extendAudience(catalog, vault, [existing], originsOf(input.pools), audit(actor, 'key.link', existing.id))
    const row = { ...catalog.keys.get(existing.id)!, deletedAt: null }
    await catalog.commit({ putKeys: [row], setMemberships: [{ keyId: row.id, pools: [...kept, ...memberships] }] })
    return views.view(row)
  }

  const updateKey = async (id: string, patch: KeyPatch, actor: Actor): Promise<Key> => {
    const before = catalog.key(id)
    const row: KeyRow = {
      ...before,
      label: patch.label ?? before.label,
      tags: patch.tags ?? before.tags,
      notes: patch.notes ?? before.notes,
      enabled: patch.enabled ?? before.enabled,
      expiresAt: patch.expiresAt === undefined ? before.expiresAt : patch.expiresAt,
    }
    const writes: ConfigWrites = { setMemberships: membershipChange(catalog, id, patch), audit: audit(actor, 'key.update', id) }
    const added = (patch.pools ?? []).filter((slug) => !catalog.poolsOf(id).has(slug))
    for (const slug of added) acceptingPool(catalog, slug)
    const foreign = originsOf(added).filter((origin) => !before.audience.includes(origin))
    if (foreign.length > 0 && !patch.confirmAudience) {
      throw new KeywheelError(
        'AUDIENCE_MISMATCH',
        `This key may not be sent to ${foreign.join(', ')} yet. Confirm it to go on.`,
        {
          action: 'confirm-audience',
          fields: [{ path: 'pools', message: 'these pools point to another address; send confirmAudience: true' }],
        },
      )
    }
    row.audience = [...new Set([...before.audience, ...foreign])]
    if (patch.secret === undefined && foreign.length === 0) {
      await catalog.commit({ ...writes, putKeys: [row] })
      return views.view(row)
    }
    const secret = patch.secret ?? vault.get(id).secret
    if (patch.secret !== undefined) {
      const fingerprint = vault.fingerprint(secret)
      const other = catalog.keyByFingerprint(fingerprint)
      if (other && other.id !== id) throw new KeywheelError('KEY_DUPLICATE', `This key is here already, as "${other.label}".`)
      Object.assign(row, { fingerprint, hint: keyHintOf(secret), checkedAt: null })
    }
    await vault.set([{ id, secret, audience: row.audience }], (vaultWrites) =>
      catalog.commit({ ...writes, putKeys: [row], vault: vaultWrites }),
    )
    if (patch.secret !== undefined) engine.resume(id)
    return views.view(row)
  }

  const setDeleted = async (ids: readonly string[], deletedAt: number | null, actor: Actor) => {
    const rows = ids.map((id) => catalog.keys.get(id)).filter((row) => row !== undefined)
    await catalog.commit({
      putKeys: rows.map((row) => ({ ...row, deletedAt })),
      audit: rows.flatMap((row) => audit(actor, deletedAt === null ? 'key.restore' : 'key.remove', row.id)),
    })
    return rows.length
  }

  const secretOf = (id: string): string => {
    const row = catalog.key(id)
    if (row.provider === 'demo') throw invalid('id', 'demo keys hold no secret')
    return vault.get(id).secret
  }

  return {
    list: (query: KeyQuery) => listKeys(query, { catalog, vault, views }),
    get: (id) => views.view(catalog.key(id)),
    create: (input, actor) => catalog.exclusive(() => createKey(input, actor)),
    preview: (input) => previewKeys(input, { catalog, vault }),
    import: (input, actor) =>
      catalog.exclusive(() => {
        const pool = acceptingPool(catalog, input.pool)
        return importKeys(input, {
          catalog,
          vault,
          pool,
          origins: originsOf([input.pool]),
          now: clock.now(),
          audit: audit(actor, 'key.import', input.pool),
        })
      }),
    update: (id, patch, actor) => catalog.exclusive(() => updateKey(id, patch, actor)),
    remove: (ids, actor) =>
      catalog.exclusive(async () => {
        liveRows(ids)
        await setDeleted(ids, clock.now(), actor)
        return { undoUntil: clock.now() + trashMs }
      }),
    restore: (ids, actor) => catalog.exclusive(async () => ({ restored: await setDeleted(ids, null, actor) })),
    enable: (ids, enabled, actor) =>
      catalog.exclusive(async () => {
        const rows = liveRows(ids).filter((row) => row.enabled !== enabled)
        const action = enabled ? 'key.enable' : 'key.disable'
        await catalog.commit({
          putKeys: rows.map((row) => ({ ...row, enabled })),
          audit: rows.flatMap((row) => audit(actor, action, row.id)),
        })
        return { changed: rows.length }
      }),
    async check(id) {
      const key = catalog.key(id)
      const pool = checkablePool(catalog, key)
      const baseUrl = demo.baseUrlOf(pool)
      const provider = providers[providerOf(pool.provider)]
      const secret = key.provider === 'demo' ? key.id : vault.secretFor(id, new URL(baseUrl).origin)
      const outcome = await checkKey({ key, pool, provider, baseUrl, secret }, deps.fetch, clock.now())
      const checkedAt = clock.now()
      const current = catalog.keys.get(id)
      if (current && current.deletedAt === null && applyCheck(engine, id, outcome)) {
        await catalog.exclusive(() => catalog.commit({ putKeys: [{ ...catalog.key(id), checkedAt }] }))
      }
      return describeCheck(id, outcome, checkedAt)
    },
    resume(id) {
      engine.resume(catalog.key(id).id)
      return views.view(catalog.key(id))
    },
    async reveal(id, actor) {
      if (actor === 'admin' && !deps.allowReveal) throw new KeywheelError('REVEAL_DISABLED')
      const secret = secretOf(id)
      limitReveal(clock.mono())
      await catalog.commit({ audit: audit(actor, 'key.reveal', id) })
      return { secret, hideAfter: revealSeconds }
    },
    async copy(id, actor) {
      if (!deps.copySecret)
        throw new KeywheelError('METHOD_NOT_ALLOWED', 'Copying in the background needs the desktop application.')
      const secret = secretOf(id)
      await catalog.commit({ audit: audit(actor, 'key.copy', id) })
      return deps.copySecret(secret)
    },
  }
}

/** A pool that takes keys. POOL_NOT_FOUND; the demo pool has keys of its own. */
function acceptingPool(catalog: Catalog, slug: string): PoolRow {
  const pool = catalog.pool(slug)
  if (pool.provider === 'demo') throw invalid('pools', 'the demo pool takes no keys; make a pool of your own')
  return pool
}

function membershipChange(catalog: Catalog, id: string, patch: KeyPatch): NonNullable<ConfigWrites['setMemberships']> {
  if (patch.pools === undefined && patch.priority === undefined && patch.weight === undefined) return []
  const now = catalog.poolsOf(id)
  const pools = (patch.pools ?? [...now.keys()]).map((pool) => ({
    pool,
    priority: patch.priority ?? now.get(pool)?.priority ?? 0,
    weight: patch.weight ?? now.get(pool)?.weight ?? 1,
  }))
  return [{ keyId: id, pools }]
}

/** The first pool of a key whose provider has a free check. CHECK_UNAVAILABLE. */
function checkablePool(catalog: Catalog, key: KeyRow): PoolRow {
  for (const slug of catalog.poolsOf(key.id).keys()) {
    const pool = catalog.pools.get(slug)
    if (pool && pool.deletedAt === null && providers[providerOf(pool.provider)].freeCheck) return pool
  }
  throw new KeywheelError('CHECK_UNAVAILABLE', 'No pool of this key has a provider with a free check.')
}
