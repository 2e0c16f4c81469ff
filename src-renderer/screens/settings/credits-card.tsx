/** What calls cost of their client's quotas: per call, per tokens, per money. */
import { ActionIcon, Autocomplete, Button, Group, NumberInput, Select, Table, Text, VisuallyHidden } from '@mantine/core'
import { IconArrowUp, IconPlus, IconTrash } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { CreditRule } from '../../../src-preload/contract/index.ts'
import { movedUp } from '../../parts/moved-up.ts'
import { Section } from '../../parts/page.tsx'
import { useApi } from '../../queries/api.tsx'
import { type CreditPart, creditIssues, creditParts, newCreditRule, withCredits } from './credit-rows.ts'
import type { Draft } from './use-draft.ts'

export function CreditsCard({ draft }: { draft: Draft }) {
  const { t } = useTranslation('servers')
  const rules = draft.value?.creditRules
  if (!rules) return null
  const change = (next: CreditRule[]) => draft.set('creditRules', next)
  return (
    <Section title={t('credits.title')} description={t('credits.text')}>
      {rules.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t('credits.none')}
        </Text>
      ) : (
        <RuleTable rules={rules} onChange={change} />
      )}
      <div>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconPlus size={14} />}
          onClick={() => change([...rules, newCreditRule])}
        >
          {t('credits.add')}
        </Button>
      </div>
    </Section>
  )
}

function RuleTable({ rules, onChange }: { rules: readonly CreditRule[]; onChange: (rules: CreditRule[]) => void }) {
  const { t } = useTranslation('servers')
  const issues = creditIssues(rules)
  return (
    <Table.ScrollContainer minWidth={640}>
      <Table aria-label={t('credits.title')} withRowBorders={false} verticalSpacing={3} horizontalSpacing={4}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th w={160}>{t('credits.pool')}</Table.Th>
            <Table.Th>{t('credits.model')}</Table.Th>
            {creditParts.map((part) => (
              <Table.Th key={part} w={118}>
                {t(`credits.${part}`)}
              </Table.Th>
            ))}
            <Table.Th w={70}>
              <VisuallyHidden>{t('credits.actions')}</VisuallyHidden>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rules.map((rule, at) => (
            // Rules have no name but their place.
            <RuleRow
              key={at}
              rule={rule}
              number={at + 1}
              problem={(part) => issues.get(`${at}.${part}`)}
              onChange={(next) => onChange(rules.map((old, index) => (index === at ? next : old)))}
              onRemove={() => onChange(rules.filter((_, index) => index !== at))}
              onUp={() => onChange(movedUp(rules, at))}
            />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

interface RuleRowProps {
  rule: CreditRule
  /** From 1. */
  number: number
  problem: (part: keyof CreditRule) => string | undefined
  onChange: (rule: CreditRule) => void
  onRemove: () => void
  onUp: () => void
}

function RuleRow({ rule, number, problem, onChange, onRemove, onUp }: RuleRowProps) {
  const { t } = useTranslation('servers')
  const { orpc } = useApi()
  const pools = useQuery(orpc.pools.list.queryOptions()).data ?? []
  const routes = useQuery(orpc.routes.list.queryOptions()).data ?? []
  const cell = (part: string) => t('credits.cell', { part, number })
  const known = [{ value: '*', label: t('credits.anyPool') }, ...pools.map(({ slug, name }) => ({ value: slug, label: name }))]
  const poolData = known.some(({ value }) => value === rule.pool) ? known : [...known, { value: rule.pool, label: rule.pool }]
  const amount = (part: CreditPart) => (Number.isNaN(rule[part]) ? '' : rule[part])
  return (
    <Table.Tr style={{ verticalAlign: 'top' }}>
      <Table.Td>
        <Select
          aria-label={cell(t('credits.pool'))}
          data={poolData}
          value={rule.pool}
          onChange={(pool) => pool && onChange({ ...rule, pool })}
          allowDeselect={false}
        />
      </Table.Td>
      <Table.Td>
        <Autocomplete
          aria-label={cell(t('credits.model'))}
          placeholder={t('credits.modelHint')}
          data={routes.map(({ model }) => model)}
          value={rule.model}
          onChange={(model) => onChange({ ...rule, model })}
          error={rule.model === '' ? t('credits.nameModel') : problem('model')}
          maxLength={200}
          spellCheck={false}
        />
      </Table.Td>
      {creditParts.map((part) => (
        <Table.Td key={part}>
          <NumberInput
            aria-label={cell(t(`credits.${part}`))}
            value={amount(part)}
            onChange={(value) => onChange(withCredits(rule, part, value))}
            min={0}
            clampBehavior="none"
            hideControls
            error={Number.isNaN(rule[part]) ? t('credits.nameAmount') : problem(part)}
          />
        </Table.Td>
      ))}
      <Table.Td>
        <Group gap={2} wrap="nowrap" justify="flex-end" mt={4}>
          {number > 1 && (
            <ActionIcon variant="subtle" color="gray" aria-label={t('credits.up', { number })} onClick={onUp}>
              <IconArrowUp size={15} />
            </ActionIcon>
          )}
          <ActionIcon variant="subtle" color="gray" aria-label={t('credits.remove', { number })} onClick={onRemove}>
            <IconTrash size={15} />
          </ActionIcon>
        </Group>
      </Table.Td>
    </Table.Tr>
  )
}
