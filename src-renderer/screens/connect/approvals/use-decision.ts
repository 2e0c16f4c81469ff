/** What a program that asks for a token is told. */
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Approval, ApprovalDecision } from '../../../../src-preload/contract/index.ts'
import { toastDone, toastError } from '../../../parts/toast.tsx'
import { useApi } from '../../../queries/api.tsx'

/** `onDecided` closes what asked for it. */
export function useDecision(approval: Approval, onDecided: () => void) {
  const { t } = useTranslation('clients')
  const { client, orpc } = useApi()
  const { id, name } = approval
  const approve = useMutation({
    mutationFn: (decision: ApprovalDecision) => client.approvals.approve({ id, ...decision }),
    onSuccess: (_answer, _input, _result, context) => {
      toastDone(t('approvals.approved', { name }))
      onDecided()
      return context.client.invalidateQueries({ queryKey: orpc.approvals.key() })
    },
  })
  const deny = useMutation({
    mutationFn: () => client.approvals.deny({ id }),
    onSuccess: (_answer, _input, _result, context) => {
      toastDone(t('approvals.denied', { name }))
      onDecided()
      return context.client.invalidateQueries({ queryKey: orpc.approvals.key() })
    },
    onError: (error) => toastError(error),
  })
  return { approve, deny }
}
