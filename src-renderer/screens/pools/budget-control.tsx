/** Money that a pool may spend, and in which time. */
import { Group, type InputWrapperProps, NumberInput, Select } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { PoolConfig } from '../../../src-preload/contract/index.ts'

interface BudgetControlProps {
  label: string
  description: string
  error: string | null | undefined
  inputWrapperOrder: NonNullable<InputWrapperProps['inputWrapperOrder']>
  value: PoolConfig['budget']
  onChange: (value: PoolConfig['budget']) => void
}

const periods = ['day', 'month', 'total'] as const

export function BudgetControl({ label, value, onChange, ...common }: BudgetControlProps) {
  const { t } = useTranslation(['pools', 'common'])
  const per = value?.per ?? 'total'
  return (
    <Group gap="xs" align="start" wrap="nowrap" grow>
      <NumberInput
        {...common}
        label={label}
        prefix="$"
        min={0}
        max={1e9}
        decimalScale={2}
        thousandSeparator=","
        placeholder={t('common:none')}
        value={value?.usd ?? ''}
        onChange={(usd) => onChange(typeof usd === 'number' ? { usd, per } : null)}
      />
      <Select
        label={t('budgetPer.label')}
        data={periods.map((period) => ({ value: period, label: t(`budgetPer.${period}`) }))}
        allowDeselect={false}
        disabled={value === null}
        value={per}
        onChange={(period) => value && onChange({ ...value, per: periods.find((one) => one === period) ?? per })}
      />
    </Group>
  )
}
