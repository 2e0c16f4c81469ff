/** What the tray's menu says and does. */
import type { MenuItemConstructorOptions } from 'electron'
import type { ProxyStatus } from '../../src-preload/contract/index.ts'

export interface TrayFacts {
  status: ProxyStatus
  ready: number
  cooling: number
}

export interface TrayActions {
  show: () => void
  quit: () => void
  toggle: () => void
  copy: (address: string) => void
}

export const stateWords: Readonly<Record<ProxyStatus['state'], string>> = {
  off: 'Proxy off',
  starting: 'Proxy starting…',
  on: 'Proxy on',
  degraded: 'Proxy on, no key is ready',
  stopping: 'Proxy stopping…',
  error: 'Proxy could not start',
}

export const isOn = ({ state }: ProxyStatus) => state === 'on' || state === 'degraded'

export function trayMenu({ status, ready, cooling }: TrayFacts, actions: TrayActions): MenuItemConstructorOptions[] {
  const { url, reason } = status
  const isBusy = status.state === 'starting' || status.state === 'stopping'
  return [
    { label: stateWords[status.state], enabled: false },
    ...(reason && status.state === 'error' ? [{ label: reason.message, enabled: false }] : []),
    { label: `${ready} ready, ${cooling} cooling`, enabled: false },
    { type: 'separator' },
    { label: isOn(status) ? 'Switch proxy off' : 'Switch proxy on', enabled: !isBusy, click: actions.toggle },
    { label: 'Copy address', enabled: url !== null, click: () => url !== null && actions.copy(url) },
    { type: 'separator' },
    { label: 'Open Keywheel', click: actions.show },
    { label: 'Quit', click: actions.quit },
  ]
}
