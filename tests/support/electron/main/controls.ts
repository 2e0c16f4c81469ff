/** What the test may ask of the program's process. */

import { decode } from '../encoding.ts'
import type { MainSide, ShellFacts } from '../wire.ts'
import { app, appEvents } from './app.ts'
import { handlers, seen } from './host.ts'
import { preventable } from './loud.ts'
import { Menu, Tray } from './menu.ts'
import { ipcEvents, receivePort, relay } from './message-port.ts'
import { Notification } from './notification.ts'
import { asked, fromScheme, privileged, sessionEvents } from './session.ts'
import { powerEvents } from './small-parts.ts'
import { passTime, timersRun, waitingTimers } from './timers.ts'
import { helpers } from './utility-process.ts'
import { windows } from './windows.ts'

const controls: {
  [K in keyof MainSide]: (...args: Parameters<MainSide[K]>) => ReturnType<MainSide[K]> | Promise<ReturnType<MainSide[K]>>
} = {
  async request(windowId, { url, method, navigates }) {
    const page = windows.find(windowId)?.page
    if (!page) return { cancelled: 'the window is closed' }
    if (navigates && page.refuses(navigates.url, navigates.isMain)) return { cancelled: 'navigation refused' }
    if (asked.isCancelled(url)) return { cancelled: 'request refused' }
    if (!url.startsWith('app:')) return { cancelled: 'would have left the machine' }
    return fromScheme(url, method)
  },
  navigated: (windowId, url, sameDocument) => windows.find(windowId)?.page.navigated(url, sameDocument),
  readyToShow: (windowId) => void windows.find(windowId)?.emit('ready-to-show'),
  rendererGone: (windowId, reason) => windows.find(windowId)?.page.gone(reason),
  opensWindow: (windowId, url) => windows.find(windowId)?.page.opens(url) ?? 'deny',
  downloads: (_windowId, url) => ({ prevented: sessionEvents.emitPreventable('will-download', {}, { getURL: () => url }) }),
  ipc(windowId, { channel, data, ports, frame }) {
    const page = windows.find(windowId)?.page
    if (!page) return
    // A frame that is not the main one of this window has another identity, whatever it says of itself.
    const senderFrame =
      frame === 'main' ? page.mainFrame : frame && { url: frame.url, parent: frame.isMain ? null : page.mainFrame }
    const event = preventable({ sender: page.contents, senderFrame, ports: ports.map(receivePort) })
    if (!ipcEvents.emit(channel, event, decode(data))) throw new Error(`nobody listens on ${channel}`)
  },
  portMessage: (port, data) => relay.post(port, data),
  portClosed: (port) => relay.close(port),
  permission: (kind, permission, { origin, isMainFrame }) => asked[kind](permission, origin, isMainFrame),
  emit(target, event) {
    const answers: unknown[] = []
    const details = preventable({ url: 'https://evil.example/', isMainFrame: true })
    emitterOf(target).emit(event, details, ...argumentsOf(event, (answer) => answers.push(answer ?? null)))
    return { prevented: details.defaultPrevented, answers }
  },
  clickTray: (label) => {
    if (!Tray.current?.menu) throw new Error('there is no tray')
    Tray.current.menu.click(label)
  },
  clickMenu: (label) => {
    if (!Menu.current?.find(label)) throw new Error(`the menu has no "${label}"`)
    Menu.current.find(label)?.()
  },
  clickNotification: () => void Notification.shown.at(-1)?.emit('click'),
  pass: passTime,
  waiting: waitingTimers,
  timersRun,
  fetchScheme: async (url, method) => fromScheme(url, method).catch((error: unknown) => ({ thrown: String(error) })),
  setClipboard: (text) => {
    seen.clipboard = text
  },
  isCancelled: (url) => asked.isCancelled(url),
  isDeviceAllowed: () => asked.device(),
  sharedScreen: () => asked.display(),
  facts: () => facts(),
  closeWindow: () => windows.all()[0]?.close(),
  placeWindow(place) {
    const window = windows.all()[0]
    if (!window) throw new Error('there is no window')
    if (place === 'maximised') window.maximised = true
    else window.bounds = place
  },
  reloadWindow: () => windows.all()[0]?.webContents.reload(),
  quit: () => app.quit(),
}
Object.assign(handlers, controls)

function facts(): ShellFacts {
  return {
    ...seen,
    windows: windows.all().map((window) => ({
      id: window.id,
      options: { ...window.options, webPreferences: { ...window.options.webPreferences } },
      visible: window.visible,
      destroyed: window.isDestroyed(),
      maximised: window.maximised,
      zoom: window.isDestroyed() ? 0 : window.webContents.getZoomLevel(),
      bounds: window.bounds,
    })),
    tray: Tray.current && { toolTip: Tray.current.toolTip, menu: Tray.current.menu?.facts() ?? [] },
    menu: Menu.current?.facts() ?? [],
    schemes: privileged.map(({ scheme, privileges }) => ({ scheme, privileges: { ...privileges } })),
    helpers: helpers.map(({ path, child }) => ({ path, pid: child.pid ?? 0 })),
  }
}

function emitterOf(target: Parameters<MainSide['emit']>[0]) {
  const window = windows.all()[0]
  const emitter = { app: appEvents, powerMonitor: powerEvents, tray: Tray.current, contents: window?.page.emitter, window }[
    target
  ]
  if (!emitter) throw new Error(`there is no ${target}`)
  return emitter
}

/** The arguments after the event object, with the callback in its place. */
function argumentsOf(event: string, answer: (value?: unknown) => void): unknown[] {
  const contents = windows.all()[0]?.webContents
  switch (event) {
    case 'certificate-error':
      return [contents, 'https://evil.example/', 'ERR_CERT_AUTHORITY_INVALID', {}, answer, true]
    case 'select-client-certificate':
      return [contents, 'https://evil.example/', [{}], answer]
    case 'login':
      return [contents, { url: 'https://evil.example/' }, {}, answer]
    case 'second-instance':
      return [[], '/', {}]
    case 'will-attach-webview':
      return [{}, {}]
    default:
      return []
  }
}
