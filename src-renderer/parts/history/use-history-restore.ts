/** Puts back what was before a change; that is a change as well, so it can be undone. */
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { HistoryEntry, HistoryQuery } from '../../../src-preload/contract/index.ts'
import { useApi } from '../../queries/api.tsx'
import { toastError, toastUndo } from '../toast.tsx'

export function useHistoryRestore(query: HistoryQuery, onRestored?: (entry: HistoryEntry) => void) {
  const { t } = useTranslation()
  const { client } = useApi()
  return useMutation({
    async mutationFn({ id }: HistoryEntry) {
      const [newest] = await client.history.list(query)
      await client.history.restore({ id })
      const [change] = await client.history.list(query)
      // What was the same already is no change, and there is nothing to undo.
      return change && change.id !== newest?.id ? change : null
    },
    async onSuccess(change, entry, _result, context) {
      await context.client.invalidateQueries()
      onRestored?.(entry)
      const undo = async (back: HistoryEntry) => {
        try {
          await client.history.restore({ id: back.id })
          await context.client.invalidateQueries()
          onRestored?.(back)
        } catch (error) {
          toastError(error)
        }
      }
      if (change) toastUndo(t('history.restored'), t('undo'), () => void undo(change))
    },
    onError: (error) => toastError(error),
  })
}
