/** Models as series: their names, looks and ways to their requests. */
import { useTranslation } from 'react-i18next'
import type { Series } from '../../../parts/charts/chart-card.tsx'
import { restLook, seriesLook } from '../../../parts/charts/look.tsx'
import { type Scope, trafficHref } from '../scope.ts'
import { otherModels } from './series.ts'

export function useModelSeries(scope: Scope) {
  const { t } = useTranslation('overview')
  const label = (model: string) => (model === otherModels ? t('charts.otherModels') : model || t('charts.unknownModel'))
  return {
    label,
    seriesOf: (folded: readonly { name: string; sum: number }[], value: (sum: number) => string): Series[] =>
      folded.map(({ name, sum }, index) => ({
        name: name === otherModels ? 'other models' : name || 'unknown model',
        label: label(name),
        look: name === otherModels ? restLook : seriesLook(index),
        value: value(sum),
        href: name === otherModels || name === '' ? null : trafficHref(scope, { model: name }),
      })),
  }
}
