/** The tray: state, the switch, the address, the counts; drawn anew only when its words have changed. */
import { fileURLToPath } from 'node:url'
import { clipboard, Menu, nativeImage, Tray } from 'electron'
import { KeywheelError } from '../../src-preload/contract/index.ts'
import type { Services } from '../services/types.ts'
import { isOn, type TrayActions, type TrayFacts, trayMenu } from './tray-menu.ts'
import { type Language, words } from './words.ts'

export interface TrayDeps {
  services: Services
  show: () => void
  /** The window at the keys of a pool. */
  showPool: (slug: string) => void
  quit: () => void
  language: () => Language
  /** Runs something after `ms`; gives back what cancels it. */
  after: (ms: number, run: () => void) => () => void
  onError: (error: unknown) => void
}

/** Key states change with every request; their counts need not follow faster than this. */
const recountMs = 2000

/** Undefined where there can be no tray; the window must then never hide. */
export function createTray(deps: TrayDeps): { destroy(): void } | undefined {
  const icon = nativeImage.createFromPath(fileURLToPath(new URL('../../resources/tray.png', import.meta.url)))
  if (icon.isEmpty()) return undefined
  let tray: Tray
  try {
    tray = new Tray(icon)
  } catch (error) {
    deps.onError(error)
    return undefined
  }
  tray.on('click', deps.show)
  return follow(tray, deps)
}

function follow(tray: Tray, { services, show, showPool, quit, language, after, onError }: TrayDeps): { destroy(): void } {
  let drawn = ''
  let cancel: (() => void) | undefined

  const toggle = async () => {
    if (isOn(services.proxy.status())) await services.proxy.stop('local')
    else await services.proxy.start({}, 'local')
  }
  const actions: TrayActions = {
    show,
    showPool,
    quit,
    // A proxy that cannot start says why in its state, which the menu shows.
    toggle: () => void toggle().catch(onError),
    copy: (address) => void clipboard.writeText(address).catch(onError),
  }
  const draw = () => {
    cancel?.()
    cancel = undefined
    const facts = factsOf(services)
    // Between two workspaces; the next one is announced.
    if (facts === null) return
    const template = trayMenu(facts, actions, language())
    const said = JSON.stringify(template)
    if (said === drawn) return
    drawn = said
    tray.setToolTip(`Keywheel: ${words[language()].states[facts.status.state]}`)
    tray.setContextMenu(Menu.buildFromTemplate(template))
  }
  draw()
  const unsubscribe = services.subscribe((event) => {
    if (event.type === 'proxy.state') draw()
    else if (event.type !== 'request.finished') cancel ??= after(recountMs, draw)
  })
  return {
    destroy() {
      unsubscribe()
      cancel?.()
      tray.destroy()
    },
  }
}

function factsOf(services: Services): TrayFacts | null {
  try {
    // The counts are of all keys whatever is listed; of those in this state there are few.
    const { counts } = services.keys.list({ limit: 1, state: 'invalid' })
    const pools = services.pools.list().flatMap(({ slug, name, keys: { total, ready, unchecked } }) =>
      // Unchecked ones are handed out as well.
      total > 0 ? [{ slug, name, total, ready: ready + unchecked }] : [],
    )
    return {
      status: services.proxy.status(),
      ready: (counts.ready ?? 0) + (counts.unchecked ?? 0),
      cooling: counts.cooling ?? 0,
      pools,
    }
  } catch (error) {
    if (error instanceof KeywheelError && error.code === 'WORKSPACE_SWITCHING') return null
    throw error
  }
}
