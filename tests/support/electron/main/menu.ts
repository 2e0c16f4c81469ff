/** `Menu` and `Tray`: what they say, and what a click does. */
import type { MenuFacts } from '../wire.ts'
import { needsReady, options } from './host.ts'
import { LoudEmitter } from './loud.ts'

type Template = Electron.MenuItemConstructorOptions[]

export class Menu {
  static current: Menu | null = null
  readonly items: Template

  constructor(items: Template) {
    this.items = items
  }

  static buildFromTemplate(template: Template): Menu {
    return new Menu(template)
  }

  static setApplicationMenu(menu: Menu | null): void {
    Menu.current = menu
  }

  facts(): MenuFacts[] {
    return this.items.map(factsOf)
  }

  /** What an item does, wherever it is in the menu. */
  find(label: string): (() => void) | undefined {
    const all = (items: Template): Template =>
      items.flatMap((item) => [item, ...(Array.isArray(item.submenu) ? all(item.submenu) : [])])
    return all(this.items).find((item) => item.label === label)?.click as (() => void) | undefined
  }

  click(label: string): void {
    const item = this.items.find((each) => each.label === label)
    if (!item) throw new Error(`the menu has no "${label}": ${this.items.map((each) => each.label).join(', ')}`)
    if (item.enabled === false)
      throw new Error(`"${label}" cannot be chosen now`)
      // Electron calls a click with the item, the window and the keys held; nothing here needs them.
    ;(item.click as (() => void) | undefined)?.()
  }
}

function factsOf({ label = '', role, enabled = true, submenu }: Template[number]): MenuFacts {
  return { label, role: role ?? '', enabled, submenu: Array.isArray(submenu) ? submenu.map(factsOf) : [] }
}

export class Tray extends LoudEmitter {
  static current: Tray | null = null
  toolTip = ''
  menu: Menu | null = null

  constructor(_image: unknown) {
    super('Tray', ['click'])
    needsReady('Tray')
    if (!options.tray) throw new Error('this desktop has no tray')
    Tray.current = this
  }

  setToolTip(text: string): void {
    this.toolTip = text
  }

  setContextMenu(menu: Menu | null): void {
    this.menu = menu
  }

  destroy(): void {
    Tray.current = null
  }
}
Tray.prototype satisfies Pick<Electron.Tray, 'setToolTip' | 'destroy'>
