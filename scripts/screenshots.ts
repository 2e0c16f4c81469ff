// npm run screenshots: takes the README's pictures from a real run, in both themes, into resources/screenshots.
import { execFile } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { promisify } from 'node:util'
import { chromium, type Page } from '@playwright/test'
import { startScriptedUpstream } from '../src-main/demo/index.ts'
import { browserOptions } from '../tests/support/browser.ts'
import type { Host } from '../tests/support/host.ts'
import { startUnlockedHost } from '../tests/support/unlocked-host.ts'
import { build } from './build.ts'

const folder = 'resources/screenshots'
/** By file name: where to go, and what to do there first. */
const scenes: Record<string, { place: string; before?: (page: Page) => Promise<void> }> = {
  overview: { place: 'overview', before: (target) => target.getByText('1 h', { exact: true }).click() },
  keys: { place: 'keys' },
  drill: { place: 'keys?pool=openai&sheet=drill', before: drill },
  traffic: { place: 'traffic' },
  connect: { place: 'connect' },
  models: { place: 'connect?tab=models' },
  prompts: { place: 'connect?tab=prompts&prompt=summary' },
  settings: { place: 'settings?section=models' },
  server: { place: 'settings?section=server' },
  remotes: { place: 'settings?section=remotes' },
}
const models = ['gpt-4o-mini', 'gpt-4o-mini', 'gpt-4o', 'o3-mini']

build()
mkdirSync(folder, { recursive: true })
const upstream = await startScriptedUpstream()
const host = await startUnlockedHost()
const office = await startUnlockedHost()
await seed(host)
await seedPrograms(host, office)
const browser = await chromium.launch((await browserOptions()).launchOptions)
const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
await page.goto(host.ui)
await page.waitForSelector('nav')
for (const theme of ['light', 'dark'] as const) {
  await host.rest('PATCH', '/settings', { theme })
  for (const name of Object.keys(scenes)) await shoot(page, name, theme)
}
await browser.close()
await Promise.all([host.stop(), office.stop()])
await upstream.close()

/** Pools with keys in several states, and a few minutes' worth of calls that end in several ways. */
async function seed({ rest, proxy }: Host): Promise<void> {
  await rest('POST', '/pools', {
    slug: 'openai',
    name: 'OpenAI',
    provider: 'openai',
    baseUrl: `${upstream.url}/v1`,
    strategy: 'least_used',
    config: { models: ['gpt-4o', 'gpt-4o-mini', 'o3-mini'] },
  })
  await rest('POST', '/pools', {
    slug: 'claude',
    name: 'Claude',
    provider: 'anthropic',
    baseUrl: `${upstream.url}/v1`,
    config: { models: ['claude-sonnet-4-5'] },
  })
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
  await seedGateway(rest)
  const quotas = [
    { duration: 'DAY', credits: 60 },
    { duration: 'MONTH', credits: 1000 },
  ]
  const created = (await rest('POST', '/clients', { name: 'editor', quotas })).body as { token: string }
  await rest('PATCH', '/pools/openai', { config: { cacheTtl: 600 } })
  const headers = { authorization: `Bearer ${created.token}`, 'content-type': 'application/json' }
  const send = (path: string, body: unknown) =>
    fetch(proxy + path, { method: 'POST', headers, body: JSON.stringify(body) }).then((answer) => answer.arrayBuffer())
  for (let n = 0; n < 48; n += 1) {
    const messages = [{ role: 'user', content: `Question ${n}: ${'why? '.repeat(n)}` }]
    if (n % 6 === 1)
      await send('/v1/chat/completions', { model: 'best', messages: [{ role: 'user', content: 'Again' }], seed: 7 })
    else if (n % 4 === 3) await send('/claude/messages', { model: 'claude-sonnet-4-5', max_tokens: 200, messages })
    else await send('/openai/chat/completions', { model: models[n % models.length], messages })
  }
}

