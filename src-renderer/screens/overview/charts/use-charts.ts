/** What the charts over time have in common: how they are counted, their ways to the requests. */
import { useTranslation } from 'react-i18next'
import { countedFrom, type Grid } from '../../../parts/charts/grid.ts'
import { type Scope, trafficHref } from '../scope.ts'
import type { Zoom } from '../use-zoom.ts'

export interface ChartProps {
  scope: Scope
  zoom: Pick<Zoom, 'zoomTo' | 'back'>
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
