/** Which of the page's commands stand in which menu, with the keys that the page listens to. */
import type { CommandId } from '../../src-preload/contract/index.ts'

interface MenuEntry {
  command: CommandId
  /** In Electron's notation; as the page's registry has it. */
  accelerator?: string
}

export const commandMenus = {
  file: [
    { command: 'keys.add', accelerator: 'N' },
    { command: 'pools.add' },
    { command: 'transfer.import' },
    { command: 'transfer.export' },
    { command: 'go.settings', accelerator: 'CommandOrControl+,' },
  ],
  go: [
    { command: 'go.overview', accelerator: '1' },
    { command: 'go.keys', accelerator: '2' },
    { command: 'go.traffic', accelerator: '3' },
    { command: 'go.connect', accelerator: '4' },
    { command: 'go.playground', accelerator: '5' },
    { command: 'palette.open', accelerator: 'CommandOrControl+K' },
  ],
  view: [
    { command: 'notices.show' },
    { command: 'tasks.show' },
    { command: 'proxy.toggle', accelerator: 'CommandOrControl+Shift+P' },
    { command: 'privacy.toggle', accelerator: 'CommandOrControl+Shift+H' },
    { command: 'theme.toggle' },
    { command: 'density.toggle' },
  ],
  help: [{ command: 'help.shortcuts', accelerator: '?' }, { command: 'go.welcome' }, { command: 'diagnostics.copy' }],
} as const satisfies Record<string, readonly MenuEntry[]>

export type MenuCommand = (typeof commandMenus)[keyof typeof commandMenus][number]['command']
