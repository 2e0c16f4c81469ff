/** Whether the desktop stays silent now. */
import type { NoticeSettings } from '../../src-preload/contract/index.ts'

/** In the machine's own zone; hours that end before they begin go over midnight, and hours that end as they begin are the whole day. */
export function isQuiet(quiet: NoticeSettings['quiet'], now: Date): boolean {
  if (quiet === null) return false
  const time = `${String(now.getHours()).padStart(2, '0')}:${String(now.getMinutes()).padStart(2, '0')}`
  const { from, to } = quiet
  return from < to ? time >= from && time < to : time >= from || time < to
}
