/** The application menu: editing, the window, and the page's commands, which the page itself carries out. */
import { app, Menu, type MenuItemConstructorOptions } from 'electron'
import { commandMenus, type MenuCommand } from './command-menu.ts'
import { type Language, words } from './words.ts'

export interface MenuActions {
  run: (command: MenuCommand) => void
  /** A step larger (1) or smaller (-1), or as it was (0). */
  zoom: (step: -1 | 0 | 1) => void
}

export function setMenu(language: Language, actions: MenuActions): void {
  const { menus } = words[language]
  const isMac = process.platform === 'darwin'
  const leave: MenuItemConstructorOptions[] = isMac ? [] : [{ type: 'separator' }, { role: 'quit' }]
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      ...(isMac ? [{ role: 'appMenu' } as const] : []),
      { label: menus.file, submenu: [...commandItems('file', language, actions), ...leave] },
      { role: 'editMenu' },
      { label: menus.go, submenu: commandItems('go', language, actions) },
      {
        label: menus.view,
        submenu: [...development(), ...commandItems('view', language, actions), ...zoomItems(language, actions)],
      },
      { role: 'windowMenu' },
      { label: menus.help, submenu: commandItems('help', language, actions) },
    ]),
  )
}

function commandItems(menu: keyof typeof commandMenus, language: Language, { run }: MenuActions): MenuItemConstructorOptions[] {
  return commandMenus[menu].map((entry) => ({
    label: words[language].commands[entry.command],
    click: () => run(entry.command),
    ...('accelerator' in entry && shownKeys(entry.accelerator)),
  }))
}

/** Shown only: the page listens to its keys itself, and not while somebody types. A Mac would take a plain key away from it all the same. */
function shownKeys(accelerator: string): MenuItemConstructorOptions {
  if (process.platform === 'darwin' && !accelerator.includes('+')) return {}
  return { accelerator, registerAccelerator: false }
}

function zoomItems(language: Language, { zoom }: MenuActions): MenuItemConstructorOptions[] {
  const { zoom: names } = words[language]
  return [
    { type: 'separator' },
    { label: names.reset, accelerator: 'CommandOrControl+0', click: () => zoom(0) },
    { label: names.in, accelerator: 'CommandOrControl+Plus', click: () => zoom(1) },
    // The plus without Shift, and the one of the number pad.
    { label: names.in, accelerator: 'CommandOrControl+=', click: () => zoom(1), visible: false },
    { label: names.in, accelerator: 'CommandOrControl+numadd', click: () => zoom(1), visible: false },
    { label: names.out, accelerator: 'CommandOrControl+-', click: () => zoom(-1) },
    { label: names.out, accelerator: 'CommandOrControl+numsub', click: () => zoom(-1), visible: false },
    { type: 'separator' },
    { role: 'togglefullscreen' },
  ]
}

function development(): MenuItemConstructorOptions[] {
  return app.isPackaged ? [] : [{ role: 'reload' }, { role: 'toggleDevTools' }, { type: 'separator' }]
}
