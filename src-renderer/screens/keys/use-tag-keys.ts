/** Tagging keys, with undo. */
import { useQueryClient } from '@tanstack/react-query'
import { getI18n, useTranslation } from 'react-i18next'
import { toastError, toastUndo } from '../../parts/toast.tsx'
import { useApi } from '../../queries/api.tsx'
import { runBatch } from './batch.ts'
import type { TagChange } from './key-tags.ts'

export function useTagKeys(): (changes: readonly TagChange[]) => Promise<void> {
  const { t } = useTranslation(['keys', 'common'])
  const { client, orpc } = useApi()
  const cache = useQueryClient()
  const apply = async (changes: readonly TagChange[]): Promise<TagChange[]> => {
    const done: TagChange[] = []
    const work = async (change: TagChange) => {
      await client.keys.update({ id: change.id, tags: change.tags })
      done.push(change)
    }
    const title = () => getI18n().t('keys:tagging', { count: changes.length })
    await runBatch({ title, items: changes, work, summary: () => getI18n().t('keys:changed', { count: done.length }) }).catch(
      toastError,
    )
    await cache.invalidateQueries({ queryKey: orpc.keys.key() })
    return done
  }
  return async (changes) => {
    const done = await apply(changes)
    if (done.length === 0) return
    const undo = () => void apply(done.map(({ id, tags, before }) => ({ id, tags: before, before: tags })))
    toastUndo(t('tagged', { count: done.length }), t('common:undo'), undo)
  }
}
