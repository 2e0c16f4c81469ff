/** The command palette: every command, every pool, and keys by what is typed. */
import { Kbd } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { Spotlight, type SpotlightActionGroupData } from '@mantine/spotlight'
import { IconFolders, IconKey, IconPlug, IconSearch, IconSettings, IconStack2 } from '@tabler/icons-react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type CommandId, commandIds } from '../../src-preload/contract/index.ts'
import { useApi } from '../queries/api.tsx'
import { useWorkspaces } from '../queries/use-workspaces.ts'
import { navigate, settingsSections } from '../route.ts'
import { type CommandGroup, registry } from './registry.ts'
import { shortcutKeys } from './shortcut-keys.ts'
import type { CommandAction } from './use-commands.ts'

export function Palette({ commands }: { commands: Record<CommandId, CommandAction> }) {
  const { t } = useTranslation(['common', 'settings'])
  const [query, setQuery] = useState('')
  const found = useFound(query)
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
  const sections: SpotlightActionGroupData = {
    group: t('common:places.settings'),
    actions: settingsSections.map((section) => ({
      id: `settings:${section}`,
      label: t(`settings:sections.${section}`),
      leftSection: <IconSettings size={18} />,
      onClick: () => navigate('settings', { section }),
    })),
  }
  return (
    <Spotlight
      shortcut={null}
      // At once: whoever presses Ctrl K goes on typing.
      transitionProps={{ duration: 0 }}
      overlayProps={{ backgroundOpacity: 0.35, blur: 0 }}
      query={query}
      onQueryChange={setQuery}
      actions={[group('places'), group('actions'), sections, ...found]}
      nothingFound={t('palette.nothing')}
      scrollable
      attributes={{ content: { 'aria-label': t('palette.open') } }}
      maxHeight={420}
      searchProps={{
        leftSection: <IconSearch size={18} />,
        placeholder: t('palette.placeholder'),
        'aria-label': t('palette.open'),
      }}
    />
  )
}

/** Pools, clients and workspaces always, keys from two letters on; matching of keys is the application's. */
function useFound(query: string): SpotlightActionGroupData[] {
  const { t } = useTranslation(['common', 'servers'])
  const { orpc } = useApi()
  const [q] = useDebouncedValue(query.trim(), 150)
  const pools = useQuery(orpc.pools.list.queryOptions()).data ?? []
  const clients = useQuery(orpc.clients.list.queryOptions()).data ?? []
  const { workspaces, open } = useWorkspaces()
  const others = (workspaces.data ?? []).filter((workspace) => !workspace.open)
  const keys = useQuery({
    ...orpc.keys.list.queryOptions({ input: { q, limit: 8 } }),
    enabled: q.length >= 2,
    placeholderData: keepPreviousData,
  }).data
  const poolActions = pools.map((pool) => ({
    id: `pool:${pool.slug}`,
    label: pool.name,
    description: pool.slug,
    leftSection: <IconStack2 size={18} />,
    onClick: () => navigate('keys', { pool: pool.slug }),
  }))
  const keyActions = (q.length >= 2 ? (keys?.items ?? []) : []).map((key) => ({
    id: `key:${key.id}`,
    label: key.label,
    description: key.hint,
    // The application has matched it already (it may have matched a tag); the palette must not filter it away.
    keywords: query,
    leftSection: <IconKey size={18} />,
    onClick: () => navigate('keys', { key: key.id }),
  }))
  const clientActions = clients.map(({ id, name, tokenHint }) => ({
    id: `client:${id}`,
    label: name,
    description: `…${tokenHint}`,
    leftSection: <IconPlug size={18} />,
    onClick: () => navigate('connect', { client: id }),
  }))
  const workspaceActions = others.map((workspace) => ({
    id: `workspace:${workspace.slug}`,
    label: t('servers:workspaces.openName', workspace),
    leftSection: <IconFolders size={18} />,
    onClick: () => open.mutate(workspace),
  }))
  return [
    { group: t('common:palette.pools'), actions: poolActions },
    { group: t('common:palette.clients'), actions: clientActions },
    { group: t('common:palette.workspaces'), actions: workspaceActions },
    { group: t('common:palette.keys'), actions: keyActions },
  ]
}
