/** Programs that ask for a token now: each a card with its code, who asks, and the two answers. */
import { Button, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Approval } from '../../../../src-preload/contract/index.ts'
import { formatCountdown, formatNames, formatPool } from '../../../format.ts'
import { useNow } from '../../../parts/use-now.ts'
import { usePendingApprovals } from '../../../queries/use-pending-approvals.ts'
import classes from './approvals.module.css'
import { ApproveDialog } from './approve-dialog.tsx'
import { useDecision } from './use-decision.ts'

export function ApprovalCards() {
  const { t } = useTranslation('clients')
  const pending = usePendingApprovals()
  const [open, setOpen] = useState<Approval | null>(null)
  return (
    <>
      {/* There before the first one asks, so that a screen reader hears of it. */}
      <Stack gap={8} role="region" aria-label={t('approvals.title')} aria-live="polite" mb={pending.length > 0 ? 12 : 0}>
        {pending.map((approval) => (
          <ApprovalCard key={approval.id} approval={approval} onApprove={() => setOpen(approval)} />
        ))}
      </Stack>
      <ApproveDialog approval={open} onClose={() => setOpen(null)} />
    </>
  )
}

function ApprovalCard({ approval, onApprove }: { approval: Approval; onApprove: () => void }) {
  const { t, i18n } = useTranslation('clients')
  const { name, code, pools } = approval
  const { deny } = useDecision(approval, () => {})
  return (
    <Paper className={classes.card} p="md" component="article" aria-label={t('approvals.asks', { name })}>
      <div>
        <Title order={2}>{t('approvals.asks', { name })}</Title>
        <Text size="sm" className={classes.who}>
          <Asker approval={approval} />
        </Text>
        <Text size="sm" className={classes.who}>
          {pools === null
            ? t('approvals.wantsAll')
            : t('approvals.wants', { pools: formatNames(pools.map(formatPool), i18n.language) })}
        </Text>
      </div>
      <Stack gap={2} align="flex-end">
        <span className={classes.code}>{code}</span>
        <TimeLeft until={approval.expiresAt} />
      </Stack>
      <Text size="sm" c="dimmed">
        {t('approvals.compare')}
      </Text>
      <Group gap="xs" justify="flex-end">
        <Button
          variant="default"
          onClick={() => deny.mutate()}
          loading={deny.isPending}
          aria-label={t('approvals.denyName', { name })}
        >
          {t('approvals.deny')}
        </Button>
        <Button onClick={onApprove} aria-label={t('approvals.approveName', { name })}>
          {t('approvals.approve')}
        </Button>
      </Group>
    </Paper>
  )
}

/** Where it asks from, and the process there as far as the system tells. */
export function Asker({ approval: { address, process } }: { approval: Pick<Approval, 'address' | 'process'> }) {
  const { t } = useTranslation('clients')
  if (process === null) return t('approvals.fromUnknown', { address })
  const { name, pid, path } = process
  return (
    <>
      {t('approvals.from', { address, name, pid })}
      {path !== null && (
        <Text span size="xs" c="dimmed" ff="monospace" display="block">
          {path}
        </Text>
      )}
    </>
  )
}

/** Not read out every second. */
function TimeLeft({ until }: { until: number }) {
  const { t, i18n } = useTranslation('clients')
  const left = Math.max(0, until - useNow())
  return (
    <Text size="xs" c="dimmed" className={classes.left} aria-live="off">
      {t('approvals.left', { time: formatCountdown(left, i18n.language) })}
    </Text>
  )
}
