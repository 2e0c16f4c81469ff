/** Settings that were changed and not saved yet: they survive a visit to another screen, and not one to another workspace. */
import type { Settings } from '../../src-preload/contract/index.ts'
import { createStore } from '../shell/store.ts'

export const settingsDraft = createStore<Partial<Settings>>({})

/** The settings as JSON, as it was typed; null = the draft as it is. `readable` = it is settings. */
export const settingsText = createStore<{ text: string; readable: boolean } | null>(null)

export function forgetSettingsDraft(): void {
  settingsDraft.set({})
  settingsText.set(null)
}
