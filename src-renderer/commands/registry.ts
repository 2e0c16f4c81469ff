/** Everything a person can do from anywhere: one list feeds the palette, the shortcuts and the help. */
import {
  IconActivity,
  IconArrowBackUp,
  IconBell,
  IconCopy,
  IconDownload,
  IconEyeOff,
  IconFlask,
  IconFolders,
  IconKey,
  IconKeyboard,
  IconLayoutDashboard,
  IconListCheck,
  IconLockOpen,
  IconPlug,
  IconPlus,
  type IconProps,
  IconRoute,
  IconSearch,
  IconServer,
  IconSettings,
  IconShieldCheck,
  IconSpacingVertical,
  IconSparkles,
  IconStack2,
  IconStethoscope,
  IconSunMoon,
  IconSwitch,
  IconUpload,
  IconUserPlus,
  IconUserQuestion,
  IconUsersPlus,
} from '@tabler/icons-react'
import type { ComponentType } from 'react'
import type { CommandId } from '../../src-preload/contract/index.ts'

export type CommandGroup = 'places' | 'actions'

export interface CommandEntry {
  group: CommandGroup
  icon: ComponentType<IconProps>
  /** In Mantine's notation; `mod` is Ctrl, on a Mac Cmd. Null = only in the palette. */
  shortcut: string | null
  /** A second one, for whoever is used to it. */
  also?: string
}

const place = (icon: ComponentType<IconProps>, shortcut: string | null): CommandEntry => ({ group: 'places', icon, shortcut })
const action = (icon: ComponentType<IconProps>, shortcut: string | null = null): CommandEntry => ({
  group: 'actions',
  icon,
  shortcut,
})

export const registry: Record<CommandId, CommandEntry> = {
  'go.overview': place(IconLayoutDashboard, '1'),
  'go.keys': place(IconKey, '2'),
  'go.traffic': place(IconActivity, '3'),
  'go.connect': place(IconPlug, '4'),
  'go.playground': place(IconFlask, '5'),
  'go.settings': { ...place(IconSettings, '6'), also: 'mod+,' },
  'go.welcome': place(IconSparkles, null),
  'keys.add': action(IconPlus, 'N'),
  'pools.add': action(IconStack2),
  'pools.drill': action(IconShieldCheck),
  'clients.add': action(IconUserPlus),
  'approvals.show': action(IconUserQuestion),
  'remotes.add': action(IconServer),
  'users.add': action(IconUsersPlus),
  'workspaces.add': action(IconFolders),
  'proxy.toggle': action(IconSwitch, 'mod+shift+P'),
  'proxy.copyAddress': action(IconCopy),
  'edit.undo': action(IconArrowBackUp, 'mod+Z'),
  'notices.show': action(IconBell),
  'tasks.show': action(IconListCheck),
  'privacy.toggle': action(IconEyeOff, 'mod+shift+H'),
  'theme.toggle': action(IconSunMoon),
  'density.toggle': action(IconSpacingVertical),
  'transfer.export': action(IconDownload),
  'transfer.import': action(IconUpload),
  'vault.unlock': action(IconLockOpen),
  'diagnostics.copy': action(IconStethoscope),
  'help.shortcuts': action(IconKeyboard, '?'),
  'help.tour': action(IconRoute),
  'palette.open': action(IconSearch, 'mod+K'),
}

/** Keys that the window itself answers to, for the help. */
export const windowShortcuts = [
  ['zoom', 'mod+±'],
  ['close', 'Esc'],
] as const

/** Keys that work in the list of keys (see the Keys screen), for the help; in the registry's notation. */
export const listShortcuts = [
  ['move', '↑+↓'],
  ['filter', '/'],
  ['select', 'Space'],
  ['open', 'Enter'],
  ['menu', 'shift+F10'],
  ['copy', 'C'],
  ['check', 'R'],
  ['enable', 'E'],
  ['remove', 'Del'],
] as const

/** Keys of the Playground, in the same notation. */
export const talkShortcuts = [
  ['write', '/'],
  ['send', 'Enter'],
  ['newLine', 'shift+Enter'],
  ['stop', 'Esc'],
] as const
