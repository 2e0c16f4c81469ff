/** Kept answers: as the proxy uses them, and as people look at them and clear them. */
import type { Clock } from '../pool/types.ts'
import type { TokenUsage } from '../providers/index.ts'
import type { AnswerCache } from '../proxy/types.ts'
import type { CacheStore } from '../storage/types.ts'
import type { Catalog } from './catalog.ts'
import type { CacheService } from './types.ts'

const megabyte = 1024 * 1024

/** `ProxyDeps.cache`. A change of `settings.cacheMb` holds from the next answer on. */
export function answerCacheOf(store: CacheStore, catalog: Pick<Catalog, 'settings'>): AnswerCache {
  return {
    async find(key) {
      const row = await store.find(key)
      // Only `keep` below writes these rows.
      return row && { ...row, usage: row.usage as TokenUsage | null }
    },
    keep: (key, answer, ttlMs) => store.keep(key, answer, ttlMs, catalog.settings().cacheMb * megabyte),
  }
}

/** Deletes what is too old, and what is too much since the setting was lowered. */
export function sweepCache(store: CacheStore, catalog: Pick<Catalog, 'settings'>): Promise<void> {
  return store.sweep(catalog.settings().cacheMb * megabyte)
}

export function createCacheService(
  store: Pick<CacheStore, 'info' | 'clear'>,
  catalog: Pick<Catalog, 'commit'>,
  clock: Pick<Clock, 'now'>,
): CacheService {
  return {
    info: () => store.info(),
    async clear(actor) {
      await store.clear()
      await catalog.commit({ audit: [{ at: clock.now(), actor, action: 'cache.clear', subject: 'kept answers' }] })
    },
  }
}
