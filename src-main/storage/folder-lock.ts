/** One Keywheel per data folder, whichever of its workspaces is open: they share the admin token and the running file. */
import { join } from 'node:path'
import { claimFolder, filesIn } from './files.ts'
import { takeLock } from './lock.ts'

/** Held until it is closed or the process ends. Makes the folder, private, if it is absent. Throws STORAGE_FAILED (action `close-other`). */
export function lockDataFolder(folder: string): { close(): void } {
  claimFolder(filesIn(folder))
  return takeLock(join(folder, 'workspaces.lock'))
}
