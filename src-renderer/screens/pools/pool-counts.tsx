/** How many keys a pool has and how many real quotas they are, and the choice between the two views. */
import { Group, SegmentedControl, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Pool } from '../../../src-preload/contract/index.ts'
import { setParams } from '../../route.ts'

export type PoolView = 'keys' | 'accounts'

export function PoolCounts({ pool, view }: { pool: Pool; view: PoolView }) {
  const { t } = useTranslation(['pools'])
  const { total } = pool.keys
  if (total === 0) return null
  const counts = {
    keys: t('accounts.keys', { count: total }),
    accounts: t('accounts.accounts', { count: pool.accounts }),
  }
  return (
    <Group justify="space-between" gap="sm" wrap="nowrap">
      <Text size="sm" c="dimmed">
        {t(pool.accounts < total ? 'accounts.shared' : 'accounts.own', counts)}
      </Text>
      <SegmentedControl
        size="xs"
        aria-label={t('accounts.view')}
        value={view}
        onChange={(next) => setParams({ view: next === 'accounts' ? next : null })}
        data={[
          { value: 'keys', label: t('accounts.viewKeys') },
          { value: 'accounts', label: t('accounts.viewAccounts') },
        ]}
        style={{ flex: 'none' }}
      />
    </Group>
  )
}
