/** Money that may be spent, and for how long it is meant. */
import { type InputWrapperProps, NumberInput, Select, SimpleGrid } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Budget } from '../../src-preload/contract/index.ts'

const periods = ['day', 'month', 'total'] as const satisfies readonly Budget['per'][]

export interface BudgetFieldProps {
  label: string
  description: string
  /** Null = none. */
  value: Budget | null
  onChange: (value: Budget | null) => void
  error?: string | null | undefined
}

const inputWrapperOrder: NonNullable<InputWrapperProps['inputWrapperOrder']> = ['label', 'input', 'description', 'error']

export function BudgetField({ label, description, value, onChange, error }: BudgetFieldProps) {
  const { t } = useTranslation('fields')
  // Kept while there is no amount to go with it.
  const [per, setPer] = useState<Budget['per']>(value?.per ?? 'month')
  const choose = (chosen: string | null) => {
    const next = periods.find((period) => period === chosen) ?? per
    setPer(next)
    if (value) onChange({ ...value, per: next })
  }
  return (
    <SimpleGrid cols={2} data-private>
      <NumberInput
        label={label}
        description={description}
        inputWrapperOrder={inputWrapperOrder}
        placeholder={t('budget.none')}
        prefix="$"
        min={0}
        max={1e9}
        decimalScale={2}
        thousandSeparator=","
        value={value?.usd ?? ''}
        onChange={(usd) => onChange(usd === '' ? null : { usd: Number(usd), per: value?.per ?? per })}
        error={error}
      />
      <Select
        label={t('budget.per')}
        aria-label={`${label}: ${t('budget.per')}`}
        description={t('budget.perHelp')}
        inputWrapperOrder={inputWrapperOrder}
        data={periods.map((period) => ({ value: period, label: t(`budget.periods.${period}`) }))}
        value={value?.per ?? per}
        onChange={choose}
        allowDeselect={false}
        disabled={value === null}
      />
    </SimpleGrid>
  )
}
