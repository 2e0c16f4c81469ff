/** Binds the registry's shortcuts to the keyboard. */
import { useHotkeys } from '@mantine/hooks'
import { type CommandId, commandIds } from '../../src-preload/contract/index.ts'
import { undoLast } from '../parts/undo.ts'
import { registry } from './registry.ts'
import type { CommandAction } from './use-commands.ts'

/** Plain keys belong to the dialog while one is open. */
function dialogOpen(): boolean {
  return document.querySelector('[role="dialog"]') !== null
}

export function useShortcuts(commands: Record<CommandId, CommandAction>): void {
  const bound = commandIds.flatMap((id) => {
    const { shortcut, also } = registry[id]
    // In a field Ctrl Z is the field's own.
    if (!shortcut || id === 'edit.undo') return []
    // A question mark needs Shift on some keyboards and not on others.
    const ways = shortcut === '?' ? ['?', 'shift+?'] : [shortcut, ...(also ? [also] : [])]
    return ways.map((way) => ({ id, shortcut: way, modified: way.includes('mod') }))
  })
  const run = (id: CommandId) => commands[id].available && commands[id].run()

  useHotkeys(bound.filter((entry) => !entry.modified).map(({ id, shortcut }) => [shortcut, () => dialogOpen() || run(id)]))
  // With Ctrl or Cmd they work from inside a field as well.
  useHotkeys(
    bound.filter((entry) => entry.modified).map(({ id, shortcut }) => [shortcut, () => run(id)]),
    [],
  )
  useHotkeys([['mod+Z', undoLast]])
}
