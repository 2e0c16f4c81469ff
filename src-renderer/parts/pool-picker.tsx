/** Chooses one pool, or all. */
import { Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useApi } from '../queries/api.tsx'

export interface PoolPickerProps {
  /** The pool's slug; null = all. */
  value: string | null
  onChange: (slug: string | null) => void
  /** Offers "all pools" (true by default). */
  all?: boolean
  /** Shows the label above the field; otherwise it is only spoken. */
  labelled?: boolean
}

export function PoolPicker({ value, onChange, all = true, labelled = false }: PoolPickerProps) {
  const { t } = useTranslation()
  const { orpc } = useApi()
  const pools = useQuery(orpc.pools.list.queryOptions()).data ?? []
  return (
    <Select
      {...(labelled ? { label: t('poolPicker.label') } : { 'aria-label': t('poolPicker.label') })}
      data={pools.map((pool) => ({ value: pool.slug, label: pool.name }))}
      value={value}
      onChange={onChange}
      placeholder={all ? t('poolPicker.all') : t('poolPicker.empty')}
      clearable={all}
      clearButtonProps={{ 'aria-label': t('clear') }}
      searchable={pools.length > 8}
      w={labelled ? undefined : 180}
    />
  )
}
