/** Finds a setting by its name and goes to its section. */
import { Autocomplete } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type SettingsSection, setParams, settingsSections } from '../../route.ts'
import { settingNames, settingPlaces } from './setting-places.ts'

export function SettingsSearch() {
  const { t } = useTranslation('settings')
  const [query, setQuery] = useState('')
  const places = new Map<string, SettingsSection>([
    ...settingsSections.map((section) => [t(`sections.${section}`), section] as const),
    ...(['backups', 'export', 'import', 'erase'] as const).map((card) => [t(`${card}.title`), 'data'] as const),
    ...settingNames.map((name) => [t(`names.${name}`), settingPlaces[name]] as const),
  ])
  return (
    <Autocomplete
      aria-label={t('find.label')}
      placeholder={t('find.label')}
      leftSection={<IconSearch size={14} />}
      value={query}
      onChange={setQuery}
      data={[...places.keys()]}
      onOptionSubmit={(name) => {
        setParams({ section: places.get(name), do: null })
        setQuery('')
      }}
      selectFirstOptionOnChange
      limit={12}
      w={220}
    />
  )
}
