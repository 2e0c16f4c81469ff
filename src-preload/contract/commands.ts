/** Ids of everything a person can do from the palette, the menu, the tray or a shortcut. */
export const commandIds = [
  'go.overview',
  'go.keys',
  'go.traffic',
  'go.connect',
  'go.settings',
  'go.welcome',
  'keys.add',
  'pools.add',
  'proxy.toggle',
  'proxy.copyAddress',
  'theme.toggle',
  'transfer.export',
  'transfer.import',
  'vault.unlock',
  'help.shortcuts',
  'palette.open',
] as const
export type CommandId = (typeof commandIds)[number]
