/** usage.db in the writer: a damaged one is put aside and replaced, because calls must go on being served and counted. */
import { usageMigrations } from '../usage/schema.ts'
import { type Connection, connect, tuneUsage } from './connection.ts'
import { claimFile, type Files, setAside, sizeOf } from './files.ts'
import { knownVersion, migrate } from './migrate.ts'
import { assertSound, type ReplaceableFile, replaceableFile } from './replaceable.ts'

/** Above this, looking through the file at the start would take more than a moment; damage is then found when it is met. */
const checkedAtStart = 32 * 1024 * 1024

/** `replaced` is told the new name of a damaged file. Throws STORAGE_FAILED (action `update`) for a newer schema. */
export function openUsageFile(
  files: Files,
  now: () => number,
  replaced: (aside: string, error: unknown) => void,
): ReplaceableFile {
  function open(): Connection {
    claimFile(files.usage)
    const opened = connect(files.usage)
    try {
      knownVersion(opened, files.usage, usageMigrations)
      tuneUsage(opened)
      migrate(opened, files.usage, usageMigrations)
      if (sizeOf(files.usage) <= checkedAtStart) assertSound(opened)
      return opened
    } catch (error) {
      opened.close()
      throw error
    }
  }
  return replaceableFile(open, (error) => replaced(setAside(files.usage, now()), error))
}
