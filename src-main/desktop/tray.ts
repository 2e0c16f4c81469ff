/** The tray: state, the switch, the address, the counts. */
import { fileURLToPath } from 'node:url'
import { clipboard, Menu, nativeImage, Tray } from 'electron'
import type { ProxyStatus } from '../../src-preload/contract/index.ts'
import type { Services } from '../services/types.ts'

export interface TrayActions {
  show(): void
  quit(): void
}

const stateWords: Record<ProxyStatus['state'], string> = {
  off: 'Proxy off',
  starting: 'Proxy starting…',
  on: 'Proxy on',
  degraded: 'Proxy on, no key is ready',
  stopping: 'Proxy stopping…',
  error: 'Proxy could not start',
}

/** Undefined where the desktop has no tray; the window must then never hide. */
export function createTray(services: Services, actions: TrayActions): Tray | undefined {
  let tray: Tray
  try {
    tray = new Tray(nativeImage.createFromPath(fileURLToPath(new URL('../../resources/tray.png', import.meta.url))))
  } catch {
    return undefined
  }
  const refresh = () => {
    const status = services.proxy.status()
    tray.setToolTip(`Keywheel: ${stateWords[status.state]}`)
    tray.setContextMenu(Menu.buildFromTemplate(template(services, status, actions)))
  }
  services.subscribe((event) => {
    if (event.type === 'proxy.state' || event.type === 'changed') refresh()
  })
  tray.on('click', actions.show)
  refresh()
  return tray
}

function template(services: Services, status: ProxyStatus, actions: TrayActions): Electron.MenuItemConstructorOptions[] {
  const isOn = status.state === 'on' || status.state === 'degraded'
  const keys = services.pools.list().map((pool) => pool.keys)
  const ready = keys.reduce((sum, counts) => sum + counts.ready + counts.unchecked, 0)
  const cooling = keys.reduce((sum, counts) => sum + counts.cooling, 0)
  // What goes wrong shows as the proxy's state; a menu has nowhere else to say it.
  const toggle = () => (isOn ? services.proxy.stop('local') : services.proxy.start({}, 'local')).catch(() => undefined)
  return [
    { label: stateWords[status.state], enabled: false },
    ...(status.reason ? [{ label: status.reason.message, enabled: false }] : []),
    { label: `${ready} ready, ${cooling} cooling`, enabled: false },
    { type: 'separator' },
    { label: isOn ? 'Switch proxy off' : 'Switch proxy on', click: () => void toggle() },
    { label: 'Copy address', enabled: status.url !== null, click: () => void clipboard.writeText(status.url ?? '') },
    { type: 'separator' },
    { label: 'Open Keywheel', click: actions.show },
    { label: 'Quit', click: actions.quit },
  ]
}
