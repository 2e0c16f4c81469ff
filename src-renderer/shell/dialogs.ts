/** Dialogs that any place can open. */
import { createStore } from './store.ts'

export type OpenDialog = 'help' | 'unlock' | null

export const dialogs = createStore<OpenDialog>(null)

export const openHelp = () => dialogs.set('help')
export const openUnlock = () => dialogs.set('unlock')
/** Lists that hang from the header. */
export const noticeMenu = createStore(false)
export const taskMenu = createStore(false)

export const closeDialog = () => dialogs.set(null)
