/** What the tray's menu says and does. */
import type { MenuItemConstructorOptions } from 'electron'
import type { ProxyStatus } from '../../src-preload/contract/index.ts'
import { type Language, words } from './words.ts'

interface TrayPool {
  slug: string
  name: string
  ready: number
  total: number
}

export interface TrayFacts {
  status: ProxyStatus
  ready: number
  cooling: number
  /** Those with keys. */
  pools: readonly TrayPool[]
}

export interface TrayActions {
  show: () => void
  quit: () => void
  toggle: () => void
  copy: (address: string) => void
  showPool: (slug: string) => void
}

/** A menu longer than a screen cannot be used. */
const mostPools = 20

export const isOn = ({ state }: ProxyStatus) => state === 'on' || state === 'degraded'

export function trayMenu(facts: TrayFacts, actions: TrayActions, language: Language): MenuItemConstructorOptions[] {
  const { status, ready, cooling } = facts
  const { states, tray } = words[language]
  const { url, reason } = status
  const isBusy = status.state === 'starting' || status.state === 'stopping'
  return [
    { label: states[status.state], enabled: false },
    ...(reason && status.state === 'error' ? [{ label: reason.message, enabled: false }] : []),
    { label: tray.counts(ready, cooling), enabled: false },
    { type: 'separator' },
    { label: isOn(status) ? tray.off : tray.on, enabled: !isBusy, click: actions.toggle },
    { label: tray.copy, enabled: url !== null, click: () => url !== null && actions.copy(url) },
    ...poolsMenu(facts.pools, actions, language),
    { type: 'separator' },
    { label: tray.open, click: actions.show },
    { label: tray.quit, click: actions.quit },
  ]
}

function poolsMenu(pools: readonly TrayPool[], { showPool }: TrayActions, language: Language): MenuItemConstructorOptions[] {
  if (pools.length === 0) return []
  const submenu = pools.slice(0, mostPools).map(({ slug, name, ready, total }) => ({
    label: words[language].pool(name, ready, total),
    click: () => showPool(slug),
  }))
  return [{ label: words[language].tray.pools, submenu }]
}
