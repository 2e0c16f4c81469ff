/** A file dropped anywhere on the window: its text waits here for the sheet that adds keys. */
import { createStore } from '../../../shell/store.ts'

export const droppedText = createStore<string | null>(null)

/** Bytes; far above any list of keys, far below what would stall the page. */
const maxFileBytes = 16 * 1024 * 1024

/** The text of a file; null when it is too large. */
export async function readKeyFile(file: File): Promise<string | null> {
  return file.size > maxFileBytes ? null : file.text()
}
