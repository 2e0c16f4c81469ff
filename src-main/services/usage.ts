/** What was called and what it used, as asked by people and scripts. */
import { KeywheelError } from '../../src-preload/contract/index.ts'
import type { UsageStore } from '../usage/types.ts'
import type { UsageService } from './types.ts'

/** `settle` waits until everything finished so far is on disk, so that an answer never lags behind what was just seen. */
export function createUsageService(store: UsageStore, settle: () => Promise<void>): UsageService & Pick<UsageStore, 'keyModels'> {
  const settled = async <T>(ask: () => Promise<T>): Promise<T> => {
    // A full disk keeps new rows from being written, not old ones from being read; the recorder has said so already.
    await settle().catch(() => undefined)
    return ask()
  }
  return {
    summary: (query) => settled(() => store.summary(query)),
    series: (query) => settled(() => store.series(query)),
    models: (query) => settled(() => store.models(query)),
    keys: (query) => settled(() => store.keys(query)),
    keyModels: (query) => settled(() => store.keyModels(query)),
    requests: (query) => settled(() => store.list(query)),
    async request(id) {
      const row = await settled(() => store.get(id))
      if (!row) throw new KeywheelError('REQUEST_NOT_FOUND')
      return row
    },
  }
}
