/** One's own prices: what a model costs where the built-in table is wrong or silent. */
import { ActionIcon, Button, Group, NumberInput, Select, Table, Text, TextInput, VisuallyHidden } from '@mantine/core'
import { IconArrowUp, IconPlus, IconTrash } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { PriceRule } from '../../../src-preload/contract/index.ts'
import { movedUp } from '../../parts/moved-up.ts'
import { Section } from '../../parts/page.tsx'
import { useApi } from '../../queries/api.tsx'
import { type Amount, amounts, newPrice, priceIssues, withAmount } from './price-rows.ts'
import type { Draft } from './use-draft.ts'

export function PricesCard({ draft }: { draft: Draft }) {
  const { t } = useTranslation('settings')
  const prices = draft.value?.prices
  if (!prices) return null
  const change = (rows: PriceRule[]) => draft.set('prices', rows)
  return (
    <Section title={t('prices.title')} description={t('prices.text')}>
      {prices.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t('prices.none')}
        </Text>
      ) : (
        <PriceTable prices={prices} onChange={change} />
      )}
      <div>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconPlus size={14} />}
          onClick={() => change([...prices, newPrice])}
        >
          {t('prices.add')}
        </Button>
      </div>
    </Section>
  )
}

function PriceTable({ prices, onChange }: { prices: readonly PriceRule[]; onChange: (prices: PriceRule[]) => void }) {
  const { t } = useTranslation('settings')
  const issues = priceIssues(prices)
  return (
    <Table.ScrollContainer minWidth={720}>
      <Table aria-label={t('prices.title')} withRowBorders={false} verticalSpacing={3} horizontalSpacing={4}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th w={150}>{t('prices.provider')}</Table.Th>
            <Table.Th>{t('prices.model')}</Table.Th>
            {amounts.map((amount) => (
              <Table.Th key={amount} w={104}>
                {t(`prices.${amount}`)}
              </Table.Th>
            ))}
            <Table.Th w={70}>
              <VisuallyHidden>{t('prices.actions')}</VisuallyHidden>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {prices.map((rule, at) => (
            // Rules have no name but their place.
            <PriceRow
              key={at}
              rule={rule}
              number={at + 1}
              problem={(part) => issues.get(`${at}.${part}`)}
              onChange={(next) => onChange(prices.map((old, index) => (index === at ? next : old)))}
              onRemove={() => onChange(prices.filter((_, index) => index !== at))}
              onUp={() => onChange(movedUp(prices, at))}
            />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

interface PriceRowProps {
  rule: PriceRule
  /** From 1. */
  number: number
  problem: (part: keyof PriceRule) => string | undefined
  onChange: (rule: PriceRule) => void
  onRemove: () => void
  onUp: () => void
}

function PriceRow({ rule, number, problem, onChange, onRemove, onUp }: PriceRowProps) {
  const { t } = useTranslation('settings')
  const { orpc } = useApi()
  const providers = useQuery(orpc.pools.providers.queryOptions()).data ?? []
  const cell = (part: string) => t('prices.cell', { part, number })
  const known = [{ value: '*', label: t('prices.anyProvider') }, ...providers.map(({ id, name }) => ({ value: id, label: name }))]
  const field = (amount: Amount) => {
    const value = rule[amount]
    return value === undefined || Number.isNaN(value) ? '' : value
  }
  return (
    <Table.Tr style={{ verticalAlign: 'top' }}>
      <Table.Td>
        <Select
          aria-label={cell(t('prices.provider'))}
          data={known}
          value={rule.provider}
          onChange={(provider) => provider && onChange({ ...rule, provider })}
          allowDeselect={false}
        />
      </Table.Td>
      <Table.Td>
        <TextInput
          aria-label={cell(t('prices.model'))}
          placeholder={t('prices.modelHint')}
          value={rule.model}
          onChange={(event) => onChange({ ...rule, model: event.currentTarget.value })}
          error={rule.model === '' ? t('prices.nameModel') : problem('model')}
          maxLength={200}
          spellCheck={false}
        />
      </Table.Td>
      {amounts.map((amount) => (
        <Table.Td key={amount}>
          <NumberInput
            aria-label={cell(t(`prices.${amount}`))}
            placeholder={amount === 'cacheRead' || amount === 'cacheWrite' ? t('prices.asInput') : ''}
            prefix="$"
            value={field(amount)}
            onChange={(value) => onChange(withAmount(rule, amount, value))}
            min={0}
            clampBehavior="none"
            hideControls
            error={Number.isNaN(rule[amount]) ? t('prices.nameAmount') : problem(amount)}
          />
        </Table.Td>
      ))}
      <Table.Td>
        <Group gap={2} wrap="nowrap" justify="flex-end" mt={4}>
          {number > 1 && (
            <ActionIcon variant="subtle" color="gray" aria-label={t('prices.up', { number })} onClick={onUp}>
              <IconArrowUp size={15} />
            </ActionIcon>
          )}
          <ActionIcon variant="subtle" color="gray" aria-label={t('prices.remove', { number })} onClick={onRemove}>
            <IconTrash size={15} />
          </ActionIcon>
        </Group>
      </Table.Td>
    </Table.Tr>
  )
}
