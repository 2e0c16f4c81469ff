/** The page's own scheme: its files and nothing else, under a policy that no screen violates. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BrowserContext, Page } from '@playwright/test'
import { expect, test } from '../support/electron/test.ts'
import { call, holdLine } from './line.ts'

const built = readdirSync('out/renderer', { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name).slice('out/renderer'.length))

/** Ways to say `..`, `/` and `.` that a careless server understands. */
const climbs = ['..', '%2e%2e', '%2E%2E', '.%2e', '%252e%252e', '%c0%ae%c0%ae', '%u002e%u002e', '..;', '..%00', '....//']
const slashes = ['/', '%2f', '%5c', '\\', '%252f', '//', '/./', '%c0%af']
const targets = ['package.json', 'main/index.js', 'etc/passwd']
const strange = [
  'app://evil/',
  'app://bundle.evil/index.html',
  'app://bundle:80/',
  'app:///index.html',
  'app:index.html',
  'app://user@bundle/',
  'app://user:pass@bundle/',
  'app://BUNDLE.example/',
  'file:///etc/passwd',
  'http://bundle/',
  'https://127.0.0.1/',
  'app://bundle/assets',
  'app://bundle/assets/',
  'app://bundle/index.html/',
  'app://bundle/INDEX.HTML',
  'app://bundle/index.html%00.js',
  'app://bundle/%',
  'app://bundle/%zz',
  'app://bundle/con',
  'app://bundle/index.html:stream',
  'app://bundle/.git/config',
  'app://bundle/keywheel.db',
  'app://bundle/__proto__',
  'app://bundle/constructor',
  'app://bundle/toString',
  `app://bundle/${'a'.repeat(10_000)}`,
  `app://bundle/${'../'.repeat(3000)}etc/passwd`,
]
const hostile = [
  ...climbs.flatMap((climb) =>
    slashes.flatMap((slash) => targets.map((target) => `app://bundle/${climb}${slash}${climb}${slash}${target}`)),
  ),
  ...strange,
]

test(`${hostile.length} hostile addresses get nothing`, async ({ start }) => {
  expect(hostile.length).toBeGreaterThan(200)
  const shell = await start()
  await shell.page()
  for (const url of hostile) {
    const answer = await shell.main('fetchScheme', url, 'GET')
    if ('thrown' in answer) expect(answer.thrown, url).toContain('TypeError')
    else expect([answer.status, new TextDecoder().decode(answer.body)], url).toEqual([404, 'not found'])
  }
})

test('the files of the build are served as they are, and only to GET', async ({ start }) => {
  const shell = await start()
  await shell.page()
  expect(built.length).toBeGreaterThan(3)
  for (const path of built.filter((each) => each !== '/index.html')) {
    const answer = await shell.main('fetchScheme', `app://bundle${path}?v=1`, 'GET')
    if ('thrown' in answer) throw new Error(answer.thrown)
    expect(answer.status, path).toBe(200)
    expect(Buffer.from(answer.body).equals(readFileSync(join('out/renderer', path))), path).toBe(true)
    expect(answer.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    })
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control-'))).toEqual([])
  }
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']) {
    expect(await shell.main('fetchScheme', 'app://bundle/', method), method).toMatchObject({ status: 404 })
  }
})

test('the page has exactly the pinned policy, with a nonce of its own each time', async ({ start }) => {
  const shell = await start()
  await shell.page()
  const nonces = new Set<string>()
  for (const url of ['app://bundle/', 'app://bundle/index.html', 'app://bundle/?x=1']) {
    const answer = await shell.main('fetchScheme', url, 'GET')
    if ('thrown' in answer) throw new Error(answer.thrown)
    const policy = answer.headers['content-security-policy'] ?? ''
    const nonce = /'nonce-([^']+)'/.exec(policy)?.[1] ?? ''
    nonces.add(nonce)
    expect(policy.split('; ')).toEqual([
      "default-src 'none'",
      "script-src 'self'",
      `style-src 'self' 'nonce-${nonce}'`,
      "img-src 'self' data:",
      "font-src 'self'",
      "connect-src 'none'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "object-src 'none'",
      "require-trusted-types-for 'script'",
      'trusted-types default',
    ])
    expect(answer.headers).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'content-type': 'text/html; charset=utf-8',
    })
    const html = new TextDecoder().decode(answer.body)
    expect(html).toContain(nonce)
    expect(html.match(/<script(?![^>]*\ssrc=)[^>]*>/g) ?? [], 'inline scripts').toEqual([])
    expect(html.match(/\son[a-z]+=|<style|\sstyle=/g) ?? [], 'inline handlers and styles').toEqual([])
  }
  expect(nonces.size).toBe(3)
})

/** Keeps what the policy refused, from the first moment of every page. */
async function watchPolicy(context: BrowserContext): Promise<void> {
  await holdLine(context)
  await context.addInitScript(() => {
    const refused: string[] = []
    Object.assign(window, { refused })
    document.addEventListener('securitypolicyviolation', (event) =>
      refused.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`),
    )
  })
}

const refusedOn = (page: Page) => page.evaluate(() => (window as Window & { refused?: string[] }).refused)

test('no screen violates the policy, in either theme', async ({ start }) => {
  const shell = await start({ onPage: watchPolicy })
  const page = await shell.page()
  await page.getByRole('button', { name: 'Try the demo pool' }).click()
  await expect.poll(async () => (await call(page, '/pools/list')).body).toMatchObject([{ slug: 'demo' }])
  const tested = (await call(page, '/proxy/test', { pool: 'demo' })).body
  expect(tested).toMatchObject({ ok: true })
  const places = page.getByRole('navigation', { name: 'Places' }).getByRole('link')
  for (const theme of ['light', 'dark']) {
    expect((await call(page, '/settings/update', { theme })).status).toBe(200)
    for (let i = 0; i < (await places.count()); i += 1) {
      const place = places.nth(i)
      await place.click()
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
      // Charts and lists are drawn when their data have come.
      await page.waitForFunction(() => document.querySelector('[aria-busy="true"]') === null)
      expect(await refusedOn(page), `${await place.textContent()} ${theme}`).toEqual([])
    }
  }
  await page.keyboard.press('Control+k')
  await expect(page.getByRole('dialog')).toBeVisible()
  expect(await refusedOn(page)).toEqual([])
})

test('what the policy forbids really is refused, and is seen', async ({ start }) => {
  const shell = await start({ onPage: watchPolicy })
  const page = await shell.page()
  await page.evaluate(() => {
    const script = document.createElement('style')
    script.textContent = 'body { color: red }'
    document.head.append(script)
  })
  await expect.poll(() => refusedOn(page)).toHaveLength(1)
})
