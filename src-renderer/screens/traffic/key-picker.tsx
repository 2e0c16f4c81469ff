/** Chooses one key by part of its label. */
import { Select } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Key } from '../../../src-preload/contract/index.ts'
import { useApi } from '../../queries/api.tsx'

const offered = 30
/** Longer texts are pasted keys: they are not searched for, because what is searched stands in the cache of answers. */
const longestSearch = 24

export interface KeyPickerProps {
  /** The key's id; null = any. */
  value: string | null
  onChange: (id: string | null) => void
}

export function KeyPicker({ value, onChange }: KeyPickerProps) {
  const { t } = useTranslation(['traffic', 'common'])
  const { orpc } = useApi()
  const [text, setText] = useState('')
  const [search] = useDebouncedValue(text, 250)
  const chosen = useQuery(orpc.keys.get.queryOptions({ input: { id: value ?? '' }, enabled: value !== null, retry: false })).data
  // The chosen key's label stands in the field; it is no search.
  const q = search === labelOf(chosen) || search.length > longestSearch ? '' : search
  const found = useQuery(
    orpc.keys.list.queryOptions({ input: { limit: offered, ...(q ? { q } : {}) }, placeholderData: keepPreviousData }),
  ).data?.items
  const keys = [...(chosen ? [chosen] : []), ...(found ?? []).filter(({ id }) => id !== chosen?.id)]
  return (
    <Select
      aria-label={t('traffic:filters.key')}
      placeholder={t('traffic:filters.anyKey')}
      data={keys.map((key) => ({ value: key.id, label: labelOf(key) }))}
      // The application has searched already, in tags too, which no label shows.
      filter={({ options }) => options}
      nothingFoundMessage={t('traffic:filters.noKey')}
      value={value}
      onChange={onChange}
      searchable
      searchValue={text}
      onSearchChange={setText}
      clearable
      clearButtonProps={{ 'aria-label': t('common:clear') }}
      w={150}
    />
  )
}

function labelOf(key: Key | undefined): string {
  if (!key) return ''
  return key.label === key.hint ? key.label : `${key.label} · ${key.hint}`
}
