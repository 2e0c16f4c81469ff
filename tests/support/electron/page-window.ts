/** The Chromium page behind one window of the program. */
import { readFileSync } from 'node:fs'
import type { BrowserContext, CDPSession, Page, Route } from '@playwright/test'
import { fromChromium, toChromium } from './address.ts'
import { bindingName, closeCall, deliverCall, type FromWorld, worldName, worldScript } from './preload-world.ts'
import type { Caller, Encoded, MainSide, PageAnswer } from './wire.ts'

/** Names of permissions: Electron's, and Chromium's where it has one that Playwright can set. */
const settable = {
  'clipboard-sanitized-write': 'clipboard-write',
  'clipboard-read': 'clipboard-read',
  geolocation: 'geolocation',
  notifications: 'notifications',
  midi: 'midi',
} as const

export interface PageWindow {
  readonly page: Page
  /** Files that the program let the page save. */
  readonly saved: string[]
  load(url: string): Promise<void>
  reload(): Promise<void>
  post(port: number, data: Encoded): void
  closePort(port: number): void
  close(): Promise<void>
}

export async function openPageWindow(
  context: BrowserContext,
  main: Caller<MainSide>,
  id: number,
  preload: string,
): Promise<PageWindow> {
  const page = await context.newPage()
  const saved: string[] = []
  const cdp = await context.newCDPSession(page)
  const world = await watchWorld(cdp, main, id, preload)
  const asked = await watchNavigation(cdp, main, id)

  await page.route('**/*', (route) =>
    answer(route, (url, isNavigation, isMain) => asked.navigation(url, isNavigation, isMain), main, id),
  )
  page.on('popup', (popup) => void popup.close())
  page.on('download', async (download) => {
    const { prevented } = await main('downloads', id, fromChromium(download.url()))
    if (prevented) await download.cancel()
    else saved.push(download.suggestedFilename())
  })
  page.on('crash', () => void main('rendererGone', id, 'crashed'))
  await grant(context, main)

  return {
    page,
    saved,
    async load(url) {
      asked.byProgram()
      await page.goto(toChromium(url), { waitUntil: 'load' })
      await main('readyToShow', id)
    },
    async reload() {
      asked.byProgram()
      await page.reload()
    },
    post: (port, data) => world.run(deliverCall(port, data)),
    closePort: (port) => world.run(closeCall(port)),
    close: () => page.close(),
  }
}

/** The preload's world in every document of the page. */
async function watchWorld(cdp: CDPSession, main: Caller<MainSide>, id: number, preload: string) {
  const { frameTree } = await cdp.send('Page.getFrameTree')
  const top = frameTree.frame.id
  let contextId: number | undefined
  const ports = new Set<number>()

  cdp.on('Runtime.executionContextCreated', ({ context }) => {
    if (context.name === worldName && context.auxData?.frameId === top) contextId = context.id
  })
  cdp.on('Runtime.executionContextsCleared', () => {
    contextId = undefined
    // The document is gone, and its ends of the ports with it.
    for (const port of ports) void main('portClosed', port)
    ports.clear()
  })
  cdp.on('Runtime.bindingCalled', ({ name, payload }) => {
    if (name !== bindingName) return
    const message = JSON.parse(payload) as FromWorld
    switch (message.type) {
      case 'ipc':
        for (const port of message.ports) ports.add(port)
        return void main('ipc', id, { ...message, frame: 'main' })
      case 'message':
        return void main('portMessage', message.port, message.data)
      case 'close':
        return void main('portClosed', message.port)
    }
  })
  await cdp.send('Runtime.enable')
  await cdp.send('Page.enable')
  await cdp.send('Runtime.addBinding', { name: bindingName, executionContextName: worldName })
  await cdp.send('Page.addScriptToEvaluateOnNewDocument', { source: worldScript(readFileSync(preload, 'utf8')), worldName })
  return {
    run(expression: string) {
      // A document that has gone meanwhile takes no messages.
      if (contextId !== undefined) cdp.send('Runtime.evaluate', { contextId, expression }).catch(() => undefined)
    },
  }
}

/** Tells the program what the page's frames do, and knows which navigations the page itself asked for. */
async function watchNavigation(cdp: CDPSession, main: Caller<MainSide>, id: number) {
  const { frameTree } = await cdp.send('Page.getFrameTree')
  const top = frameTree.frame.id
  let programs = false
  cdp.on('Page.frameNavigated', ({ frame }) => {
    if (frame.parentId === undefined) void main('navigated', id, fromChromium(frame.url + (frame.urlFragment ?? '')), false)
  })
  cdp.on('Page.navigatedWithinDocument', ({ frameId, url }) => {
    if (frameId === top) void main('navigated', id, fromChromium(url), true)
  })
  cdp.on('Page.windowOpen', ({ url }) => void main('opensWindow', id, fromChromium(url)))
  return {
    byProgram() {
      programs = true
    },
    navigation(url: string, isNavigation: boolean, isMain: boolean) {
      if (!isNavigation) return null
      const byPage = !(isMain && programs)
      if (isMain) programs = false
      return byPage ? { url, isMain } : null
    },
  }
}

async function answer(
  route: Route,
  navigation: (url: string, isNavigation: boolean, isMain: boolean) => { url: string; isMain: boolean } | null,
  main: Caller<MainSide>,
  id: number,
): Promise<void> {
  const request = route.request()
  const url = fromChromium(request.url())
  const navigates = navigation(url, request.isNavigationRequest(), request.frame().parentFrame() === null)
  let said: PageAnswer
  try {
    said = await main('request', id, { url, method: request.method(), headers: request.headers(), navigates })
  } catch (error) {
    said = { cancelled: String(error) }
  }
  if ('cancelled' in said) await route.abort(navigates ? 'aborted' : 'blockedbyclient')
  else await route.fulfill({ status: said.status, headers: said.headers, body: Buffer.from(said.body) })
}

/** Chromium gives the page exactly what the program's handlers say. */
async function grant(context: BrowserContext, main: Caller<MainSide>): Promise<void> {
  const details = { origin: 'app://bundle/', isMainFrame: true }
  const granted: string[] = []
  for (const [permission, name] of Object.entries(settable)) {
    if ((await main('permission', 'check', permission, details)) && (await main('permission', 'request', permission, details)))
      granted.push(name)
  }
  await context.grantPermissions(granted, { origin: toChromium('app://bundle/') })
}
