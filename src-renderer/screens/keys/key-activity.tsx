/** What a key did and what happened to it: its calls by hour, the changes of its state, its last requests. */
import { Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Suspense } from 'react'
import { CardSkeleton } from '../../parts/charts/card-skeleton.tsx'
import { ErrorNotice } from '../../parts/error-notice.tsx'
import { lazyNamed } from '../../parts/lazy-named.ts'
import { useApi } from '../../queries/api.tsx'
import { KeyRequests } from './key-requests.tsx'
import { KeyTimeline } from './key-timeline.tsx'

/** What draws charts is large, and a list of keys needs none of it. */
const KeyChart = lazyNamed(() => import('./key-chart.tsx'), 'KeyChart')

export function KeyActivity({ id }: { id: string }) {
  const { orpc } = useApi()
  const figures = useQuery(orpc.keys.figures.queryOptions({ input: { ids: [id] } }))
  const [own] = figures.data ?? []
  return (
    <Stack gap="lg">
      {figures.error ? (
        <ErrorNotice error={figures.error} onRetry={() => void figures.refetch()} />
      ) : own ? (
        <Suspense fallback={<CardSkeleton />}>
          <KeyChart figures={own} at={figures.dataUpdatedAt} />
        </Suspense>
      ) : (
        <CardSkeleton />
      )}
      <KeyTimeline id={id} />
      <KeyRequests id={id} />
    </Stack>
  )
}
