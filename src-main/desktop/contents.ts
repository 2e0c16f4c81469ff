/** What no window may do, set once for every web contents that is ever made. */
import { app, type WebContents } from 'electron'
import { openLink } from './links.ts'
import { isPage } from './origin.ts'

/** Must run before the first window is made. */
export function guardContents(): void {
  app.on('web-contents-created', (_event, contents) => guard(contents))
  app.on('certificate-error', (event, _contents, _url, _error, _certificate, answer) => {
    event.preventDefault()
    answer(false)
  })
  app.on('select-client-certificate', (event) => event.preventDefault())
  app.on('login', (event) => event.preventDefault())
}

interface Navigation {
  url: string
  isMainFrame: boolean
  preventDefault(): void
}

function guard(contents: WebContents): void {
  const stay = (event: Navigation) => {
    // `location.reload()` arrives as a navigation too; the page offers it when its line to the program is lost.
    if (!event.isMainFrame || !isReload(event.url, contents.getURL())) event.preventDefault()
  }
  contents.on('will-navigate', stay)
  contents.on('will-frame-navigate', stay)
  contents.on('will-redirect', (event) => event.preventDefault())
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.setWindowOpenHandler(({ url }) => {
    openLink(url)
    return { action: 'deny' }
  })
}

function isReload(url: string, current: string): boolean {
  return isPage(url) && withoutFragment(url) === withoutFragment(current)
}

function withoutFragment(url: string): string {
  return url.replace(/#.*/s, '')
}
