/** Gives the person a file that was made in the page. */

import { PrivacyError } from '../privacy/guard.ts'
import { privacy } from '../privacy/privacy.ts'
import { toastError } from './toast.tsx'

/** Nothing leaves the page: the browser writes `text` to where downloads go. Not in privacy mode, in which the text is masked. */
export function download(name: string, type: string, text: string): void {
  downloadBlob(name, new Blob([text], { type }))
}

/** The same for a file that is there already. */
export function downloadBlob(name: string, file: Blob): void {
  if (privacy.on()) return toastError(new PrivacyError())
  const url = URL.createObjectURL(file)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // The download has begun with the click; the browser keeps the data until it is done.
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
