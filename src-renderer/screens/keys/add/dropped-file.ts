/** Files dropped anywhere on the window: what is in them waits here for the sheet that adds keys. */
import { createStore } from '../../../shell/store.ts'
import type { KeyText, NamedText } from './key-text.ts'

export const droppedText = createStore<KeyText | null>(null)

/** Bytes; far above any list of keys, far below what would stall the page. */
const maxFileBytes = 16 * 1024 * 1024

/** Their texts; null when one is too large. */
export async function readKeyFiles(files: readonly File[]): Promise<NamedText[] | null> {
  if (files.some(({ size }) => size > maxFileBytes)) return null
  return Promise.all(files.map(async (file) => ({ name: file.name, text: await file.text() })))
}
