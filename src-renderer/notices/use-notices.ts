/** What a person was told: the list, what is new in it, and its words. */
import { useMutation, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Notice } from '../../src-preload/contract/index.ts'
import { formatClock, formatCount, formatMoney, formatPercent } from '../format.ts'
import { toastError } from '../parts/toast.tsx'
import { useApi } from '../queries/api.tsx'
import { isJoined } from './notice-target.ts'

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

/** Kinds that are told once for several keys or accounts of a pool. */
const joinedKinds = ['key-invalid', 'budget-near', 'budget-spent', 'runway-short'] as const

/** A notice as one sentence. */
export function useNoticeText(): (notice: Pick<Notice, 'kind' | 'values' | 'at'>) => string {
  const { t, i18n } = useTranslation('shell')
  return ({ kind, values, at }) => {
    const text = (name: string) => String(values[name] ?? '')
    const facts = {
      label: text('label'),
      name: text('name'),
      account: text('account'),
      pool: text('pool'),
      text: formatCount(Number(values['count'] ?? 1), i18n.language),
      money: formatMoney(Number(values['usd'] ?? 0) * 1e9, i18n.language),
      percent: formatPercent(Number(values['share'] ?? 0), i18n.language),
      time: formatClock(Number(values['endsAt'] ?? 0), at, i18n.language),
    }
    const joined = joinedKinds.find((each) => each === kind)
    if (!joined || !isJoined({ values })) return t(`notices.text.${kind}`, facts)
    const what = joined === 'runway-short' ? 'accounts' : 'keys'
    const whose = t(`notices.${facts.pool === '' ? 'nowhere' : 'of'}.${what}`, facts)
    return t(`notices.joined.${joined}`, { ...facts, whose })
  }
}
