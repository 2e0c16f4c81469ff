/** The three charts of the overview, each asking for what it draws. Loaded apart: they bring a library of their own. */
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { ErrorNotice } from '../../parts/error-notice.tsx'
import { rangeBucket } from '../../parts/range.ts'
import { SkeletonBlock } from '../../parts/skeletons.tsx'
import { useApi } from '../../queries/api.tsx'
import { outcomeColor } from '../traffic/outcome.tsx'
import { KeysChart } from './keys-chart.tsx'
import classes from './overview.module.css'
import { queryOf, type Scope, trafficHref } from './scope.ts'
import { barStep, bucketMs, foldModels, foldOutcomes, otherModels } from './series.ts'
import { TimeChart } from './time-chart.tsx'

const modelColors = ['indigo.5', 'teal.6', 'orange.5', 'grape.5', 'cyan.7', 'pink.5']
const chartHeight = 316

export function Charts({ scope }: { scope: Scope }) {
  return (
    <>
      <div className={classes.charts}>
        <OutcomesChart scope={scope} />
        <ModelsChart scope={scope} />
      </div>
      <KeysChart scope={scope} />
    </>
  )
}

function OutcomesChart({ scope }: { scope: Scope }) {
  const { t } = useTranslation(['overview', 'common'])
  const { orpc } = useApi()
  const input = { ...queryOf(scope), bucket: rangeBucket(scope.range) }
  const answer = useQuery(orpc.usage.series.queryOptions({ input, placeholderData: keepPreviousData }))
  if (answer.isError) return <ErrorNotice error={answer.error} onRetry={() => void answer.refetch()} />
  if (!answer.data) return <SkeletonBlock height={chartHeight} />
  const step = bucketMs[answer.data.bucket]
  const { series, steps } = foldOutcomes(answer.data)
  return (
    <TimeChart
      title={t('overview:charts.outcomes')}
      how={[t('overview:charts.outcomesHow'), step === bucketMs.day && t('overview:charts.utcDays')].filter(Boolean).join(' ')}
      kind="areas"
      series={series.map(({ name, sum }) => ({
        color: outcomeColor(name),
        label: t(`common:outcomes.${name}`),
        sum,
        href: trafficHref(scope, { outcome: name }),
      }))}
      steps={steps}
      step={step}
      hrefOfStep={(at) => trafficHref(scope, {}, { kind: 'custom', from: at, to: at + step })}
      empty={t('overview:empty.title')}
    />
  )
}

function ModelsChart({ scope }: { scope: Scope }) {
  const { t } = useTranslation('overview')
  const { orpc } = useApi()
  const bucket = rangeBucket(scope.range)
  const answer = useQuery(
    orpc.usage.models.queryOptions({ input: { ...queryOf(scope), bucket }, placeholderData: keepPreviousData }),
  )
  if (answer.isError) return <ErrorNotice error={answer.error} onRetry={() => void answer.refetch()} />
  if (!answer.data) return <SkeletonBlock height={chartHeight} />
  const { from, end } = scope
  const step = barStep(from, end, bucket)
  const { series, steps } = foldModels(answer.data, { from, to: end, step })
  const label = (model: string) => (model === otherModels ? t('charts.otherModels') : model || t('charts.unknownModel'))
  return (
    <TimeChart
      title={t('charts.models')}
      how={[t('charts.modelsHow'), step >= bucketMs.day && t('charts.utcDays')].filter(Boolean).join(' ')}
      kind="bars"
      series={series.map(({ name, sum }, index) => ({
        color: modelColors[index] ?? 'gray.5',
        label: label(name),
        sum,
        href: name === otherModels || name === '' ? null : trafficHref(scope, { model: name }),
      }))}
      steps={steps}
      step={step}
      hrefOfStep={(at) => trafficHref(scope, {}, { kind: 'custom', from: at, to: at + step })}
      empty={t('charts.noTokens')}
    />
  )
}
