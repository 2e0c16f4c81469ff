/** Which pools somebody may use: all of them, now and later, or chosen ones. An emptied choice is never "all". */
import { Checkbox, Input, MultiSelect, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { formatPool } from '../format.ts'
import { useApi } from '../queries/api.tsx'

export interface PoolsFieldProps {
  label: string
  /** Slugs; null = all. */
  value: readonly string[] | null
  onChange: (pools: string[] | null) => void
  error?: string | null | undefined
}

export function PoolsField({ label, value, onChange, error }: PoolsFieldProps) {
  const { t } = useTranslation('fields')
  const { orpc } = useApi()
  const pools = useQuery(orpc.pools.list.queryOptions()).data ?? []
  const labelId = useId()
  const gone = (value ?? []).filter((slug) => !pools.some((pool) => pool.slug === slug))
  return (
    <Stack gap={6} role="group" aria-labelledby={labelId}>
      <Input.Label id={labelId} labelElement="div">
        {label}
      </Input.Label>
      <Checkbox
        label={t('pools.all')}
        checked={value === null}
        onChange={(event) => onChange(event.currentTarget.checked ? null : [])}
      />
      {value !== null && (
        <MultiSelect
          aria-label={label}
          placeholder={value.length === 0 ? t('pools.choose') : ''}
          data={[
            ...pools.map(({ slug, name }) => ({ value: slug, label: name })),
            ...gone.map((slug) => ({ value: slug, label: t('pools.gone', { slug: formatPool(slug) }) })),
          ]}
          value={[...value]}
          onChange={onChange}
          searchable={pools.length > 8}
          error={value.length === 0 ? t('pools.none') : error}
        />
      )}
    </Stack>
  )
}
