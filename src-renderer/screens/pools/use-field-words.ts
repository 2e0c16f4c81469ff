/** Values of a pool's configuration in the words of its form: a line for each part. */
import { useTranslation } from 'react-i18next'
import type { Budget, LimitSet, LimitsByModel, PoolConfig } from '../../../src-preload/contract/index.ts'
import { formatList, formatMoney } from '../../format.ts'
import { allModels, limitNames } from '../../parts/limits/limit-rows.ts'
import { type FieldName, fieldSpec, zeroMeans } from './config-schema.ts'

/** `resetZone` = the zone of the provider's own day, where that is known. */
export function useFieldWords(resetZone?: string) {
  const { t, i18n } = useTranslation(['pools', 'limits', 'fields', 'common'])
  const number = (name: FieldName, value: number): string => {
    const { kind, seconds } = fieldSpec(name)
    if (kind === 'share') return t('pools:percent', { value: Math.round(value * 100) })
    const zero = zeroMeans[name]
    if (value === 0 && zero) return t(`pools:${zero}`)
    return seconds ? `${value} ${t('pools:seconds')}` : `${value}`
  }
  const limitSet = (model: string, set: LimitSet): string => {
    const amounts = limitNames.flatMap((name) => (set[name] === undefined ? [] : [`${t(`limits:table.${name}`)} ${set[name]}`]))
    const type = set.tokenType === undefined ? [] : [`${t('limits:table.tokenType')} ${t(`limits:table.types.${set.tokenType}`)}`]
    return `${model === allModels ? t('limits:allModels') : model}: ${[...amounts, ...type].join(' · ')}`
  }
  const zone = () => (resetZone ? t('limits:zone.unset', { zone: resetZone }) : t('limits:zone.unsetUnknown'))
  const budget = ({ usd, per }: Budget) => t(`fields:budget.text.${per}`, { money: formatMoney(usd * 1e9, i18n.language) })
  const outbound = (value: string) => (value === 'system' || value === 'direct' ? t(`fields:outbound.${value}`) : value)
  const text = (name: FieldName, value: unknown): string => {
    if (typeof value === 'number') return number(name, value)
    if (typeof value === 'boolean') return value ? t('common:yes') : t('common:no')
    if (value === null && name.startsWith('batch')) return t('pools:asAbove')
    return typeof value === 'string' && value !== '' ? value : t('common:none')
  }
  const some = (lines: string[], nothing: string) => (lines.length > 0 ? lines : [nothing])

  /** A value that is not one of this field (it is being typed) is no line at all. */
  return (name: FieldName, value: unknown): string[] => {
    if (value === undefined) return []
    switch (fieldSpec(name).kind) {
      case 'limits':
        return some(
          entries(value as LimitsByModel | null).map(([model, set]) => limitSet(model, set)),
          t('pools:unlimited'),
        )
      case 'fallback':
        return some(
          (value as PoolConfig['fallback']).map(({ model, then }) => `${model} → ${formatList(then, i18n.language)}`),
          t('pools:noFallback'),
        )
      case 'names':
        return some([...(value as string[])], t('pools:modelsListed'))
      case 'deployments':
        return some(
          entries(value as PoolConfig['deployments'] | null).map(([model, deployment]) => `${model} → ${deployment}`),
          t('common:none'),
        )
      case 'object':
        return some(
          entries(value as Record<string, unknown> | null).map(([key, one]) => `${key}: ${JSON.stringify(one)}`),
          t('common:none'),
        )
      case 'zone':
        return [value === null ? zone() : text(name, value)]
      case 'budget':
        return [value === null ? t('pools:unlimited') : budget(value as Budget)]
      case 'outbound':
        return [value === null ? t('pools:asInSettings') : outbound(value as string)]
      case 'choice':
        return [t(`pools:retryUncertain.${value as PoolConfig['retryUncertain']}`)]
      case 'number':
      case 'share':
      case 'boolean':
      case 'text':
        return [text(name, value)]
    }
  }
}

function entries<T>(record: Readonly<Record<string, T>> | null): [string, T][] {
  return Object.entries(record ?? {})
}
