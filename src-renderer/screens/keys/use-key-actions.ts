/** What can be done with one key or many. Every answer is shown; deleting can be undone for 10 seconds. */
import { useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Key } from '../../../src-preload/contract/index.ts'
import { said } from '../../i18n/said.ts'
import { toastDone, toastError, toastRefused, toastUndo } from '../../parts/toast.tsx'
import { useApi } from '../../queries/api.tsx'
import { checkKeys } from './check-keys.ts'

export interface KeyActions {
  check: (keys: readonly Key[]) => Promise<void>
  enable: (ids: readonly string[], enabled: boolean) => Promise<void>
  remove: (ids: readonly string[]) => Promise<void>
  resume: (id: string) => Promise<void>
  copy: (id: string) => Promise<void>
}

export function useKeyActions(): KeyActions {
  const { t } = useTranslation(['keys', 'common'])
  const { client, orpc } = useApi()
  const cache = useQueryClient()
  const refresh = () =>
    Promise.all([cache.invalidateQueries({ queryKey: orpc.keys.key() }), cache.invalidateQueries({ queryKey: orpc.pools.key() })])
  /** Runs one action; its failure becomes a toast, because the place it came from may be gone by then. */
  const attempt = async (run: () => Promise<unknown>) => {
    try {
      await run()
      await refresh()
    } catch (error) {
      toastError(error)
    }
  }

  const checkOne = async (key: Key) => {
    const { usable, message } = await client.keys.check({ id: key.id })
    if (usable) toastDone(t('keys:checks.works', { label: key.label }))
    else toastRefused(t('keys:checks.refused', { label: key.label, message: said(message) }))
  }
  const restore = (ids: readonly string[]) =>
    attempt(async () => toastDone(t('keys:restored', { count: (await client.keys.restore({ ids: [...ids] })).restored })))

  return {
    check: (keys) =>
      attempt(() =>
        keys.length === 1 && keys[0]
          ? checkOne(keys[0])
          : checkKeys(
              client,
              keys.map((key) => key.id),
            ),
      ),
    enable: (ids, enabled) =>
      attempt(async () => {
        const { changed } = await client.keys.enableMany({ ids: [...ids], enabled })
        toastDone(t(enabled ? 'keys:enabled' : 'keys:disabled', { count: changed }))
      }),
    remove: (ids) =>
      attempt(async () => {
        await client.keys.removeMany({ ids: [...ids] })
        toastUndo(t('keys:deleted', { count: ids.length }), t('common:undo'), () => void restore(ids))
      }),
    resume: (id) => attempt(() => client.keys.resume({ id })),
    copy: (id) => attempt(() => copySecret(id)),
  }

  async function copySecret(id: string) {
    const { shell } = await cache.ensureQueryData(orpc.system.info.queryOptions())
    if (shell === 'desktop') {
      const { clearAfter } = await client.keys.copy({ id })
      toastDone(t('keys:copied', { seconds: clearAfter }))
      return
    }
    // Without a desktop there is no main process with a clipboard: the browser's own is used, and cannot be watched.
    const { secret } = await client.keys.reveal({ id })
    await navigator.clipboard.writeText(secret)
    toastDone(t('keys:copiedHere'))
  }
}
