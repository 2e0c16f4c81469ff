/** Finds a setting by its name and goes to its section. */
import { Autocomplete } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { setParams } from '../../route.ts'
import { useSettingIndex } from './use-setting-index.ts'

export function SettingsSearch() {
  const { t } = useTranslation('settings')
  const [query, setQuery] = useState('')
  const { sections, single } = useSettingIndex()
  // A section and a setting in it may be called the same; both lead there.
  const places = new Map([...single, ...sections].map((entry) => [entry.label, entry]))
  return (
    <Autocomplete
      aria-label={t('find.label')}
      placeholder={t('find.label')}
      leftSection={<IconSearch size={14} />}
      value={query}
      onChange={setQuery}
      data={[...places.keys()]}
      onOptionSubmit={(name) => {
        const { section, find } = places.get(name) ?? {}
        setParams({ section, find, do: null })
        // After this the field writes the choice into itself.
        queueMicrotask(() => setQuery(''))
      }}
      selectFirstOptionOnChange
      limit={12}
      w={220}
    />
  )
}
