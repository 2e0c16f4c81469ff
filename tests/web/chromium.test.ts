/** The page's port and the window's line in a real browser: what the policy allows, and what only a browser can show. */
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type Browser, chromium, type Page } from '@playwright/test'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Connection } from '../../src-renderer/bridge/index.ts'
import { browserOptions } from '../support/browser.ts'
import { type OpenHost, openHost } from './host.ts'

declare global {
  interface Window {
    line: Connection
    batches: unknown[]
    main: MessagePort
  }
}

/** A page of one module: opens the line and keeps what comes live; the fixed styles show what the policy lets through. */
async function buildPage(): Promise<string> {
  const root = mkdtempSync(join(tmpdir(), 'kw-page-'))
  const bridge = resolve(import.meta.dirname, '../../src-renderer/bridge/index.ts')
  writeFileSync(
    join(root, 'index.html'),
    `<!doctype html><meta charset="utf-8"><meta property="csp-nonce" nonce="__CSP_NONCE__"><link rel="icon" href="data:,">
     <style nonce="__CSP_NONCE__">body { color: rgb(1, 2, 3) }</style><script type="module" src="/main.ts"></script><p id="p">page`,
  )
  writeFileSync(
    join(root, 'main.ts'),
    `import { connect } from ${JSON.stringify(bridge)}
     window.addEventListener('message', ({ data, ports }) => { if (data === 'keywheel:port') window.main = ports[0] })
     window.line = connect()
     window.batches = []
     window.line.onLive((batch) => window.batches.push(batch))`,
  )
  await build({ root, configFile: false, logLevel: 'error', build: { outDir: join(root, 'out') } })
  return join(root, 'out')
}

let at: OpenHost
let browser: Browser
beforeAll(async () => {
  const directory = await buildPage()
  ;[at, browser] = await Promise.all([openHost(directory), chromium.launch((await browserOptions()).launchOptions)])
}, 60_000)
afterAll(async () => {
  await browser?.close()
  await at?.host.close()
})

async function openPage(url: string, userAgent?: string): Promise<{ page: Page; complaints: string[] }> {
  const page = await browser.newPage(userAgent === undefined ? {} : { userAgent })
  const complaints: string[] = []
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
  page.on('pageerror', (error) => complaints.push(error.message))
  await page.goto(url)
  return { page, complaints }
}

const isOpen = (page: Page) => page.waitForFunction(() => window.line.state() === 'open')

describe('a real browser', () => {
  it('signs in by the printed address, calls, gets live data, and has nothing to complain about', async () => {
    const { page, complaints } = await openPage(at.host.newLoginUrl())
    await isOpen(page)
    expect(page.url()).toBe(`${at.base}/`)
    expect(await page.evaluate(async () => (await window.line.client.pools.list()).length)).toBe(1)
    await expect.poll(() => at.services.listeners()).toBe(1)
    at.services.emit({ type: 'changed', what: 'pools' })
    await page.waitForFunction(() => window.batches.length === 1)
    expect(await page.evaluate(() => window.batches)).toEqual([{ events: [{ type: 'changed', what: 'pools' }], dropped: 0 }])
    await page.reload()
    await isOpen(page)
    expect(complaints).toEqual([])
    await page.close()
    await expect.poll(() => at.services.listeners()).toBe(0)
  })

  it('applies styles that carry the nonce and refuses everything else that was not served as a file', async () => {
    const { page, complaints } = await openPage(at.host.newLoginUrl())
    const colour = () => page.evaluate(() => getComputedStyle(document.body).color)
    expect(await colour()).toBe('rgb(1, 2, 3)')
    await page.evaluate(() => {
      const style = document.createElement('style')
      style.textContent = 'body { color: rgb(9, 9, 9) !important }'
      document.head.append(style)
      try {
        const script = document.createElement('script')
        script.textContent = 'window.batches = "injected"'
        document.head.append(script)
      } catch {
        // Where Trusted Types are required the text cannot even be set.
      }
    })
    expect(await colour()).toBe('rgb(1, 2, 3)')
    expect(await page.evaluate(() => window.batches)).toEqual([])
    expect(await page.evaluate(() => fetch('https://evil.example/').catch((error: Error) => error.name))).toBe('TypeError')
    const refused = ['style-src', 'connect-src'].filter((name) => complaints.some((text) => text.includes(name)))
    expect(refused).toEqual(['style-src', 'connect-src'])
    await page.close()
  })

  it('lets neither a call nor a frame of another site through', async () => {
    const { page } = await openPage(at.host.newLoginUrl())
    await isOpen(page)
    // A page of another origin in the same browser, without a policy of its own that would stop it first.
    const other = await browser.newPage()
    await other.route('http://evil.test/', (route) => route.fulfill({ contentType: 'text/html', body: '<p>evil' }))
    await other.goto('http://evil.test/')
    expect(
      await other.evaluate(
        (url) =>
          fetch(url, { mode: 'no-cors' }).then(
            (r) => r.type,
            () => 'refused',
          ),
        `${at.base}/healthz`,
      ),
    ).toBe('refused')
    await other.evaluate((url) => {
      const frame = document.createElement('iframe')
      frame.src = url
      document.body.append(frame)
      return new Promise((loaded) => frame.addEventListener('load', loaded))
    }, at.base)
    expect(other.frames()).toHaveLength(2)
    for (const frame of other.frames().slice(1)) expect(await frame.locator('#p').count()).toBe(0)
    await Promise.all([page.close(), other.close()])
  })

  it('hands its port to a listener of its own page when it is a desktop window', async () => {
    const { page, complaints } = await openPage(at.base, 'Mozilla/5.0 Chrome/153.0.0.0 Electron/45.4.1')
    const asked = await page.evaluate(async () => {
      while (window.main === undefined) await new Promise((again) => setTimeout(again, 5))
      return new Promise<string>((gotIt) => {
        window.main.addEventListener('message', ({ data }) => gotIt(String(data)))
        window.main.start()
      })
    })
    expect(JSON.parse(asked)).toMatchObject({ p: { u: '/system/live' } })
    expect(await page.evaluate(() => window.line.state())).toBe('connecting')
    expect(complaints).toEqual([])
    await page.close()
  })
})
