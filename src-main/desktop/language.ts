/** The language that the shell speaks: the setting's, or the system's. Followed, because each workspace has its own settings. */
import { KeywheelError } from '../../src-preload/contract/index.ts'
import type { Services } from '../services/types.ts'
import { type Language, languageFor } from './words.ts'

/** Calls `onChange` at once and at each change. `locale` = the system's. */
export function followLanguage(services: Services, locale: string, onChange: (language: Language) => void) {
  let spoken = read(services, locale) ?? languageFor('system', locale)
  onChange(spoken)
  const stop = services.subscribe((event) => {
    if (event.type !== 'changed' || (event.what !== 'settings' && event.what !== 'workspaces')) return
    const next = read(services, locale) ?? spoken
    if (next === spoken) return
    spoken = next
    onChange(spoken)
  })
  return { now: () => spoken, stop }
}

/** Null between two workspaces; the next one is announced. */
function read(services: Services, locale: string): Language | null {
  try {
    return languageFor(services.settings.get().language, locale)
  } catch (error) {
    if (error instanceof KeywheelError && error.code === 'WORKSPACE_SWITCHING') return null
    throw error
  }
}
