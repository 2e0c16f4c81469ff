/** The command palette: every command, and what is found by what is typed. */
import { Kbd } from '@mantine/core'
import { Spotlight, type SpotlightActionGroupData, useSpotlight } from '@mantine/spotlight'
import { IconSearch } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type CommandId, commandIds } from '../../src-preload/contract/index.ts'
import { useFound } from './found.tsx'
import { paletteField, paletteStore } from './palette-store.ts'
import { type CommandGroup, registry } from './registry.ts'
import { shortcutKeys } from './shortcut-keys.ts'
import type { CommandAction } from './use-commands.ts'

export function Palette({ commands }: { commands: Record<CommandId, CommandAction> }) {
  const { t } = useTranslation()
  const [query, setQuery] = useState('')
  const { opened } = useSpotlight(paletteStore)
  const found = useFound(query, opened)
  const group = (name: CommandGroup): SpotlightActionGroupData => ({
    group: t(`palette.${name}`),
    actions: commandIds
      .filter((id) => registry[id].group === name && commands[id].available && id !== 'palette.open')
      .map((id) => {
        const { icon: Icon, shortcut } = registry[id]
        return {
          id,
          label: t(`commands.${id}`),
          leftSection: <Icon size={18} />,
          rightSection: shortcut && <Kbd size="xs">{shortcutKeys(shortcut).join(' ')}</Kbd>,
          onClick: () => commands[id].run(),
        }
      }),
  })
  return (
    <Spotlight
      store={paletteStore}
      shortcut={null}
      // At once: whoever presses Ctrl K goes on typing.
      transitionProps={{ duration: 0 }}
      lockScroll={false}
      overlayProps={{ backgroundOpacity: 0.35, blur: 0 }}
      query={query}
      onQueryChange={setQuery}
      actions={[group('places'), group('actions'), ...found]}
      nothingFound={t('palette.nothing')}
      scrollable
      attributes={{ content: { 'aria-label': t('palette.open') } }}
      maxHeight={420}
      searchProps={{
        id: paletteField,
        leftSection: <IconSearch size={18} />,
        placeholder: t('palette.placeholder'),
        'aria-label': t('palette.open'),
      }}
    />
  )
}
