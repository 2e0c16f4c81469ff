/** One's own prices: what a model costs where the built-in table is wrong or silent. */
import { NumberInput, Select, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { PriceRule } from '../../../src-preload/contract/index.ts'
import { useApi } from '../../queries/api.tsx'
import { type Amount, amounts, newPrice, priceIssues, withAmount } from './price-rows.ts'
import { type RuleColumn, RuleList } from './rule-list.tsx'
import type { Draft } from './use-draft.ts'

export function PricesCard({ draft }: { draft: Draft }) {
  const { t } = useTranslation('settings')
  const { orpc } = useApi()
  const providers = useQuery(orpc.pools.providers.queryOptions()).data ?? []
  const prices = draft.value?.prices
  if (!prices) return null
  const issues = priceIssues(prices)
  const known = [{ value: '*', label: t('prices.anyProvider') }, ...providers.map(({ id, name }) => ({ value: id, label: name }))]

  const label = (part: string, at: number) => t('prices.cell', { part, number: at + 1 })
  const columns: RuleColumn<PriceRule>[] = [
    {
      name: t('prices.provider'),
      width: 150,
      render: ({ rule, at, change }) => (
        <Select
          aria-label={label(t('prices.provider'), at)}
          data={known}
          value={rule.provider}
          onChange={(provider) => provider && change({ ...rule, provider })}
          allowDeselect={false}
        />
      ),
    },
    {
      name: t('prices.model'),
      render: ({ rule, at, change }) => (
        <TextInput
          aria-label={label(t('prices.model'), at)}
          placeholder={t('prices.modelHint')}
          value={rule.model}
          onChange={(event) => change({ ...rule, model: event.currentTarget.value })}
          error={rule.model === '' ? t('prices.nameModel') : issues.get(`${at}.model`)}
          maxLength={200}
          spellCheck={false}
        />
      ),
    },
    ...amounts.map(
      (amount): RuleColumn<PriceRule> => ({
        name: t(`prices.${amount}`),
        width: 104,
        render: ({ rule, at, change }) => (
          <NumberInput
            aria-label={label(t(`prices.${amount}`), at)}
            placeholder={amount === 'cacheRead' || amount === 'cacheWrite' ? t('prices.asInput') : ''}
            prefix="$"
            value={shown(rule, amount)}
            onChange={(value) => change(withAmount(rule, amount, value))}
            min={0}
            clampBehavior="none"
            hideControls
            error={Number.isNaN(rule[amount]) ? t('prices.nameAmount') : issues.get(`${at}.${amount}`)}
          />
        ),
      }),
    ),
  ]
  return (
    <RuleList
      words={{
        title: t('prices.title'),
        text: t('prices.text'),
        none: t('prices.none'),
        add: t('prices.add'),
        actions: t('prices.actions'),
        up: (number) => t('prices.up', { number }),
        remove: (number) => t('prices.remove', { number }),
      }}
      columns={columns}
      minWidth={720}
      rules={prices}
      fresh={newPrice}
      onChange={(rows) => draft.set('prices', rows)}
    />
  )
}

function shown(rule: PriceRule, amount: Amount): number | '' {
  const value = rule[amount]
  return value === undefined || Number.isNaN(value) ? '' : value
}
