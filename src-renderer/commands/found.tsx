/** What the palette finds beside commands: keys, pools, clients, prompts, routes, servers, workspaces, settings. */
import { useDebouncedValue } from '@mantine/hooks'
import type { SpotlightActionData, SpotlightActionGroupData } from '@mantine/spotlight'
import {
  IconFolders,
  IconKey,
  IconMessageCode,
  IconPlug,
  type IconProps,
  IconRoute,
  IconServer,
  IconSettings,
  IconStack2,
} from '@tabler/icons-react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import type { ComponentType } from 'react'
import { useTranslation } from 'react-i18next'
import { formatPool } from '../format.ts'
import { useApi } from '../queries/api.tsx'
import { useWorkspaces } from '../queries/use-workspaces.ts'
import { navigate, type Params, type Place } from '../route.ts'
import { useSettingIndex } from '../screens/settings/use-setting-index.ts'

type Found = Omit<SpotlightActionData, 'leftSection'> & { icon: ComponentType<IconProps> }

/** Nothing is asked for while the palette is closed. Keys and single settings need two letters; keys are matched by the application. */
export function useFound(query: string, opened: boolean): SpotlightActionGroupData[] {
  const { t } = useTranslation('common')
  const typed = query.trim().length >= 2
  const groups: [string, Found[]][] = [
    [t('places.settings'), useSettings(typed)],
    [t('palette.pools'), usePools(opened)],
    [t('palette.clients'), useClients(opened)],
    [t('palette.workspaces'), useOtherWorkspaces()],
    [t('palette.prompts'), usePrompts(opened)],
    [t('palette.routes'), useRoutes(opened)],
    [t('palette.remotes'), useRemotes(opened)],
    [t('palette.keys'), useKeys(query, opened)],
  ]
  return groups.map(([group, found]) => ({
    group,
    actions: found.map(({ icon: Icon, ...action }) => ({ ...action, leftSection: <Icon size={18} /> })),
  }))
}

const to = (place: Place, params: Params) => () => navigate(place, params)

function useSettings(typed: boolean): Found[] {
  const { t } = useTranslation('settings')
  const { sections, single } = useSettingIndex()
  return [
    ...sections.map(({ id, label, section }) => ({
      id: `settings:${id}`,
      label,
      icon: IconSettings,
      onClick: to('settings', { section }),
    })),
    ...(typed ? single : []).map(({ id, label, section, find }) => ({
      id: `setting:${id}`,
      label,
      description: t(`sections.${section}`),
      icon: IconSettings,
      onClick: to('settings', { section, find }),
    })),
  ]
}

function usePools(opened: boolean): Found[] {
  const { orpc } = useApi()
  const pools = useQuery({ ...orpc.pools.list.queryOptions(), enabled: opened }).data ?? []
  return pools.map(({ slug, name }) => ({
    id: `pool:${slug}`,
    label: name,
    description: formatPool(slug),
    keywords: slug,
    icon: IconStack2,
    onClick: to('keys', { pool: slug }),
  }))
}

function useClients(opened: boolean): Found[] {
  const { orpc } = useApi()
  const clients = useQuery({ ...orpc.clients.list.queryOptions(), enabled: opened }).data ?? []
  return clients.map(({ id, name, tokenHint }) => ({
    id: `client:${id}`,
    label: name,
    description: `…${tokenHint}`,
    icon: IconPlug,
    onClick: to('connect', { client: id }),
  }))
}

function useOtherWorkspaces(): Found[] {
  const { t } = useTranslation('servers')
  const { workspaces, open } = useWorkspaces()
  return (workspaces.data ?? [])
    .filter((workspace) => !workspace.open)
    .map((workspace) => ({
      id: `workspace:${workspace.slug}`,
      label: t('workspaces.openName', workspace),
      icon: IconFolders,
      onClick: () => open.mutate(workspace),
    }))
}

function usePrompts(opened: boolean): Found[] {
  const { orpc } = useApi()
  const prompts = useQuery({ ...orpc.prompts.list.queryOptions(), enabled: opened }).data ?? []
  return prompts.map(({ slug, name }) => ({
    id: `prompt:${slug}`,
    label: name,
    description: slug,
    icon: IconMessageCode,
    onClick: to('connect', { tab: 'prompts', prompt: slug }),
  }))
}

function useRoutes(opened: boolean): Found[] {
  const { orpc } = useApi()
  const routes = useQuery({ ...orpc.routes.list.queryOptions(), enabled: opened }).data ?? []
  return routes.map(({ id, model }) => ({
    id: `route:${id}`,
    label: model,
    icon: IconRoute,
    onClick: to('connect', { tab: 'models' }),
  }))
}

function useRemotes(opened: boolean): Found[] {
  const { orpc } = useApi()
  const remotes = useQuery({ ...orpc.remotes.list.queryOptions(), enabled: opened }).data ?? []
  return remotes.map(({ id, name, url }) => ({
    id: `remote:${id}`,
    label: name,
    description: url,
    icon: IconServer,
    onClick: to('settings', { section: 'remotes' }),
  }))
}

function useKeys(query: string, opened: boolean): Found[] {
  const { orpc } = useApi()
  const [q] = useDebouncedValue(query.trim(), 150)
  const asked = opened && q.length >= 2
  const keys = useQuery({
    ...orpc.keys.list.queryOptions({ input: { q, limit: 8 } }),
    enabled: asked,
    placeholderData: keepPreviousData,
  }).data
  return (asked ? (keys?.items ?? []) : []).map((key) => ({
    id: `key:${key.id}`,
    label: key.label,
    description: key.hint,
    // The application has matched it already (it may have matched a tag); the palette must not filter it away.
    keywords: query,
    icon: IconKey,
    onClick: to('keys', { key: key.id }),
  }))
}
