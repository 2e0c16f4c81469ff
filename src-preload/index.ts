/** Hands the page's one MessagePort to the main process, and exposes nothing. */
import { ipcRenderer } from 'electron'
import { handover } from './contract/handover.ts'

let handed = false

window.addEventListener('message', (event) => {
  // One port per document, from this very window: a second one, or one from a frame, is dropped.
  if (handed || event.source !== window || event.data !== handover || event.ports.length !== 1) return
  handed = true
  ipcRenderer.postMessage(handover, null, [...event.ports])
})
