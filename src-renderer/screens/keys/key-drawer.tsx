/** One key in full: its state and why, its secret, its details, what it did lately. */
import { Drawer, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { ErrorNotice } from '../../parts/error-notice.tsx'
import { SkeletonRows } from '../../parts/skeletons.tsx'
import { useApi } from '../../queries/api.tsx'
import { TrustNotice } from '../pools/trust-notice.tsx'
import { KeyForm } from './key-form.tsx'
import { KeyHead } from './key-head.tsx'
import { KeyRequests } from './key-requests.tsx'
import { KeySecret } from './key-secret.tsx'
import { doubtfulPools } from './trust.ts'

/** `id` null = closed. */
export function KeyDrawer({ id, onClose }: { id: string | null; onClose: () => void }) {
  const { t } = useTranslation(['keys', 'common'])
  return (
    <Drawer
      opened={id !== null}
      onClose={onClose}
      size={520}
      title={t('drawer.title')}
      closeButtonProps={{ 'aria-label': t('common:close') }}
    >
      {id !== null && <KeyDetails key={id} id={id} onGone={onClose} />}
    </Drawer>
  )
}

function KeyDetails({ id, onGone }: { id: string; onGone: () => void }) {
  const { orpc } = useApi()
  const key = useQuery(orpc.keys.get.queryOptions({ input: { id } }))
  const pools = useQuery(orpc.pools.list.queryOptions()).data ?? []
  if (key.error) return <ErrorNotice error={key.error} onRetry={() => void key.refetch()} />
  if (!key.data) return <SkeletonRows rows={10} height={32} />
  return (
    <Stack gap="lg">
      <KeyHead entry={key.data} pools={pools} onRemoved={onGone} />
      {doubtfulPools(key.data, pools).map((pool) => (
        <TrustNotice key={pool.slug} pool={pool} />
      ))}
      <KeySecret entry={key.data} />
      <KeyForm entry={key.data} />
      <KeyRequests id={id} />
    </Stack>
  )
}
