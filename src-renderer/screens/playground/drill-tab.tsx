/** The fail-over drill of any pool. */
import { Paper, Stack } from '@mantine/core'
import { IconShieldCheck } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { EmptyState } from '../../parts/empty-state.tsx'
import { PoolPicker } from '../../parts/pool-picker.tsx'
import { SkeletonRows } from '../../parts/skeletons.tsx'
import { useApi } from '../../queries/api.tsx'
import { navigate, setParams, useRoute } from '../../route.ts'
import { Drill } from '../pools/drill-dialog.tsx'
import classes from './playground.module.css'

export function DrillTab() {
  const { t } = useTranslation('playground')
  const { orpc } = useApi()
  const { params } = useRoute()
  const pools = useQuery(orpc.pools.list.queryOptions()).data
  if (pools === undefined) return <SkeletonRows rows={6} />
  const pool = pools.find(({ slug }) => slug === params.get('pool')) ?? pools[0]
  if (pool === undefined)
    return (
      <EmptyState
        icon={<IconShieldCheck size={32} />}
        title={t('noPools.title')}
        text={t('noPools.drill')}
        action={{ label: t('noPools.start'), run: () => navigate('welcome') }}
      />
    )
  return (
    <Paper p="md" className={classes.drill}>
      <Stack gap="md">
        <PoolPicker value={pool.slug} onChange={(slug) => setParams({ pool: slug }, { replace: true })} all={false} labelled />
        <Drill key={pool.slug} pool={pool} />
      </Stack>
    </Paper>
  )
}
