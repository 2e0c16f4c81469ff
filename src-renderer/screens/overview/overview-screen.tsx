/** Overview: does it work, will it run out, what did it cost. */
import { Stack } from '@mantine/core'
import { IconActivity, IconKey } from '@tabler/icons-react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { lazy, memo, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { EmptyState } from '../../parts/empty-state.tsx'
import { ErrorNotice } from '../../parts/error-notice.tsx'
import { Page } from '../../parts/page.tsx'
import { PoolPicker } from '../../parts/pool-picker.tsx'
import type { Range } from '../../parts/range.ts'
import { RangePicker } from '../../parts/range-picker.tsx'
import { SkeletonBlock } from '../../parts/skeletons.tsx'
import { useNow } from '../../parts/use-now.ts'
import { useRange } from '../../parts/use-range.ts'
import { useStored } from '../../parts/use-stored.ts'
import { useApi } from '../../queries/api.tsx'
import { navigate } from '../../route.ts'
import { AttentionList } from './attention-list.tsx'
import { queryOf, scopeOf } from './scope.ts'
import { Tiles } from './tiles.tsx'

// Recharts is a third of the page: the figures do not wait for it.
const Charts = lazy(async () => ({ default: (await import('./charts.tsx')).Charts }))

const minute = 60_000
const poolCodec = { parse: (text: string | null) => text, text: (pool: string | null) => pool ?? '' }

export function OverviewScreen() {
  const { t } = useTranslation('overview')
  const { t: common } = useTranslation()
  const { orpc } = useApi()
  const [range, setRange] = useRange()
  const [storedPool, setPool] = useStored<string | null>('overview.pool', null, poolCodec)
  const pools = useQuery(orpc.pools.list.queryOptions()).data
  // A pool that was deleted since is no filter any more.
  const pool = pools?.some(({ slug }) => slug === storedPool) ? storedPool : null
  const from = Math.floor(useNow() / minute) * minute
  return (
    <Page
      title={common('places.overview')}
      actions={
        <>
          <PoolPicker value={pool} onChange={setPool} />
          <RangePicker value={range} onChange={setRange} />
        </>
      }
    >
      <Stack gap={12}>
        <AttentionList pool={pool} />
        {pools?.length === 0 ? (
          <EmptyState
            icon={<IconKey size={32} />}
            title={t('none.title')}
            text={t('none.text')}
            action={{ label: t('none.action'), run: () => navigate('welcome') }}
          />
        ) : (
          <Figures range={range} pool={pool} now={from} />
        )}
      </Stack>
    </Page>
  )
}

/** Everything that is counted. Drawn anew each minute and when the numbers change, not each second. */
const Figures = memo(function Figures({ range, pool, now }: { range: Range; pool: string | null; now: number }) {
  const { orpc } = useApi()
  const scope = scopeOf(range, pool, now)
  const summary = useQuery(orpc.usage.summary.queryOptions({ input: queryOf(scope), placeholderData: keepPreviousData }))
  const keys = useQuery(
    orpc.keys.list.queryOptions({ input: { ...(pool === null ? {} : { pool }), limit: 1 }, placeholderData: keepPreviousData }),
  )
  const error = summary.error ?? keys.error
  if (error) return <ErrorNotice error={error} onRetry={() => void Promise.all([summary.refetch(), keys.refetch()])} />
  return (
    <>
      <Tiles scope={scope} counts={keys.data?.counts} summary={summary.data} />
      {summary.data?.requests === 0 ? (
        <NoRequests />
      ) : (
        <Suspense fallback={<SkeletonBlock height={640} />}>
          <Charts scope={scope} />
        </Suspense>
      )}
    </>
  )
})

function NoRequests() {
  const { t } = useTranslation('overview')
  return (
    <EmptyState
      icon={<IconActivity size={32} />}
      title={t('empty.title')}
      text={t('empty.text')}
      action={{ label: t('empty.action'), run: () => navigate('connect') }}
    />
  )
}
