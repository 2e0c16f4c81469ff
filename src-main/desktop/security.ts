/** What no window may do, set once for all of them. */
import { app, type Session, session, shell, type WebContents } from 'electron'
import { isPage, pageScheme } from './origin.ts'

/** Hosts that a link may open in the person's browser. */
const openable: ReadonlySet<string> = new Set(['platform.openai.com', 'console.anthropic.com', 'platform.claude.com', 'aistudio.google.com'])
const longestLink = 2048

/** Opens a link in the browser if it is https, without credentials, and to a known host; anything else is dropped. */
export function openLink(url: string): boolean {
  if (url.length > longestLink || !URL.canParse(url)) return false
  const { protocol, host, username, password } = new URL(url)
  if (protocol !== 'https:' || username || password || !openable.has(host)) return false
  void shell.openExternal(url)
  return true
}

export function guardSession(target: Session = session.defaultSession): void {
  target.setPermissionRequestHandler((_contents, _permission, answer) => answer(false))
  target.setPermissionCheckHandler(() => false)
  target.setDevicePermissionHandler(() => false)
  target.setDisplayMediaRequestHandler((_request, answer) => answer({}))
  target.on('will-download', (event) => event.preventDefault())
  // The page has no network of its own: everything it needs comes from its own scheme or through its port.
  target.webRequest.onBeforeRequest((details, answer) => {
    const own = URL.canParse(details.url) && [`${pageScheme}:`, 'devtools:', 'blob:'].includes(new URL(details.url).protocol)
    answer({ cancel: !own })
  })
}

/** Registers the rules for every web contents that is ever made. */
export function guardContents(): void {
  app.on('web-contents-created', (_event, contents) => guard(contents))
  app.on('certificate-error', (event, _contents, _url, _error, _certificate, answer) => {
    event.preventDefault()
    answer(false)
  })
  app.on('select-client-certificate', (event) => event.preventDefault())
  app.on('login', (event) => event.preventDefault())
}

function guard(contents: WebContents): void {
  const stay = (event: { preventDefault(): void }) => event.preventDefault()
  contents.on('will-navigate', stay)
  contents.on('will-frame-navigate', stay)
  contents.on('will-redirect', stay)
  contents.on('will-attach-webview', stay)
  contents.setWindowOpenHandler(({ url }) => {
    openLink(url)
    return { action: 'deny' }
  })
}

/** Whether a message comes from the main frame of our own page. */
export function isOwnFrame(frame: { url: string; parent: unknown } | null): boolean {
  return frame !== null && frame.parent === null && isPage(frame.url)
}

/** Switches that would open the program to others; a packaged one refuses to run with them. */
export function unsafeSwitch(argv: readonly string[]): string | undefined {
  return argv.find((arg) => /^--(remote-debugging|inspect|js-flags|disable-web-security|no-sandbox|proxy-server|host-rules|load-extension)/.test(arg))
}
