/** Keys as the apipool-server serves them. */
import { invalid, KeywheelError } from '../../../src-preload/contract/index.ts'
import type { Clock } from '../../pool/types.ts'
import { ApiProblem, type ApiUser, type KeyFilter, type KeyHouse, type NewApiKey } from '../../remote/server/index.ts'
import type { AuditRow, KeyRow } from '../../storage/types.ts'
import type { UsageStore } from '../../usage/types.ts'
import { mapInSlices } from '../../vault/slices.ts'
import type { Vault } from '../../vault/types.ts'
import type { Catalog } from '../catalog.ts'
import { type Addition, planAddition, storeAdditions } from '../keys/key-add.ts'
import { apipoolCsv, exportedRows } from '../keys/key-export.ts'
import { aliasOf, freeIdentifier, identifierOf, isTaken } from '../keys/key-identifier.ts'
import { duplicate } from '../keys/key-update.ts'
import type { KeyViews } from '../keys/key-view.ts'
import { newKeyIds } from '../keys/new-key.ts'
import { safeBaseUrl } from '../pools/base-url.ts'
import type { KeyService } from '../types.ts'
import { apiKeyOf, isExpired, matcher } from './key-view.ts'
import { createRawGate } from './raw-gate.ts'
import { changeableKey, seenKey, seenPool, seesKey } from './rights.ts'

export interface ApipoolKeysDeps {
  catalog: Catalog
  vault: Vault
  clock: Pick<Clock, 'now'>
  views: Pick<KeyViews, 'state'>
  keys: Pick<KeyService, 'update' | 'remove' | 'check'>
  events: Pick<UsageStore, 'eventsByKey'>
  /** Started with --allow-reveal. */
  allowReveal: boolean
}

export function createApipoolKeys(deps: ApipoolKeysDeps): KeyHouse {
  const { catalog, vault, clock, views, keys } = deps
  const gate = createRawGate(deps)
  const audit = (action: string, ...subjects: string[]): AuditRow[] =>
    subjects.map((subject) => ({ at: clock.now(), actor: 'user', action, subject }))
  const view = (row: KeyRow) => apiKeyOf(row, views, clock.now())

  const rowOf = (user: ApiUser, identifier: string) => seenKey(user, identifier, catalog)
  const ownRow = (user: ApiUser, identifier: string) => changeableKey(user, identifier, catalog)

  const matching = (user: ApiUser, filter: KeyFilter): KeyRow[] => {
    const members = filter.pool === undefined ? undefined : membersOf(user, filter.pool)
    const matches = matcher(filter, members, views)
    const rows = [...catalog.keys.values()].filter((row) => seesKey(user, row, catalog) && matches(row))
    return rows.toSorted(newestFirst)
  }

  const membersOf = (user: ApiUser, identifier: string): ReadonlySet<string> => {
    try {
      return catalog.keysOf(seenPool(user, identifier, catalog).slug)
    } catch (error) {
      if (error instanceof ApiProblem) return new Set()
      throw error
    }
  }

  const plan = (input: NewApiKey, id?: string): Addition => {
    const { identifier, rawKey, alias, tags, description, active, clientConfig } = input
    assertApart(rawKey, { identifier, alias, tags, description, client_config: clientConfig })
    return planAddition(
      {
        id,
        identifier,
        secret: rawKey,
        fingerprint: vault.fingerprint(rawKey),
        label: alias?.trim() || identifier,
        tags: tags ?? [],
        notes: description ?? '',
        enabled: active,
        clientConfig: clientConfig ?? null,
        pools: [],
        rank: { priority: 0, weight: 1 },
        // Whoever brings a key says where it may go.
        origins: originsOf(clientConfig),
        now: clock.now(),
      },
      catalog,
    )
  }

  return {
    now: clock.now,
    list(user, filter, { offset, limit }) {
      const rows = matching(user, filter)
      return { items: rows.slice(offset, offset + limit).map(view), total: rows.length }
    },
    get: (user, identifier) => view(rowOf(user, identifier)),
    create: (user, input) =>
      catalog.exclusive(async () => {
        assertOfAllPools(user)
        const existing = catalog.keyByFingerprint(vault.fingerprint(input.rawKey))
        const freed = freeIdentifier(input.identifier, catalog, existing?.id)
        if (existing?.deletedAt === null) throw duplicate(existing)
        const addition = plan(input)
        await storeAdditions([addition], { catalog, vault, freed, audit: audit('key.create', addition.row.id) })
        return view(addition.row)
      }),
    update: (user, identifier, patch) =>
      catalog.exclusive(async () => {
        const before = ownRow(user, identifier)
        originsOf(patch.clientConfig) // refused as it would be with a new key
        const row: KeyRow = {
          ...before,
          label: typeof patch.alias === 'string' ? patch.alias.trim() || identifierOf(before) : before.label,
          tags: patch.tags ?? before.tags,
          notes: patch.description ?? before.notes,
          enabled: patch.active ?? before.enabled,
          clientConfig: patch.clientConfig ?? before.clientConfig,
        }
        await catalog.commit({ putKeys: [row], audit: audit('key.update', row.id) })
        return view(row)
      }),
    async rotate(user, identifier, rawKey) {
      const { id, fingerprint } = ownRow(user, identifier)
      if (fingerprint === null) throw new ApiProblem(409, 'This one only stands for a key; there is nothing to rotate')
      await keys.update(id, { secret: rawKey }, 'user')
      return view(catalog.key(id))
    },
    async remove(user, identifier) {
      await keys.remove([ownRow(user, identifier).id], 'user')
    },
    async verify(user, identifier) {
      const row = rowOf(user, identifier)
      try {
        const { outcome, checkedAt } = await keys.check(row.id, 'user')
        return { verification: verdicts.get(outcome) ?? 'unknown', at: checkedAt }
      } catch (error) {
        // Nobody can be asked without cost, or nobody whom this key may be shown to.
        const silent = ['CHECK_UNAVAILABLE', 'AUDIENCE_MISMATCH']
        if (error instanceof KeywheelError && silent.includes(error.code)) return { verification: 'unknown', at: null }
        throw error
      }
    },
    async raw(user, identifier) {
      gate.assertAllowed(user)
      const row = rowOf(user, identifier)
      const rawKey = gate.secretOf(row)
      await catalog.commit({ audit: audit('key.reveal', row.id) })
      return { ...view(row), rawKey }
    },
    async rawOfPool(user, identifier) {
      gate.assertAllowed(user)
      const pool = seenPool(user, identifier, catalog)
      const damaged = new Set(vault.damaged())
      const usable = (row: KeyRow) =>
        row.enabled && !isExpired(row, clock.now()) && row.fingerprint !== null && !damaged.has(row.id)
      const rows = catalog.liveKeysOf(pool.slug).filter(usable).toSorted(newestFirst)
      const given = await mapInSlices(rows, (row) => ({
        identifier: identifierOf(row),
        rawKey: gate.secretOf(row),
        alias: aliasOf(row),
        tags: row.tags,
      }))
      await gate.note(user, `pool ${pool.slug}`)
      return { clientType: pool.config.clientType || 'generic', keys: given }
    },
    async exportCsv(user, filter) {
      const open = gate.refusal(user) === null
      const rows = matching(user, filter).filter(({ fingerprint }) => fingerprint !== null)
      const damaged = new Set(open ? vault.damaged() : [])
      const exported = await exportedRows(rows, catalog, (row) => (open && !damaged.has(row.id) ? gate.secretOf(row) : undefined))
      if (open) await gate.note(user, `${rows.length} keys as CSV`)
      return apipoolCsv(exported)
    },
    import: (user, given) =>
      catalog.exclusive(async () => {
        assertOfAllPools(user)
        vault.fingerprint('') // VAULT_LOCKED before any work
        const ids = await newKeyIds(given.length)
        const seen = new Set<string>()
        const freed: KeyRow[] = []
        const planned = await mapInSlices(given, (input): Addition | null => {
          const fingerprint = vault.fingerprint(input.rawKey)
          const known = catalog.keyByFingerprint(fingerprint)
          const names = [`name ${input.identifier}`, `key ${fingerprint}`]
          if (known?.deletedAt === null || isTaken(input.identifier, catalog, known?.id)) return null
          if (names.some((name) => seen.has(name))) return null
          for (const name of names) seen.add(name)
          freed.push(...freeIdentifier(input.identifier, catalog, known?.id))
          return plan(input, ids[seen.size / 2 - 1])
        })
        const additions = planned.filter((addition) => addition !== null)
        await storeAdditions(additions, { catalog, vault, freed, audit: audit('key.import', `${additions.length} keys`) })
        return { imported: additions.length, skipped: given.length - additions.length }
      }),
    async stats(user, identifier, seconds) {
      const row = rowOf(user, identifier)
      const to = clock.now() + 1
      const counts = { total: 0, success: 0, failed: 0, reachLimit: 0 }
      const key = { id: row.id, name: identifierOf(row) }
      for (const found of await deps.events.eventsByKey({ from: to - 1 - seconds * 1000, to, key })) {
        counts.total += found.total
        counts.success += found.success
        counts.failed += found.failed
        counts.reachLimit += found.reachLimit
      }
      return { identifier: identifierOf(row), alias: aliasOf(row), ...counts }
    },
  }
}

