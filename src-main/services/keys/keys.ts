/** Keys: added, changed, checked, shown, trashed. The secret goes to the vault and comes back only through reveal and copy. */
import { invalid, type Key, type KeyCheck, type KeyCreate, KeywheelError } from '../../../src-preload/contract/index.ts'
import type { Clock, PoolEngine } from '../../pool/types.ts'
import type { AuditRow, KeyRow, PoolRow } from '../../storage/types.ts'
import type { UsageStore } from '../../usage/types.ts'
import type { Vault } from '../../vault/types.ts'
import type { Catalog } from '../catalog.ts'
import type { DemoUpstream } from '../demo.ts'
import { rehearseKey } from '../pools/rehearsal.ts'
import type { Tasks } from '../tasks.ts'
import { trashMs } from '../trash.ts'
import type { Actor, KeyService } from '../types.ts'
import type { AccountFinder } from './account-finder.ts'
import { checkMany } from './check-pause.ts'
import { figuresOf } from './figures.ts'
import { acceptingPool, planAddition, storeAdditions } from './key-add.ts'
import { importKeys, previewKeys } from './key-batch.ts'
import { applyCheck, checkKey, checkPlace, checkTarget, describeCheck } from './key-check.ts'
import { freeIdentifier } from './key-identifier.ts'
import { listKeys } from './key-list.ts'
import { duplicate, updateKey } from './key-update.ts'
import type { KeyViews } from './key-view.ts'
import { metersOf } from './meter-view.ts'
import { nextNumber } from './new-key.ts'
import { countReveal } from './reveal-limit.ts'
import type { KeyTimeline } from './timeline.ts'
import { usageLimits } from './usage-limits.ts'

export interface KeyServiceDeps {
  catalog: Catalog
  vault: Vault
  engine: PoolEngine
  clock: Clock
  views: KeyViews
  demo: DemoUpstream
  accounts: AccountFinder
  /** What keys have been used for. */
  usage: Pick<UsageStore, 'keyModels' | 'keyHours'>
  timeline: Pick<KeyTimeline, 'of'>
  tasks: Pick<Tasks, 'run'>
  fetchFor(keyId: string, pool: PoolRow): typeof globalThis.fetch
  /** Aborted when the workspace is left: nothing waits for an upstream then. */
  closing: AbortSignal
  /** Scripts may reveal only where Keywheel was started so. */
  allowReveal: boolean
  /** Puts a secret in the clipboard and takes it out again after so many seconds; absent without a desktop. */
  copySecret: ((secret: string) => Promise<{ clearAfter: number }>) | undefined
}

const revealSeconds = 30

