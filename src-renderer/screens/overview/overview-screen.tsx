/** Overview: does it work, will it run out, what did it cost. */
import { Button, Stack } from '@mantine/core'
import { IconActivity, IconKey, IconZoomOut } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { memo, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { EmptyState } from '../../parts/empty-state.tsx'
import { ErrorNotice } from '../../parts/error-notice.tsx'
import { lazyNamed } from '../../parts/lazy-named.ts'
import { Page } from '../../parts/page.tsx'
import { PoolPicker } from '../../parts/pool-picker.tsx'
import { rangeText } from '../../parts/range.ts'
import { RangePicker } from '../../parts/range-picker.tsx'
import { SkeletonBlock } from '../../parts/skeletons.tsx'
import { useNowBy } from '../../parts/use-now.ts'
import { usePrivacy } from '../../privacy/privacy.ts'
import { useApi } from '../../queries/api.tsx'
import { navigate } from '../../route.ts'
import { AttentionList } from './attention-list.tsx'
import { useChosenPool } from './chosen.ts'
import { keyCountsOf, runwayOf, summaryOf } from './questions.ts'
import { minute, scopeOf, wholeOf } from './scope.ts'
import { Tiles } from './tiles.tsx'
import { useZoom, type Zoom } from './use-zoom.ts'

// Recharts is a third of the page: the figures do not wait for it.
const Charts = lazyNamed(() => import('./charts/charts.tsx'), 'Charts')

export function OverviewScreen() {
  const { t } = useTranslation('overview')
  const { t: common } = useTranslation()
  const { orpc } = useApi()
  const zoom = useZoom()
  const pools = useQuery(orpc.pools.list.queryOptions()).data
  const [pool, setPool] = useChosenPool(pools)
  const from = useNowBy(minute)
  const [hidden] = usePrivacy()
  return (
    <Page
      title={common('places.overview')}
      actions={
        <>
          <PoolPicker value={pool} onChange={setPool} />
          {zoom.wider && <ZoomOut zoom={zoom} />}
          <RangePicker value={zoom.range} onChange={zoom.setRange} />
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
          // Money and names are in all of it, and it is drawn by what it shows.
          <Figures key={hidden ? 'hidden' : 'shown'} zoom={zoom} pool={pool} now={from} />
        )}
      </Stack>
    </Page>
  )
}

function ZoomOut({ zoom: { wider, back } }: { zoom: Zoom }) {
  const { t } = useTranslation('overview')
  const { t: common } = useTranslation()
  if (!wider) return null
  const name = wider.kind === 'custom' ? t('zoom.before') : common(`range.${wider.kind}`)
  return (
    <Button variant="default" leftSection={<IconZoomOut size={15} />} onClick={back}>
      {t('zoom.back', { range: name })}
    </Button>
  )
}

/** Everything that is counted. Drawn anew each minute and when the numbers change. */
const Figures = memo(
  function Figures({ zoom, pool, now }: { zoom: Zoom; pool: string | null; now: number }) {
    const { orpc } = useApi()
    const whole = wholeOf(scopeOf(zoom.range, pool, now))
    const summary = useQuery(summaryOf(orpc, whole))
    const keys = useQuery(keyCountsOf(orpc, pool))
    // What needs attention stands above: what would be drawn before it would be moved by it.
    const waits = useQuery(runwayOf(orpc, pool)).isPending
    const error = summary.error ?? keys.error
    if (error) return <ErrorNotice error={error} onRetry={() => void Promise.all([summary.refetch(), keys.refetch()])} />
    const since = summary.data?.since ?? null
    return (
      <>
        <Tiles scope={whole} counts={waits ? undefined : keys.data?.counts} summary={summary.data} />
        {summary.data?.requests === 0 ? (
          <NoRequests ever={since !== null} onAll={() => zoom.setRange({ kind: 'all' })} />
        ) : (
          <Suspense fallback={<SkeletonBlock height={1060} />}>
            {/* The charts ask for themselves; but where all of it begins is in the figures. */}
            {!waits && (summary.data || zoom.range.kind !== 'all') ? (
              <Charts scope={scopeOf(zoom.range, pool, now, since)} zoom={zoom} />
            ) : (
              <SkeletonBlock height={1060} />
            )}
          </Suspense>
        )}
      </>
    )
  },
  (before, after) => before.pool === after.pool && before.now === after.now && zoomText(before.zoom) === zoomText(after.zoom),
)

function zoomText({ range, wider }: Zoom): string {
  return `${rangeText(range)} ${wider ? rangeText(wider) : ''}`
}

function NoRequests({ ever, onAll }: { ever: boolean; onAll: () => void }) {
  const { t } = useTranslation('overview')
  return (
    <EmptyState
      icon={<IconActivity size={32} />}
      title={t('empty.title')}
      text={t(ever ? 'empty.earlier' : 'empty.text')}
      action={ever ? { label: t('empty.all'), run: onAll } : { label: t('empty.action'), run: () => navigate('connect') }}
    />
  )
}
