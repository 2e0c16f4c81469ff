/** The accounts of a pool: the real quotas behind its keys, how much is used, and how long they will last. */
import { Alert, Button, Group, Paper, ScrollArea, Stack, Text } from '@mantine/core'
import { IconHourglassLow, IconUsers } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Account, Pool } from '../../../src-preload/contract/index.ts'
import { formatClock } from '../../format.ts'
import { EmptyState } from '../../parts/empty-state.tsx'
import { ErrorNotice } from '../../parts/error-notice.tsx'
import { useMeterWords } from '../../parts/limits/use-meter-words.ts'
import { SkeletonRows } from '../../parts/skeletons.tsx'
import { useNow } from '../../parts/use-now.ts'
import { useApi } from '../../queries/api.tsx'
import { setParams } from '../../route.ts'
import { AccountRow } from './account-row.tsx'
import classes from './accounts.module.css'
import { inOrder, isUsedUp, nameOf, runwayOf } from './accounts.ts'

/** A pool may have thousands of accounts: the answer is asked again at this rate, and so many rows are drawn. */
const refreshMs = 5000
const step = 50

export function AccountsView({ pool }: { pool: Pool }) {
  const { t } = useTranslation(['pools'])
  const { orpc } = useApi()
  const accounts = useQuery(orpc.pools.accounts.queryOptions({ input: { slug: pool.slug }, refetchInterval: refreshMs }))
  const [shown, setShown] = useState(step)
  if (accounts.error) return <ErrorNotice error={accounts.error} onRetry={() => void accounts.refetch()} />
  if (!accounts.data) return <SkeletonRows rows={6} height={48} />
  if (accounts.data.length === 0) return <EmptyState icon={<IconUsers />} title={t('accounts.none')} />
  const ordered = inOrder(accounts.data)
  return (
    <ScrollArea h="100%" viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': t('accounts.title', { name: pool.name }) }}>
      <Stack gap="sm" pb="sm">
        <RunwayLine accounts={accounts.data} />
        <Paper component="ul" className={classes.list}>
          {ordered.slice(0, shown).map((account) => (
            <AccountRow key={`${account.source}:${account.id}`} account={account} />
          ))}
        </Paper>
        {ordered.length > shown && (
          <Button variant="default" onClick={() => setShown(shown + step)}>
            {t('accounts.more', { count: Math.min(step, ordered.length - shown) })}
          </Button>
        )}
        <Text size="xs" c="dimmed">
          {t('accounts.merge')}
        </Text>
      </Stack>
    </ScrollArea>
  )
}

function RunwayLine({ accounts }: { accounts: readonly Account[] }) {
  const { t, i18n } = useTranslation(['pools'])
  const words = useMeterWords()
  const now = useNow()
  if (accounts.every(({ meters }) => meters.length === 0))
    return (
      <Alert color="gray" p="xs">
        <Group justify="space-between" gap="sm">
          <Text size="sm">{t('accounts.noLimits')}</Text>
          <Button size="compact-sm" variant="default" onClick={() => setParams({ sheet: 'pool' })}>
            {t('accounts.setLimits')}
          </Button>
        </Group>
      </Alert>
    )
  const runway = runwayOf(accounts, now)
  const usedUp = accounts.filter(isUsedUp).length
  if (!runway)
    return (
      <Text size="sm" c="dimmed">
        {usedUp > 0 ? t('accounts.usedUp', { count: usedUp }) : t('accounts.noRunway')}
      </Text>
    )
  const time = formatClock(runway.endsAt, now, i18n.language)
  return (
    <Alert color="amber" p="xs" icon={<IconHourglassLow />}>
      {t('accounts.runway', { account: nameOf(runway.account), time, limit: words.full(runway.meter) })}
    </Alert>
  )
}