export function createKeyService(deps: KeyServiceDeps): KeyService {
  const { catalog, vault, engine, clock, views, demo } = deps
  const audit = (actor: Actor, action: string, ...subjects: string[]): AuditRow[] =>
    subjects.map((subject) => ({ at: clock.now(), actor, action, subject }))
  const liveRows = (ids: readonly string[]) => [...new Set(ids)].map((id) => catalog.key(id))
  const originsOf = (slugs: readonly string[]) =>
    slugs.map((slug) => demo.originOf(catalog.pool(slug))).filter((origin): origin is string => origin !== null)

  const createKey = async (input: KeyCreate, actor: Actor): Promise<Key> => {
    const pools = input.pools.map((slug) => acceptingPool(catalog, slug, 'pools'))
    const fingerprint = vault.fingerprint(input.secret)
    const existing = catalog.keyByFingerprint(fingerprint)
    if (existing?.deletedAt === null && input.pools.every((slug) => catalog.poolsOf(existing.id).has(slug))) {
      throw duplicate(existing)
    }
    const { secret, tags, notes, priority, weight, expiresAt, identifier } = input
    const known = { tags, notes, expiresAt, identifier }
    const freed = identifier === undefined ? [] : freeIdentifier(identifier, catalog, existing?.id)
    const label = input.label ?? `${input.pools[0]} ${nextNumber(catalog, input.pools[0] ?? '')}`
    const origins = originsOf(input.pools)
    const now = clock.now()
    const addition = planAddition(
      { ...known, secret, fingerprint, label, pools, origins, now, allowances: input, rank: { priority, weight } },
      catalog,
    )
    rehearseKey(addition.row)
    const action = existing?.deletedAt === null ? 'key.link' : 'key.create'
    await storeAdditions([addition], { catalog, vault, freed, audit: audit(actor, action, addition.row.id) })
    return views.view(addition.row)
  }

  const checkOne = async (id: string, actor: Actor, signal?: AbortSignal): Promise<KeyCheck> => {
    const key = catalog.key(id)
    const target = checkTarget(key, { catalog, demo, vault })
    const { outcome, account } = await checkKey(target, deps.fetchFor(id, target.pool), clock.now(), signal)
    let checkedAt = clock.now()
    await catalog.exclusive(async () => {
      if (signal?.aborted) return
      const current = catalog.keys.get(id)
      // Deleted or given another secret meanwhile: then the answer is about nothing that is here.
      if (!current || current.deletedAt !== null || current.fingerprint !== key.fingerprint) return
      if (account !== null) deps.accounts.found(id, account)
      if (!applyCheck(engine, id, outcome)) return
      // After the mark that it may have given: a key is confirmed when it was checked since.
      checkedAt = clock.now()
      await catalog.commit({ putKeys: [{ ...current, checkedAt }], audit: audit(actor, 'key.check', id) })
    })
    return describeCheck(id, outcome, checkedAt)
  }

  const secretOf = (id: string): string => {
    const row = catalog.key(id)
    if (row.provider === 'demo') throw invalid('id', 'demo keys hold no secret')
    return vault.get(id).secret
  }

  return {
    list: (query) => listKeys(query, { catalog, vault, views }),
    get: (id) => views.view(catalog.key(id)),
    create: (input, actor) => catalog.exclusive(() => createKey(input, actor)),
    preview: (input) => previewKeys(input, { catalog, vault }),
    import: (input, actor, signal) => {
      const slugs = [...new Set([input.pool, ...Object.values(input.pools ?? {})])]
      const destination = (slug: string) => {
        const pool = acceptingPool(catalog, slug, slug === input.pool ? 'pool' : 'pools')
        return [slug, { pool, origins: originsOf([slug]) }] as const
      }
      return deps.tasks.run(input.task, signal, (work) =>
        importKeys(input, {
          catalog,
          vault,
          destinations: () => new Map(slugs.map(destination)),
          now: clock.now(),
          audit: audit(actor, 'key.import', ...slugs),
          work,
        }),
      )
    },
    update: (id, patch, actor) =>
      catalog.exclusive(async () => {
        const row = await updateKey(id, patch, { catalog, vault, originsOf, audit: audit(actor, 'key.update', id) })
        // What was known of the old secret says nothing about the new one.
        if (patch.secret !== undefined) {
          engine.resume(id)
          views.renewed(id, clock.now())
        }
        return views.view(row)
      }),
    remove: (ids, actor) =>
      catalog.exclusive(async () => {
        const deletedAt = clock.now()
        const rows = liveRows(ids)
        await catalog.commit({
          putKeys: rows.map((row) => ({ ...row, deletedAt })),
          audit: audit(actor, 'key.remove', ...rows.map(({ id }) => id)),
        })
        return { undoUntil: deletedAt + trashMs }
      }),
    restore: (ids, actor) =>
      catalog.exclusive(async () => {
        const known = [...new Set(ids)].map((id) => catalog.keys.get(id)).filter((row): row is KeyRow => row !== undefined)
        if (known.length === 0) throw gone()
        const rows = known.filter(({ deletedAt }) => deletedAt !== null)
        await catalog.commit({
          putKeys: rows.map((row) => ({ ...row, deletedAt: null })),
          audit: audit(actor, 'key.restore', ...rows.map(({ id }) => id)),
        })
        return { restored: rows.length }
      }),
    enable: (ids, enabled, actor) =>
      catalog.exclusive(async () => {
        const rows = liveRows(ids).filter((row) => row.enabled !== enabled)
        await catalog.commit({
          putKeys: rows.map((row) => ({ ...row, enabled })),
          audit: audit(actor, enabled ? 'key.enable' : 'key.disable', ...rows.map(({ id }) => id)),
        })
        return { changed: rows.length }
      }),
    check: (id, actor) => checkOne(id, actor),
    checkMany(ids, actor, signal) {
      const check = (id: string, over: AbortSignal) => checkOne(id, actor, over)
      const placeOf = (id: string) => checkPlace(catalog.key(id), deps)
      const over = signal ? AbortSignal.any([signal, deps.closing]) : deps.closing
      return checkMany([...new Set(ids)], { clock, placeOf, check }, over)
    },
    async resume(id, actor) {
      const row = catalog.key(id)
      await catalog.commit({ audit: audit(actor, 'key.resume', id) })
      engine.resume(id)
      return views.view(row)
    },
    limits: (id) => metersOf(catalog.key(id), engine),
    timeline: async (id) => deps.timeline.of(catalog.key(id).id),
    figures: (ids) => figuresOf(ids, deps),
    usageLimits: async (id, model) => usageLimits(catalog.key(id), model, { engine, clock, usage: deps.usage }),
    reveal: (id, actor) =>
      catalog.exclusive(async () => {
        if (actor === 'admin' && !deps.allowReveal) throw new KeywheelError('REVEAL_DISABLED')
        const secret = secretOf(id)
        await catalog.commit({ putSettings: countReveal(catalog, clock.now()), audit: audit(actor, 'key.reveal', id) })
        return { secret, hideAfter: revealSeconds }
      }),
    async copy(id, actor) {
      if (!deps.copySecret)
        throw new KeywheelError('METHOD_NOT_ALLOWED', 'Copying in the background needs the desktop application.')
      const secret = secretOf(id)
      await catalog.commit({ audit: audit(actor, 'key.copy', id) })
      return deps.copySecret(secret)
    },
  }
}

const gone = () => new KeywheelError('KEY_NOT_FOUND', 'These keys were destroyed when the time to undo was over. Add them again.')
