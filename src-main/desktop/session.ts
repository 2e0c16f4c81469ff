/** What the page's session is allowed: its own files, nothing of the network, and of all permissions one. */
import { type Session, session } from 'electron'
import { isPage, pageScheme, pageUrl } from './origin.ts'

/** Schemes that never reach the network; `blob:` and `data:` hold what the page itself made. */
const local: ReadonlySet<string> = new Set([`${pageScheme}:`, 'devtools:', 'blob:', 'data:'])

/** The copy buttons need it; reading the clipboard stays denied. */
const allowed = 'clipboard-sanitized-write'

/** Must run after Electron is ready and before the first window is made. */
export function guardSession(target: Session = session.defaultSession): void {
  target.setPermissionRequestHandler((_contents, permission, answer, { isMainFrame, requestingUrl }) =>
    answer(permission === allowed && isMainFrame && isPage(requestingUrl)),
  )
  target.setPermissionCheckHandler(
    (_contents, permission, origin, { isMainFrame }) => permission === allowed && isMainFrame && isPage(origin),
  )
  target.setDevicePermissionHandler(() => false)
  target.setDisplayMediaRequestHandler((_request, answer) => answer({}))
  target.on('will-download', (event, item) => {
    // Exports are blobs of the page; Electron asks the person where such a file shall go.
    if (!item.getURL().startsWith(`blob:${pageUrl}`)) event.preventDefault()
  })
  target.webRequest.onBeforeRequest((details, answer) => {
    answer({ cancel: !URL.canParse(details.url) || !local.has(new URL(details.url).protocol) })
  })
}
