/** The filters of Traffic: the usual ones as fields, the others behind "More filters" and as chips; all of them stand in the address. */
import { Select, TextInput } from '@mantine/core'
import { useDebouncedCallback, useHotkeys } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { type ReactNode, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { outcomes } from '../../../src-preload/contract/index.ts'
import { PoolPicker } from '../../parts/pool-picker.tsx'
import { type TrafficFilter, withField } from './filter.ts'
import { FilterChips } from './filter-chips.tsx'
import { KeyPicker } from './key-picker.tsx'
import { MoreFilters } from './more-filters.tsx'
import classes from './traffic.module.css'

export interface FilterBarProps {
  filter: TrafficFilter
  onChange: (filter: TrafficFilter) => void
  /** At the end of the row. */
  children?: ReactNode
}

export function FilterBar({ filter, onChange, children }: FilterBarProps) {
  const { t } = useTranslation(['traffic', 'common'])
  const search = useRef<HTMLInputElement>(null)
  useHotkeys([['/', () => search.current?.focus()]])
  const choices = (['failed', ...outcomes] as const).map((value) => ({
    value,
    label: value === 'failed' ? t('traffic:filters.failed') : t(`common:outcomes.${value}`),
  }))
  return (
    <search className={classes.filters} aria-label={t('traffic:filters.label')}>
      <div className={classes.fields}>
        <SearchField
          inputRef={search}
          label={t('traffic:filters.text')}
          value={filter.q ?? ''}
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
          w={140}
        />
        <PoolPicker value={filter.pool ?? null} onChange={(pool) => onChange(withField(filter, 'pool', pool))} />
        <KeyPicker value={filter.key ?? null} onChange={(key) => onChange(withField(filter, 'key', key))} />
        <MoreFilters filter={filter} onChange={onChange} />
        <div className={classes.end}>{children}</div>
      </div>
      <FilterChips filter={filter} onChange={onChange} />
    </search>
  )
}

interface SearchFieldProps {
  label: string
  value: string
  inputRef: React.Ref<HTMLInputElement>
  onChange: (text: string) => void
}

/** Waits until typing pauses before it filters. */
function SearchField({ label, value, inputRef, onChange }: SearchFieldProps) {
  const [typed, setTyped] = useState({ value, text: value })
  const tell = useDebouncedCallback(onChange, 300)
  // The address may change by a link or the back button.
  if (typed.value !== value) setTyped({ value, text: typed.text.trim() === value ? typed.text : value })
  const write = (text: string) => {
    setTyped({ value, text })
    tell(text.trim())
  }
  return (
    <TextInput
      ref={inputRef}
      aria-label={label}
      placeholder={label}
      value={typed.text}
      onChange={(event) => write(event.currentTarget.value)}
      onKeyDown={(event) => event.key === 'Escape' && write('')}
      leftSection={<IconSearch size={15} />}
      w={180}
    />
  )
}
