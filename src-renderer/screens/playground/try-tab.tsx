/** Parameters at the left, the conversation at the right. */
import { Paper } from '@mantine/core'
import { IconFlask } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { EmptyState } from '../../parts/empty-state.tsx'
import { ErrorNotice } from '../../parts/error-notice.tsx'
import { SkeletonRows } from '../../parts/skeletons.tsx'
import { toastError } from '../../parts/toast.tsx'
import { useApi } from '../../queries/api.tsx'
import { Composer } from './composer.tsx'
import { Conversation } from './conversation.tsx'
import classes from './playground.module.css'
import { SetupPanel } from './setup-panel.tsx'
import { useOpening } from './use-opening.ts'

export function TryTab() {
  const { t } = useTranslation('playground')
  const { orpc } = useApi()
  const pools = useQuery(orpc.pools.list.queryOptions())
  useOpening(pools.data)
  if (pools.isError) return <ErrorNotice error={pools.error} onRetry={() => void pools.refetch()} />
  if (!pools.data) return <SkeletonRows rows={10} />
  if (pools.data.length === 0) return <NoPools />
  return (
    <div className={classes.columns}>
      <Paper component="section" className={classes.setup} aria-label={t('setup')}>
        <SetupPanel pools={pools.data} />
      </Paper>
      <Paper component="section" className={classes.talk} aria-label={t('conversation')}>
        <Conversation />
        <Composer />
      </Paper>
    </div>
  )
}

function NoPools() {
  const { t } = useTranslation('playground')
  const { client, orpc } = useApi()
  const cache = useQueryClient()
  const demo = useMutation({
    mutationFn: () => client.pools.demo(),
    onSuccess: () => cache.invalidateQueries({ queryKey: orpc.pools.key() }),
    onError: (error) => toastError(error),
  })
  return (
    <EmptyState
      icon={<IconFlask size={32} />}
      title={t('noPools.title')}
      text={t('noPools.text')}
      action={{ label: t('noPools.action'), run: () => demo.mutate() }}
    />
  )
}
