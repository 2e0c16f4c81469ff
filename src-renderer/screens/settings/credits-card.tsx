/** What calls cost of their client's quotas: per call, per tokens, per money. */
import { Autocomplete, NumberInput, Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { CreditRule } from '../../../src-preload/contract/index.ts'
import { formatPool } from '../../format.ts'
import { useApi } from '../../queries/api.tsx'
import { creditIssues, creditParts, newCreditRule, withCredits } from './credit-rows.ts'
import { type RuleColumn, RuleList } from './rule-list.tsx'
import type { Draft } from './use-draft.ts'

export function CreditsCard({ draft }: { draft: Draft }) {
  const { t } = useTranslation('servers')
  const { orpc } = useApi()
  const pools = useQuery(orpc.pools.list.queryOptions()).data ?? []
  const routes = useQuery(orpc.routes.list.queryOptions()).data ?? []
  const rules = draft.value?.creditRules
  if (!rules) return null
  const issues = creditIssues(rules)
  const known = [{ value: '*', label: t('credits.anyPool') }, ...pools.map(({ slug, name }) => ({ value: slug, label: name }))]
  /** A pool that is no more is still what the rule says. */
  const poolsWith = (pool: string) =>
    known.some(({ value }) => value === pool) ? known : [...known, { value: pool, label: formatPool(pool) }]

  const label = (part: string, at: number) => t('credits.cell', { part, number: at + 1 })
  const columns: RuleColumn<CreditRule>[] = [
    {
      name: t('credits.pool'),
      width: 160,
      render: ({ rule, at, change }) => (
        <Select
          aria-label={label(t('credits.pool'), at)}
          data={poolsWith(rule.pool)}
          value={rule.pool}
          onChange={(pool) => pool && change({ ...rule, pool })}
          allowDeselect={false}
        />
      ),
    },
    {
      name: t('credits.model'),
      render: ({ rule, at, change }) => (
        <Autocomplete
          aria-label={label(t('credits.model'), at)}
          placeholder={t('credits.modelHint')}
          data={routes.map(({ model }) => model)}
          value={rule.model}
          onChange={(model) => change({ ...rule, model })}
          error={rule.model === '' ? t('credits.nameModel') : issues.get(`${at}.model`)}
          maxLength={200}
          spellCheck={false}
        />
      ),
    },
    ...creditParts.map(
      (part): RuleColumn<CreditRule> => ({
        name: t(`credits.${part}`),
        width: 118,
        render: ({ rule, at, change }) => (
          <NumberInput
            aria-label={label(t(`credits.${part}`), at)}
            value={Number.isNaN(rule[part]) ? '' : rule[part]}
            onChange={(value) => change(withCredits(rule, part, value))}
            min={0}
            clampBehavior="none"
            hideControls
            error={Number.isNaN(rule[part]) ? t('credits.nameAmount') : issues.get(`${at}.${part}`)}
          />
        ),
      }),
    ),
  ]
  return (
    <RuleList
      words={{
        title: t('credits.title'),
        text: t('credits.text'),
        none: t('credits.none'),
        add: t('credits.add'),
        actions: t('credits.actions'),
        up: (number) => t('credits.up', { number }),
        remove: (number) => t('credits.remove', { number }),
      }}
      columns={columns}
      minWidth={640}
      rules={rules}
      fresh={newCreditRule}
      onChange={(rows) => draft.set('creditRules', rows)}
    />
  )
}
