/** What differs between two states of a pool, in the words of its form. */
import { useTranslation } from 'react-i18next'
import type { AuthStyle, PoolConfigInput, PoolState as PoolLife, Strategy } from '../../../src-preload/contract/index.ts'
import { formatPool } from '../../format.ts'
import { type Difference, differenceOf } from '../../parts/difference/difference.ts'
import { configDefaults, type FieldName } from './config-schema.ts'
import { useFieldWords } from './use-field-words.ts'

/** A pool's draft, or what its history kept; what is not in `config` has its default. */
export interface PoolState {
  slug?: string
  name?: string
  provider?: string
  baseUrl?: string
  auth?: AuthStyle
  strategy?: Strategy
  config?: PoolConfigInput
  /** In an import. */
  alias?: string | null
  state?: PoolLife
  successor?: string | null
}

const fieldNames = Object.keys(configDefaults) as FieldName[]

export function usePoolDifferences(): (before: PoolState, after: PoolState) => Difference[] {
  const { t } = useTranslation(['pools', 'common'])
  const words = useFieldWords()
  const one = (value: string | null | undefined) => (value ? [value] : [])
  const pool = (slug: string | null | undefined) => one(slug).map(formatPool)
  const auth = (style: AuthStyle | undefined) =>
    style === undefined ? [] : [`${t(style.in === 'query' ? 'authQuery' : 'authHeader')} ${style.name}: ${style.format}`]
  const strategy = (name: Strategy | undefined) => (name === undefined ? [] : [t(`common:strategies.${name}`)])
  const life = (state: PoolLife | undefined) => (state === undefined ? [] : [t(`life.states.${state}`)])
  return (before, after) => {
    const config = fieldNames.map((name) => {
      const value = (state: PoolState): unknown => state.config?.[name] ?? configDefaults[name]
      return differenceOf(t(`fields.${name}.label`), words(name, value(before)), words(name, value(after)))
    })
    const head = [
      differenceOf(t('name'), one(before.name), one(after.name)),
      differenceOf(t('provider'), one(before.provider), one(after.provider)),
      differenceOf(t('baseUrl'), one(before.baseUrl), one(after.baseUrl)),
      differenceOf(t('auth'), auth(before.auth), auth(after.auth)),
      differenceOf(t('strategy'), strategy(before.strategy), strategy(after.strategy)),
      differenceOf(t('alias'), one(before.alias), one(after.alias)),
      differenceOf(t('standing'), life(before.state), life(after.state)),
      differenceOf(t('life.successor'), pool(before.successor), pool(after.successor)),
    ]
    return [...head, ...config].filter((difference) => difference !== null)
  }
}
