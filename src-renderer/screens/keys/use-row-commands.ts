/** What keys and buttons on rows do, and selecting more than is loaded. */
import type { Key } from '../../../src-preload/contract/index.ts'
import type { RowCommand } from './key-row.tsx'
import type { KeyActions } from './use-key-actions.ts'
import type { KeyList } from './use-key-list.ts'
import type { Selection } from './use-selection.ts'

export function useRowCommands(list: KeyList, selection: Selection, actions: KeyActions) {
  const onCommand = (command: RowCommand, keys: readonly Key[]): void => {
    const [first] = keys
    if (!first) return
    const ids = keys.map((key) => key.id)
    switch (command) {
      case 'check':
        return void actions.check(keys)
      case 'copy':
        return void actions.copy(first.id)
      case 'toggle-enabled':
        return void actions.enable(ids, !first.enabled)
      case 'remove':
        selection.clear()
        return void actions.remove(ids)
    }
  }
  /** Loads what is missing first: an action must only touch keys that were counted. */
  const selectEverything = async (): Promise<void> => {
    selection.set(await list.loadAll())
  }
  return { onCommand, selectEverything }
}
