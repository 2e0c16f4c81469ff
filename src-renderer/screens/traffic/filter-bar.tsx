/** The filters of Traffic; all of them stand in the address. */
import { Pill, Select, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { outcomes } from '../../../src-preload/contract/index.ts'
import { PoolPicker } from '../../parts/pool-picker.tsx'
import { useApi } from '../../queries/api.tsx'
import type { TrafficFilter } from './filter.ts'
import { KeyPicker } from './key-picker.tsx'
import classes from './traffic.module.css'

export interface FilterBarProps {
  filter: TrafficFilter
  onChange: (filter: TrafficFilter) => void
  /** At the end of the row. */
  children?: ReactNode
}

/** Sets one field, or takes it out. */
function withField<Field extends keyof TrafficFilter>(
  filter: TrafficFilter,
  field: Field,
  value: TrafficFilter[Field] | null,
): TrafficFilter {
  const { [field]: _before, ...rest } = filter
  return { range: filter.range, ...rest, ...(value === null ? {} : { [field]: value }) }
}

const caches = ['hit', 'miss'] as const

export function FilterBar({ filter, onChange, children }: FilterBarProps) {
  const { t } = useTranslation(['traffic', 'common'])
  const choices = (['failed', ...outcomes] as const).map((value) => ({
    value,
    label: value === 'failed' ? t('traffic:filters.failed') : t(`common:outcomes.${value}`),
  }))
  return (
    <search className={classes.filters} aria-label={t('traffic:filters.label')}>
      <TextFilter
        label={t('traffic:filters.text')}
        value={filter.q ?? ''}
        width={180}
        icon
        onChange={(text) => onChange(withField(filter, 'q', text || null))}
      />
      <Select
        aria-label={t('traffic:filters.outcome')}
        placeholder={t('traffic:filters.anyOutcome')}
        data={choices}
        value={filter.outcome ?? null}
        onChange={(value) =>
          onChange(withField(filter, 'outcome', choices.find((choice) => choice.value === value)?.value ?? null))
        }
        clearable
        clearButtonProps={{ 'aria-label': t('common:clear') }}
        w={150}
      />
      <PoolPicker value={filter.pool ?? null} onChange={(pool) => onChange(withField(filter, 'pool', pool))} />
      <KeyPicker value={filter.key ?? null} onChange={(key) => onChange(withField(filter, 'key', key))} />
      <TextFilter
        label={t('traffic:filters.status')}
        value={filter.status === undefined ? '' : String(filter.status)}
        width={72}
        onChange={(text) => onChange(withField(filter, 'status', /^[1-9]\d\d$/.test(text) ? Number(text) : null))}
      />
      <Select
        aria-label={t('traffic:filters.cache')}
        placeholder={t('traffic:filters.anyCache')}
        data={caches.map((value) => ({ value, label: t(`traffic:filters.caches.${value}`) }))}
        value={filter.cache ?? null}
        onChange={(value) => onChange(withField(filter, 'cache', caches.find((known) => known === value) ?? null))}
        clearable
        clearButtonProps={{ 'aria-label': t('common:clear') }}
        w={140}
      />
      <Chips filter={filter} onChange={onChange} />
      {children}
    </search>
  )
}

/** Filters that come with a link and have no field of their own. */
function Chips({ filter, onChange }: FilterBarProps) {
  const { t } = useTranslation('traffic')
  const { orpc } = useApi()
  const clients = useQuery(orpc.clients.list.queryOptions({ enabled: filter.client !== undefined })).data
  const chips = [
    { field: 'model' as const, name: filter.model },
    { field: 'route' as const, name: filter.route },
    { field: 'client' as const, name: clients?.find(({ id }) => id === filter.client)?.name ?? filter.client },
  ]
  return chips.map(
    ({ field, name }) =>
      name !== undefined && (
        <Pill
          key={field}
          size="md"
          withRemoveButton
          onRemove={() => onChange(withField(filter, field, null))}
          removeButtonProps={{ 'aria-label': t('filters.remove', { name }), tabIndex: 0, 'aria-hidden': false }}
        >
          {t(`filters.${field}`, { name })}
        </Pill>
      ),
  )
}

interface TextFilterProps {
  label: string
  value: string
  width: number
  icon?: boolean
  onChange: (text: string) => void
}

/** Waits until typing pauses before it filters. */
function TextFilter({ label, value, width, icon = false, onChange }: TextFilterProps) {
  const [typed, setTyped] = useState({ value, text: value })
  const tell = useDebouncedCallback(onChange, 300)
  // The address may change by a link or the back button.
  if (typed.value !== value) setTyped({ value, text: typed.text.trim() === value ? typed.text : value })
  return (
    <TextInput
      aria-label={label}
      placeholder={label}
      value={typed.text}
      onChange={(event) => {
        setTyped({ value, text: event.currentTarget.value })
        tell(event.currentTarget.value.trim())
      }}
      leftSection={icon ? <IconSearch size={15} /> : undefined}
      w={width}
    />
  )
}
