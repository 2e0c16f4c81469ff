/** What a program that asks is given: as it asked, or less. */
import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Approval } from '../../../../src-preload/contract/index.ts'
import { ErrorNotice } from '../../../parts/error-notice.tsx'
import { problemOf } from '../../../parts/problem.ts'
import { clientIssues, decisionOf, draftOfApproval } from '../clients/client-draft.ts'
import { ClientFields } from '../clients/client-fields.tsx'
import classes from './approvals.module.css'
import { useDecision } from './use-decision.ts'

/** `approval` null = closed. */
export function ApproveDialog({ approval, onClose }: { approval: Approval | null; onClose: () => void }) {
  const { t } = useTranslation(['clients', 'common'])
  return (
    <Modal
      opened={approval !== null}
      onClose={onClose}
      size={760}
      title={approval && t('clients:approvals.approveTitle', approval)}
      closeButtonProps={{ 'aria-label': t('common:close') }}
    >
      {approval && <Approve key={approval.id} approval={approval} onClose={onClose} />}
    </Modal>
  )
}

function Approve({ approval, onClose }: { approval: Approval; onClose: () => void }) {
  const { t } = useTranslation(['clients', 'common'])
  const [draft, setDraft] = useState(() => draftOfApproval(approval))
  const { approve } = useDecision(approval, onClose)
  const { error } = approve
  const own = clientIssues(draft, null)
  const issues = [...own, ...(error === null ? [] : (problemOf(error).data.fields ?? []))]
  return (
    <Stack
      component="form"
      gap="md"
      onSubmit={(event) => {
        event.preventDefault()
        if (own.length === 0) approve.mutate(decisionOf(draft))
      }}
    >
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm">{t('clients:approvals.approveText')}</Text>
        <span className={classes.code}>{approval.code}</span>
      </Group>
      <ClientFields draft={draft} issues={issues} onChange={setDraft} />
      {error !== null && <ErrorNotice error={error} />}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {t('common:cancel')}
        </Button>
        <Button type="submit" loading={approve.isPending} disabled={own.length > 0}>
          {t('clients:approvals.approve')}
        </Button>
      </Group>
    </Stack>
  )
}
