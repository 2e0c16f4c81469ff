/** What differs between two states of the settings, in words: a line for each part of a value. */
import { useTranslation } from 'react-i18next'
import {
  type CreditRule,
  type NewPools,
  noticeKinds,
  type PriceRule,
  qualityLevels,
  type Settings,
} from '../../../src-preload/contract/index.ts'
import { formatList, formatPool } from '../../format.ts'
import { type Difference, differenceOf } from '../../parts/difference/difference.ts'
import { configDefaults, configOfNew, type FieldName } from '../pools/config-schema.ts'
import { differing } from '../pools/pool-draft.ts'
import { useFieldWords } from '../pools/use-field-words.ts'
import { settingNames } from './setting-places.ts'

export function useSettingDifferences(): (before: Partial<Settings>, after: Partial<Settings>) => Difference[] {
  const { t } = useTranslation('settings')
  const words = useSettingWords()
  return (before, after) =>
    settingNames
      .map((name) => differenceOf(t(`names.${name}`), words(name, before), words(name, after)))
      .filter((difference) => difference !== null)
}

/** None for a setting that a state says nothing of. */
function useSettingWords() {
  const { t, i18n } = useTranslation(['settings', 'fields', 'shell', 'common', 'pools'])
  const fieldWords = useFieldWords()
  const onOff = (on: boolean) => [t(on ? 'settings:proxy.on' : 'settings:proxy.off')]
  const orNone = (text: string | null) => [text || t('settings:proxy.none')]
  const lines = (list: readonly string[]) => (list.length > 0 ? [...list] : [t('settings:proxy.none')])
  const price = ({ provider, model, ...amounts }: PriceRule) => {
    const parts = (['input', 'output', 'cacheRead', 'cacheWrite'] as const).flatMap((part) =>
      amounts[part] === undefined ? [] : [`${t(`settings:prices.${part}`)} $${amounts[part]}`],
    )
    return `${provider === '*' ? t('settings:prices.anyProvider') : provider} ${model}: ${parts.join(' · ')}`
  }
  const credits = ({ pool, model, perCall, perThousandTokens, perUsd }: CreditRule) =>
    t('settings:creditLine', { pool: pool === '*' ? pool : formatPool(pool), model, perCall, perThousandTokens, perUsd })
  const notices = ({ kinds, desktop, quiet }: Settings['notices']) => [
    ...noticeKinds.filter((kind) => kinds[kind]).map((kind) => t(`shell:noticeSettings.kinds.${kind}`)),
    ...(desktop ? [t('shell:noticeSettings.desktop')] : []),
    ...(quiet ? [`${t('shell:noticeSettings.quiet')}: ${quiet.from}–${quiet.to}`] : []),
  ]
  const quality = (models: Settings['quality']) =>
    qualityLevels.map((level) => `${t(`settings:quality.levels.${level}`)}: ${formatList(models[level], i18n.language)}`)
  const newPools = (begin: NewPools) => {
    const changed = Object.entries(differing(configOfNew(begin), configDefaults)) as [FieldName, unknown][]
    return [
      `${t('pools:strategy')}: ${t(`common:strategies.${begin.strategy}`)}`,
      ...changed.map(
        ([field, value]) => `${t(`pools:fields.${field}.label`)}: ${formatList(fieldWords(field, value), i18n.language)}`,
      ),
    ]
  }

  return (name: keyof Settings, state: Partial<Settings>): string[] => {
    const known = state as Settings
    if (state[name] === undefined) return []
    switch (name) {
      case 'theme':
        return [t(`settings:general.themes.${known.theme}`)]
      case 'language':
        return [t(`settings:general.languages.${known.language}`)]
      case 'proxyPort':
      case 'backupsKept':
        return [String(known[name])]
      case 'retentionDays':
        return [`${known.retentionDays} ${t('settings:data.daysUnit')}`]
      case 'retentionMb':
      case 'cacheMb':
        return [`${known[name]} ${t('settings:data.megabytesUnit')}`]
      case 'proxyRestore':
      case 'connectRequests':
      case 'apipoolServer':
      case 'apipoolRegistration':
      case 'apipoolReveal':
        return onOff(known[name])
      case 'proxyOrigins':
        return lines(known.proxyOrigins)
      case 'outbound':
        return [
          known.outbound === 'system' || known.outbound === 'direct' ? t(`fields:outbound.${known.outbound}`) : known.outbound,
        ]
      case 'noProxy':
      case 'caFile':
        return orNone(known[name])
      case 'prices':
        return lines(known.prices.map(price))
      case 'creditRules':
        return lines(known.creditRules.map(credits))
      case 'notices':
        return notices(known.notices)
      case 'quality':
        return quality(known.quality)
      case 'newPools':
        return newPools(known.newPools)
    }
  }
}
