/** What a person was told: the list, what is new in it, and its words. */
import { useMutation, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Notice } from '../../src-preload/contract/index.ts'
import { formatClock, formatMoney, formatPercent } from '../format.ts'
import { toastError } from '../parts/toast.tsx'
import { useApi } from '../queries/api.tsx'

export function useNotices() {
  const { client, orpc } = useApi()
  const all = useQuery(orpc.notices.list.queryOptions()).data ?? []
  const unread = all.filter(({ readAt }) => readAt === null)
  const read = useMutation({
    mutationFn: (ids: string[]) => client.notices.read({ ids }),
    onSuccess: (_answer, _ids, _result, context) => context.client.invalidateQueries({ queryKey: orpc.notices.key() }),
    onError: (error) => toastError(error),
  })
  return { all, unread, markRead: (notices: readonly Notice[]) => notices.length > 0 && read.mutate(notices.map(({ id }) => id)) }
}

/** A notice as one sentence. */
export function useNoticeText(): (notice: Pick<Notice, 'kind' | 'values' | 'at'>) => string {
  const { t, i18n } = useTranslation('shell')
  return ({ kind, values, at }) =>
    t(`notices.text.${kind}`, {
      label: String(values['label'] ?? ''),
      name: String(values['name'] ?? ''),
      account: String(values['account'] ?? ''),
      money: formatMoney(Number(values['usd'] ?? 0) * 1e9, i18n.language),
      percent: formatPercent(Number(values['share'] ?? 0), i18n.language),
      time: formatClock(Number(values['endsAt'] ?? 0), at, i18n.language),
    })
}
