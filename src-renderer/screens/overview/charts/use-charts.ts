/** What the charts over time have in common: their steps, their questions, their ways to the requests. */
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useApi } from '../../../queries/api.tsx'
import { queryOf, type Scope, trafficHref } from '../scope.ts'
import type { Zoom } from '../use-zoom.ts'
import { countedFrom, type Grid, gridOf } from './grid.ts'

export interface ChartProps {
  scope: Scope
  zoom: Pick<Zoom, 'zoomTo' | 'back'>
}

const { timeZone } = new Intl.DateTimeFormat().resolvedOptions()

export function gridOfScope(scope: Scope): Grid {
  return gridOf(scope, scope.now, timeZone)
}

function inputOf(scope: Scope, { bucket, every, zone }: Grid) {
  return { ...queryOf(scope), bucket, ...(bucket !== 'day' && { every }), ...(zone !== 'UTC' && { zone }) }
}

/** `percentiles`: how long calls took as well; the log looks longer for that. */
export function useSeries(scope: Scope, grid: Grid, percentiles: boolean) {
  const { orpc } = useApi()
  return useQuery(
    orpc.usage.series.queryOptions({ input: { ...inputOf(scope, grid), percentiles }, placeholderData: keepPreviousData }),
  )
}

export function useModels(scope: Scope, grid: Grid) {
  const { orpc } = useApi()
  return useQuery(orpc.usage.models.queryOptions({ input: inputOf(scope, grid), placeholderData: keepPreviousData }))
}

/** What every chart over time is given alike. */
export function useTimeProps({ scope, zoom }: ChartProps, grid: Grid) {
  const { t } = useTranslation('overview')
  const days = grid.bucket !== 'day' ? '' : grid.zone === 'UTC' ? t('charts.utcDays') : t('charts.ownDays', { zone: grid.zone })
  return {
    days: grid,
    onZoom: zoom.zoomTo,
    onBack: zoom.back,
    hrefOf({ at, end }: { at: number; end: number }) {
      const from = Math.max(at, countedFrom(scope.from, scope.now))
      return trafficHref(scope, {}, { kind: 'custom', from, to: Math.min(end, scope.to ?? end) })
    },
    /** How it is counted, with where the days begin. */
    how: (text: string) => [text, days].filter(Boolean).join(' '),
  }
}
