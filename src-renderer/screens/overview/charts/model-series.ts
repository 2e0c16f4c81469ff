/** Models as series: their names, looks and ways to their requests. */
import { useTranslation } from 'react-i18next'
import { type Scope, trafficHref } from '../scope.ts'
import { restLook, seriesLook } from './look.tsx'
import { otherModels } from './series.ts'
import type { TimeSeries } from './time-chart.tsx'

export function useModelSeries(scope: Scope) {
  const { t } = useTranslation('overview')
  const label = (model: string) => (model === otherModels ? t('charts.otherModels') : model || t('charts.unknownModel'))
  return {
    label,
    seriesOf: (folded: readonly { name: string; sum: number }[], value: (sum: number) => string): TimeSeries[] =>
      folded.map(({ name, sum }, index) => ({
        name: name === otherModels ? 'other models' : name || 'unknown model',
        label: label(name),
        look: name === otherModels ? restLook : seriesLook(index),
        value: value(sum),
        href: name === otherModels || name === '' ? null : trafficHref(scope, { model: name }),
      })),
  }
}
