/** What no page may do: leave, open windows, ask for devices, load from the network, save what it did not make. */
import { readFileSync } from 'node:fs'
import { providers } from '../../src-main/providers/index.ts'
import { expect, test } from '../support/electron/test.ts'

const hostile = [
  'https://evil.example/',
  'http://127.0.0.1:8787/',
  'http://localhost/',
  'file:///etc/passwd',
  'about:blank',
  'data:text/html,<h1>x</h1>',
  'javascript:alert(1)',
  'app://evil/',
  'app://bundle.evil/',
  'app://bundle/other.html',
  'app://bundle/?q=1',
  'app:///',
  'devtools://devtools/bundled/inspector.html',
  'chrome://settings',
  'view-source:app://bundle/',
  'ftp://evil.example/',
  'smb://evil.example/share',
  'ms-msdt:/id',
  'blob:app://bundle/x',
  'ws://evil.example/',
]

test('navigations, redirects and webviews are refused, whatever the address', async ({ start }) => {
  const shell = await start()
  await shell.page()
  const answers = await Promise.all(
    hostile.flatMap((url) =>
      [true, false].map((isMain) => shell.main('request', 1, { url, method: 'GET', headers: {}, navigates: { url, isMain } })),
    ),
  )
  expect(answers).toHaveLength(2 * hostile.length)
  for (const answer of answers) expect(answer).toEqual({ cancelled: 'navigation refused' })
  for (const event of ['will-navigate', 'will-frame-navigate', 'will-redirect', 'will-attach-webview']) {
    expect(await shell.main('emit', 'contents', event), event).toMatchObject({ prevented: true })
  }
})

test('a page that tries to leave stays where it is', async ({ start }) => {
  const shell = await start()
  const page = await shell.page()
  const before = new URL('/', page.url()).href
  const attempts = [
    () => (location.href = 'https://evil.example/'),
    () => location.replace('http://127.0.0.1:9/'),
    () => Object.assign(document.createElement('a'), { href: 'https://evil.example/' }).click(),
    () =>
      document.head.append(
        Object.assign(document.createElement('meta'), { httpEquiv: 'refresh', content: '0;url=https://evil.example/' }),
      ),
    () => {
      const form = Object.assign(document.createElement('form'), { action: 'https://evil.example/', method: 'post' })
      document.body.append(form)
      form.submit()
    },
  ]
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  for (const attempt of attempts) {
    await page.evaluate(attempt)
    // Time for a document to be put in the place of this one, if that were possible.
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 200)))
    expect(await page.evaluate(() => [location.origin + location.pathname, document.querySelector('h1') !== null])).toEqual([
      before,
      true,
    ])
  }
})

test('no window is ever opened; a known https link goes to the browser', async ({ start }) => {
  const shell = await start()
  const page = await shell.page()
  const links: Record<string, boolean> = {
    'https://platform.openai.com/api-keys': true,
    'https://aistudio.google.com/apikey': true,
    'http://platform.openai.com/api-keys': false,
    'https://platform.openai.com.evil.example/': false,
    'https://evil.example/platform.openai.com': false,
    'https://platform.openai.com@evil.example/': false,
    'https://user:pass@platform.openai.com/': false,
    'https://platform.openai.com:8443/': false,
    'https://xn--pltform-openai-xyz.com/': false,
    'https://plаtform.openai.com/': false,
    'https://PLATFORM.OPENAI.COM/x': true,
    'javascript:alert(1)': false,
    'data:text/html,x': false,
    'file:///etc/passwd': false,
    'smb://platform.openai.com/x': false,
    'ms-msdt:/id PCWDiagnostic': false,
    'mailto:someone@example.com': false,
    'app://bundle/': false,
    'no address': false,
    '': false,
    [`https://platform.openai.com/${'a'.repeat(2048)}`]: false,
  }
  for (const url of Object.keys(links)) expect(await shell.main('opensWindow', 1, url), url).toBe('deny')
  const expected = Object.keys(links).filter((url) => links[url])
  expect((await shell.main('facts')).opened).toEqual(expected.map((url) => new URL(url).href))
  // The way it happens: a link in a page.
  await page.evaluate(() =>
    Object.assign(document.createElement('a'), { href: 'https://platform.claude.com/settings/keys', target: '_blank' }).click(),
  )
  await expect.poll(async () => (await shell.main('facts')).opened.at(-1)).toBe('https://platform.claude.com/settings/keys')
  await expect.poll(() => page.context().pages().length).toBe(1)
})