/** INVALID_INPUT for a text that lists show with the key in it; apipool's own client calls keys by their secrets. */
function assertApart(rawKey: string, shown: Readonly<Record<string, unknown>>): void {
  const written = JSON.stringify(rawKey).slice(1, -1)
  for (const [field, value] of Object.entries(shown)) {
    if (JSON.stringify(value ?? null).includes(written)) throw invalid(field, 'the key itself is in it, and lists show it')
  }
}

/** A new key is in no pool yet, so who sees only some pools would not see it. */
function assertOfAllPools({ pools }: ApiUser): void {
  if (pools !== null) throw new ApiProblem(403, 'Only a user of all pools can add keys. Keywheel: Settings > Users.')
}

const verdicts: ReadonlyMap<string, 'valid' | 'invalid' | 'rate_limited'> = new Map([
  ['ok', 'valid'],
  ['key-invalid', 'invalid'],
  ['no-credit', 'rate_limited'],
  ['rate-short', 'rate_limited'],
  ['rate-daily', 'rate_limited'],
] as const)

/** Keys of one import have the same time; their ids then say which comes first. */
function newestFirst(a: KeyRow, b: KeyRow): number {
  return b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1)
}

/** INVALID_INPUT for a base_url that no pool could have. */
function originsOf(config: Record<string, unknown> | null | undefined): string[] {
  const url = config?.['base_url']
  if (url === undefined || url === null || url === '') return []
  if (typeof url !== 'string') throw invalid('client_config.base_url', 'give an address such as https://api.example.com')
  try {
    return [new URL(safeBaseUrl(url)).origin]
  } catch (error) {
    if (!(error instanceof KeywheelError)) throw error
    throw invalid('client_config.base_url', error.data.fields?.[0]?.message ?? error.message)
  }
}