/** A route over both pools, a prompt in two versions, prices of one's own, a client that may do little. */
async function seedGateway(rest: Host['rest']): Promise<void> {
  await rest('POST', '/routes', {
    model: 'best',
    targets: [
      { pool: 'claude', model: 'claude-sonnet-4-5', weight: 3 },
      { pool: 'openai', model: 'gpt-4o' },
    ],
    then: [{ pool: 'openai', model: 'gpt-4o-mini' }],
    notes: 'For everything that people read',
  })
  await rest('POST', '/routes', { model: 'gpt-5*', targets: [{ pool: 'openai' }] })
  await rest('POST', '/prompts', {
    slug: 'summary',
    name: 'Summary',
    description: 'A text in a few sentences',
    model: 'best',
    messages: [
      { role: 'system', text: 'You write for {{audience}}, in plain words.' },
      { role: 'user', text: 'Summarise this in {{sentences}} sentences:\n\n{{text}}' },
    ],
    variables: [
      { name: 'audience', description: 'Who reads it', default: 'busy people' },
      { name: 'sentences', description: 'How many', default: '3' },
      { name: 'text', description: 'What is to be summarised' },
    ],
    parameters: { temperature: 0.3, maxTokens: 400 },
  })
  await rest('POST', '/prompts/summary/publish', {})
  await rest('POST', '/prompts', {
    slug: 'translate',
    name: 'Translate',
    model: 'gpt-4o-mini',
    messages: [{ role: 'user', text: 'Translate into {{language}}: {{text}}' }],
    variables: [{ name: 'language' }, { name: 'text' }],
  })
  await rest('PATCH', '/settings', {
    prices: [{ provider: '*', model: 'best', input: 3, output: 15, cacheRead: 0.3 }],
  })
  await rest('POST', '/clients', {
    name: 'nightly report',
    lane: 'background',
    models: ['best', 'gpt-5*'],
    budget: { usd: 5, per: 'month' },
    expiresAt: Date.now() + 30 * 86_400_000,
  })
}

/** Programs that ask, people who may log in, and another Keywheel whose pool is used here. */
async function seedPrograms({ rest, proxy }: Host, { rest: there, proxy: address }: Host): Promise<void> {
  // By a program of the system: the card shows where the asking one lies.
  const asked = JSON.stringify({ name: 'code helper', pools: ['openai'] })
  await promisify(execFile)('curl', ['-s', `${proxy}/connect`, '-H', 'content-type: application/json', '-d', asked])
  await rest('PATCH', '/settings', { apipoolServer: true, creditRules: [{ pool: 'openai', perCall: 1, perThousandTokens: 0.5 }] })
  await rest('POST', '/users', { username: 'ann', email: 'ann@example.com', password: 'correct horse', role: 'admin' })
  await rest('POST', '/users', { username: 'bob', password: 'correct horse', pools: ['openai'] })
  await there('POST', '/pools', { slug: 'team', name: 'Team', provider: 'openai', baseUrl: `${upstream.url}/v1` })
  await there('POST', '/keys', { secret: `sk-proj-team-${'1'.repeat(24)}`, label: 'shared', pools: ['team'] })
  await there('PATCH', '/settings', { apipoolServer: true, apipoolReveal: true })
  await there('POST', '/users', { username: 'ann', password: 'correct horse', mayReveal: true })
  const remote = await rest('POST', '/remotes', { name: 'Office', url: address, username: 'ann', password: 'correct horse' })
  const { id } = remote.body as { id: string }
  const link = { identifier: 'team', mode: 'sync', pool: 'team', provider: 'openai', baseUrl: `${upstream.url}/v1` }
  await rest('POST', `/remotes/${id}/links`, link)
}

async function drill(target: Page): Promise<void> {
  const dialog = target.getByRole('dialog')
  if (await dialog.getByText('Every promise was kept').isVisible()) return
  await dialog.getByRole('button', { name: 'Drill', exact: true }).click()
  await dialog.getByRole('table').waitFor()
}

async function shoot(target: Page, name: string, theme: string): Promise<void> {
  const { place, before } = scenes[name] ?? { place: name }
  await target.evaluate((hash) => {
    location.hash = hash
  }, `#/${place}`)
  await before?.(target)
  await target.waitForTimeout(1500)
  await target.screenshot({ path: `${folder}/${name}-${theme}.png` })
}
