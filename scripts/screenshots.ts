// npm run screenshots: takes the README's pictures from a real run, in both themes, into resources/screenshots.
import { mkdirSync } from 'node:fs'
import { chromium, type Page } from '@playwright/test'
import { startScriptedUpstream } from '../src-main/demo/index.ts'
import { browserOptions } from '../tests/support/browser.ts'
import type { Host } from '../tests/support/host.ts'
import { startUnlockedHost } from '../tests/support/unlocked-host.ts'
import { build } from './build.ts'

const folder = 'resources/screenshots'
const places = ['overview', 'keys', 'traffic', 'connect', 'settings']
const models = ['gpt-4o-mini', 'gpt-4o-mini', 'gpt-4o', 'o3-mini']

build()
mkdirSync(folder, { recursive: true })
const upstream = await startScriptedUpstream()
const host = await startUnlockedHost()
await seed(host)
const browser = await chromium.launch((await browserOptions()).launchOptions)
const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
await page.goto(host.ui)
await page.waitForSelector('nav')
for (const theme of ['light', 'dark'] as const) {
  await host.rest('PATCH', '/settings', { theme })
  for (const place of places) await shoot(page, place, theme)
}
await browser.close()
await host.stop()
await upstream.close()

/** Pools with keys in several states, and a few minutes' worth of calls that end in several ways. */
async function seed({ rest, proxy }: Host): Promise<void> {
  await rest('POST', '/pools', {
    slug: 'openai',
    name: 'OpenAI',
    provider: 'openai',
    baseUrl: `${upstream.url}/v1`,
    strategy: 'least_used',
  })
  await rest('POST', '/pools', { slug: 'claude', name: 'Claude', provider: 'anthropic', baseUrl: `${upstream.url}/v1` })
  const keyOf = (name: string) => `sk-proj-${name}-${'0'.repeat(24)}`
  for (const label of ['work', 'personal', 'side project', 'team', 'old']) {
    await rest('POST', '/keys', {
      secret: keyOf(label.replace(' ', '-')),
      label,
      pools: ['openai'],
      tags: label === 'team' ? ['shared'] : [],
    })
  }
  for (const label of ['claude main', 'claude spare'])
    await rest('POST', '/keys', { secret: `sk-ant-${label.replace(' ', '-')}-${'0'.repeat(24)}`, label, pools: ['claude'] })
  upstream.script(keyOf('old'), [{ kind: 'key-invalid' }])
  const ok = { kind: 'ok', usage: { input: 1200, output: 380 } } as const
  upstream.script(keyOf('team'), [ok, ok, { kind: 'rate-short', retryAfterS: 600 }])
  upstream.script(keyOf('personal'), [ok, ok, ok, { kind: 'overloaded' }, ok, { kind: 'slow-first-byte', ms: 900 }, ok])
  upstream.script(keyOf('side-project'), [ok, ok, { kind: 'bad-request' }, { kind: 'slow-first-byte', ms: 300 }, ok])
  const created = (await rest('POST', '/clients', { name: 'editor' })).body as { token: string }
  const headers = { authorization: `Bearer ${created.token}`, 'content-type': 'application/json' }
  const send = (path: string, body: unknown) =>
    fetch(proxy + path, { method: 'POST', headers, body: JSON.stringify(body) }).then((answer) => answer.arrayBuffer())
  for (let n = 0; n < 48; n += 1) {
    const messages = [{ role: 'user', content: `Question ${n}: ${'why? '.repeat(n)}` }]
    if (n % 4 === 3) await send('/claude/messages', { model: 'claude-sonnet-4-5', max_tokens: 200, messages })
    else await send('/openai/chat/completions', { model: models[n % models.length], messages })
  }
}

async function shoot(target: Page, place: string, theme: string): Promise<void> {
  await target.evaluate((hash) => {
    location.hash = hash
  }, `#/${place}`)
  if (place === 'overview') await target.getByText('1 h', { exact: true }).click()
  await target.waitForTimeout(1500)
  await target.screenshot({ path: `${folder}/${place}-${theme}.png` })
}
