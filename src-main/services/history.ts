/** Changes of configuration, and back: what was before a change is put there again as a change of its own. */
import type { z } from 'zod'
import {
  type HistoryEntry,
  invalid,
  KeywheelError,
  poolConfig,
  poolPatch,
  type SettingsPatch,
  settingsPatchSchema,
} from '../../src-preload/contract/index.ts'
import type { Storage } from '../storage/types.ts'
import type { Catalog } from './catalog.ts'
import { stateOf } from './changes.ts'
import type { Actor, HistoryService, PoolService, SettingsService } from './types.ts'

interface HistoryDeps {
  storage: Pick<Storage, 'history'>
  catalog: Pick<Catalog, 'pool'>
  pools: Pick<PoolService, 'update'>
  settings: Pick<SettingsService, 'update'>
}

export function createHistoryService({ storage, catalog, pools, settings }: HistoryDeps): HistoryService {
  /** A pool that took the name of a destroyed one has nothing of its past. */
  const isOf = (slug: string) => {
    const { createdAt } = catalog.pool(slug)
    return ({ at }: HistoryEntry) => at >= createdAt
  }
  const restorePool = async (slug: string, { before }: HistoryEntry, actor: Actor) => {
    const row = catalog.pool(slug)
    await pools.update(slug, checked(poolPatch, wayBack(before, stateOf(row))), actor)
  }

  return {
    async list({ subject, slug }) {
      if (subject === 'settings') return storage.history({ subject })
      if (slug === undefined) throw invalid('slug', 'name the pool')
      const own = isOf(slug)
      return (await storage.history({ subject, slug })).filter(own)
    },
    /** CHANGE_NOT_FOUND, POOL_NOT_FOUND, and whatever the same update by hand is refused with. */
    async restore(id, actor) {
      const [entry] = await storage.history({ id })
      if (!entry) throw new KeywheelError('CHANGE_NOT_FOUND')
      if (entry.slug === null) {
        const patch: SettingsPatch = checked(settingsPatchSchema, entry.before)
        await settings.update(patch, actor)
        return
      }
      if (!isOf(entry.slug)(entry)) throw new KeywheelError('CHANGE_NOT_FOUND')
      await restorePool(entry.slug, entry, actor)
    },
  }
}

type State = HistoryEntry['before']

/** Only what differs; a field of the configuration that was not set then goes back to its default. */
function wayBack(before: State, now: State): State {
  const { config: was = {}, ...head } = before as { config?: State }
  const { config: is = {} } = now as { config?: State }
  const changed = Object.entries(head).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(now[name]))
  const defaults: State = poolConfig.parse({})
  const names = Object.keys({ ...defaults, ...is, ...was }).filter(
    (name) => JSON.stringify(was[name]) !== JSON.stringify(is[name]),
  )
  const config = Object.fromEntries(names.map((name) => [name, Object.hasOwn(was, name) ? was[name] : defaults[name]]))
  return { ...Object.fromEntries(changed), ...(names.length > 0 && { config }) }
}

/** What another Keywheel wrote may not be what this one takes. INVALID_INPUT. */
function checked<T>(schema: z.ZodType<T>, value: unknown): T {
  const { success, data, error } = schema.safeParse(value)
  if (success) return data
  const fields = error.issues.map(({ path, message }) => ({ path: path.map(String).join('.'), message }))
  throw new KeywheelError('INVALID_INPUT', 'This state was written by another version of Keywheel and is not valid here.', {
    fields,
  })
}