test('every page where a provider hands out keys can be opened', async ({ start }) => {
  const shell = await start()
  await shell.page()
  const pages = Object.values(providers).flatMap(({ keysUrl }) => keysUrl ?? [])
  expect(pages.length).toBeGreaterThan(2)
  for (const url of pages) await shell.main('opensWindow', 1, url)
  expect((await shell.main('facts')).opened).toEqual(pages)
})

/** Every name that Electron's types know, so that a new one is not forgotten. */
function permissions(): string[] {
  const types = readFileSync('node_modules/electron/electron.d.ts', 'utf8')
  const [, list = ''] = /setPermissionCheckHandler\(handler: \(\(webContents: [^,]+, permission: ([^,]+),/.exec(types) ?? []
  return [...list.matchAll(/'([^']+)'/g)].map(([, name]) => name ?? '')
}

test('of all permissions only writing to the clipboard is given, and only to our main frame', async ({ start }) => {
  const shell = await start()
  await shell.page()
  const all = permissions()
  expect(all.length).toBeGreaterThan(40)
  const given: string[] = []
  for (const permission of all) {
    for (const kind of ['check', 'request'] as const) {
      for (const origin of ['app://bundle/', 'https://evil.example/', 'app://evil/', '']) {
        for (const isMainFrame of [true, false]) {
          if (await shell.main('permission', kind, permission, { origin, isMainFrame }))
            given.push(`${kind} ${permission} ${origin} ${isMainFrame}`)
        }
      }
    }
  }
  expect(given).toEqual([
    'check clipboard-sanitized-write app://bundle/ true',
    'request clipboard-sanitized-write app://bundle/ true',
  ])
  expect(await shell.main('isDeviceAllowed')).toBe(false)
  expect(await shell.main('sharedScreen')).toEqual({})
})

test('the page may write to the clipboard and not read it', async ({ start }) => {
  const shell = await start()
  const page = await shell.page()
  expect(
    await page.evaluate(() =>
      navigator.clipboard.writeText('x').then(
        () => 'written',
        (error: Error) => error.name,
      ),
    ),
  ).toBe('written')
  expect(await page.evaluate(() => navigator.clipboard.readText().catch((error: Error) => error.name))).toBe('NotAllowedError')
})

test('a certificate that is wrong, a client certificate and a password are never given', async ({ start }) => {
  const shell = await start()
  await shell.page()
  expect(await shell.main('emit', 'app', 'certificate-error')).toEqual({ prevented: true, answers: [false] })
  expect(await shell.main('emit', 'app', 'select-client-certificate')).toEqual({ prevented: true, answers: [] })
  expect(await shell.main('emit', 'app', 'login')).toEqual({ prevented: true, answers: [] })
})

test('only what the page made itself can be saved', async ({ start }) => {
  const shell = await start()
  const page = await shell.page()
  const save = (url: string) =>
    page.evaluate((href) => {
      const link = Object.assign(document.createElement('a'), {
        href: href === '' ? URL.createObjectURL(new Blob(['made here'])) : href,
        download: 'file.txt',
      })
      link.click()
    }, url)
  await save('')
  await expect.poll(() => shell.saved()).toEqual(['file.txt'])
  for (const url of [
    'https://evil.example/x',
    'http://127.0.0.1/x',
    'data:text/plain,x',
    'blob:https://evil.example/1',
    'blob:app://bundle.evil/1',
  ]) {
    expect(await shell.main('downloads', 1, url), url).toEqual({ prevented: true })
  }
})

test('nothing of the page reaches the network', async ({ start }) => {
  const shell = await start()
  const page = await shell.page()
  const allowed = ['app://bundle/', 'app://bundle/assets/x.js', 'blob:app://bundle/1', 'data:image/png;base64,AA==']
  const refused = [
    'https://evil.example/',
    'http://127.0.0.1:8787/healthz',
    'ws://localhost/',
    'file:///etc/passwd',
    'ftp://x/',
    'chrome://gpu',
    'no address',
  ]
  for (const url of allowed) expect(await shell.main('isCancelled', url), url).toBe(false)
  for (const url of refused) expect(await shell.main('isCancelled', url), url).toBe(true)
  const fetched = await page.evaluate(() =>
    fetch('https://evil.example/').then(
      () => 'answered',
      (error: Error) => error.name,
    ),
  )
  expect(fetched).toBe('TypeError')
})
