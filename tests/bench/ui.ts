/**
 * How the page does with 10,000 keys and 1,000,000 requests: `npm run bench -- ui`. BENCH_LONG=1 watches the heap for
 * ten minutes instead of one, BENCH_ROWS=n seeds fewer requests.
 */
import { type Browser, chromium, type Page } from '@playwright/test'
import { build } from '../../scripts/build.ts'
import { startScriptedUpstream } from '../../src-main/demo/index.ts'
import type { KeyPage, RequestPage } from '../../src-preload/contract/index.ts'
import { browserOptions } from '../support/browser.ts'
import type { Host } from '../support/host.ts'
import { seededFolder } from '../support/seed/folder.ts'
import { startUnlockedHost } from '../support/unlocked-host.ts'
import { startCalls } from './ui/calls.ts'
import { type Cost, settle, watch } from './ui/watch.ts'
import { loadedFiles, weightOf } from './ui/weight.ts'

const target = { settledMs: 300, share: 0.15, firstLoad: 400 * 1024, callsPerSecond: 500 }
const rounds = 5
const liveSeconds = 20
const heapMinutes = process.env['BENCH_LONG'] ? 10 : 1
const heapSamples = 12
const neutral = '#/settings?section=about'

const kb = (bytes: number) => `${(bytes / 1024).toFixed(0)} KB`
const mb = (bytes: number) => `${(bytes / 1024 / 1024).toFixed(1)} MB`
const verdict = (met: boolean) => (met ? 'met' : 'MISSED')
const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

interface Step {
  to: string
  /** Where one is already; a place is come to from another one, a drawer or a sheet opens over its own. */
  from?: string
}

/** The places, with their drawers and sheets. */
async function steps(host: Host): Promise<Record<string, Step>> {
  const { items: keys } = (await host.rest('GET', '/keys?limit=1')).body as KeyPage
  const { items: requests } = (await host.rest('GET', '/requests?limit=1')).body as RequestPage
  return {
    'Overview, 24 hours': { to: '#/overview' },
    'Overview, 30 days': { to: '#/overview?range=30d' },
    Keys: { to: '#/keys' },
    'Keys of a pool': { to: '#/keys?pool=pool-3' },
    'Keys, one state': { to: '#/keys?state=invalid' },
    'Key drawer': { from: '#/keys', to: `#/keys?key=${keys[0]?.id}` },
    'Add keys': { from: '#/keys', to: '#/keys?sheet=add' },
    'Pool sheet': { from: '#/keys?pool=pool-3', to: '#/keys?pool=pool-3&sheet=pool' },
    Traffic: { to: '#/traffic?range=30d' },
    'Traffic, failed': { to: '#/traffic?range=30d&outcome=failed' },
    'Traffic, one key': { to: `#/traffic?range=30d&key=${keys[0]?.id}` },
    'Traffic, text': { to: '#/traffic?range=30d&q=gemini' },
    'Request drawer': { from: '#/traffic?range=30d', to: `#/traffic?range=30d&request=${requests[0]?.id}` },
    Connect: { to: '#/connect' },
    'Connect, models': { to: '#/connect?tab=models' },
    Playground: { to: '#/playground' },
    Settings: { to: '#/settings' },
    'Settings, data': { to: '#/settings?section=data' },
  }
}

/** The smallest screen is open, and nothing of any other place was asked. */
async function fresh(page: Page, host: Host): Promise<void> {
  await page.goto('about:blank')
  await page.goto(`${new URL(host.ui).origin}/${neutral}`)
  await settle(page, neutral)
}

/** ...and the page has loaded ahead what it wants to. */
async function rested(page: Page, host: Host): Promise<void> {
  await fresh(page, host)
  for (let before = -1, now = 0; before !== now; ) {
    before = now
    await seconds(0.5)
    now = (await loadedFiles(page)).length
  }
}

async function settling(page: Page, host: Host): Promise<void> {
  console.log(`\nfrom navigation to settled, nothing asked before, median of ${rounds} (target ${target.settledMs} ms)`)
  console.log('place                     settled   main thread')
  for (const [name, { from, to }] of Object.entries(await steps(host))) {
    const times: number[] = []
    const costs: number[] = []
    for (let round = 0; round < rounds; round += 1) {
      await rested(page, host)
      if (from !== undefined) await settle(page, from)
      const watched = await watch(page)
      const { taskMs } = await watched.cost()
      times.push(await settle(page, to))
      costs.push((await watched.cost()).taskMs - taskMs)
    }
    const settled = median(times)
    console.log(
      `${name.padEnd(22)} ${`${settled.toFixed(0)} ms`.padStart(10)} ${`${median(costs).toFixed(0)} ms`.padStart(13)}   ${verdict(settled <= target.settledMs)}`,
    )
  }
}

async function signIn(browser: Browser, host: Host): Promise<Page> {
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage()
  await page.goto(host.ui)
  await page.getByRole('navigation', { name: 'Places' }).waitFor()
  return page
}

/** A first visit to each place, with nothing loaded ahead, as for whoever saves data. */
async function weighing(page: Page, host: Host): Promise<void> {
  const session = await page.context().newCDPSession(page)
  await session.send('Emulation.setDataSaverOverride', { dataSaverEnabled: true })
  // What is in the browser's memory already is not told of.
  await session.send('Network.setCacheDisabled', { cacheDisabled: true })
  const loaded = new Map<string, string[]>()
  for (const place of ['overview', 'keys', 'traffic', 'connect', 'playground', 'settings', 'welcome']) {
    await page.goto('about:blank')
    await page.goto(`${new URL(host.ui).origin}/#/${place}`)
    await settle(page, `#/${place}`)
    loaded.set(place, await loadedFiles(page))
  }
  const [first = [], ...others] = loaded.values()
  const shell = first.filter((file) => others.every((files) => files.includes(file)))
  const bytes = weightOf(shell)
  console.log(
    `first load: ${kb(bytes)} gzip (target ${kb(target.firstLoad)}) ${verdict(bytes <= target.firstLoad)}; then what is opened:`,
  )
  console.log([...loaded].map(([place, files]) => `${place} ${kb(weightOf(files) - bytes)}`).join(' · '))
  await session.detach()
}

const seconds = (count: number) => new Promise((resolve) => setTimeout(resolve, count * 1000))

async function live(page: Page, host: Host): Promise<void> {
  const upstream = await startScriptedUpstream()
  await host.rest('POST', '/pools', { slug: 'live', name: 'Live', provider: 'openai', baseUrl: `${upstream.url}/v1` })
  for (let key = 0; key < 20; key += 1)
    await host.rest('POST', '/keys', { secret: `sk-live-${String(key).padStart(40, '0')}`, pools: ['live'] })
  const { token } = (await host.rest('POST', '/clients', { name: 'Busy program' })).body as { token: string }
  const calls = startCalls(`${host.proxy}/live`, token, target.callsPerSecond)
  console.log(`\nwhile ${target.callsPerSecond} requests/s arrive (target ${100 * target.share} % of one core)`)
  console.log('place                       all     scripts    requests/s')
  for (const [name, hash] of [
    ['Traffic', '#/traffic'],
    ['Traffic, 30 days', '#/traffic?range=30d'],
    ['Overview', '#/overview'],
    ['Overview, 1 hour', '#/overview?range=1h'],
    ['Keys', '#/keys'],
  ] as const) {
    await fresh(page, host)
    await page.evaluate((place) => {
      location.hash = place
    }, hash)
    await seconds(5)
    const watched = await watch(page)
    const [before, done, at] = [await watched.cost(), calls.done, performance.now()]
    await seconds(liveSeconds)
    const [after, passed] = [await watched.cost(), (performance.now() - at) / 1000]
    const share = (part: keyof Cost) => (after[part] - before[part]) / 1000 / passed
    console.log(
      `${name.padEnd(22)} ${`${(100 * share('taskMs')).toFixed(1)} %`.padStart(10)} ${`${(100 * share('scriptMs')).toFixed(1)} %`.padStart(10)} ${((calls.done - done) / passed).toFixed(0).padStart(12)}   ${verdict(share('taskMs') <= target.share)}`,
    )
  }
  await heap(page, host, () => calls.done)
  await calls.stop()
  if (calls.failed > 0) console.log(`${calls.failed} calls failed`)
  await upstream.close()
}

/** Flat = in the second half of the time no more is in use than in the first one. */
async function heap(page: Page, host: Host, done: () => number): Promise<void> {
  await rested(page, host)
  await page.evaluate(() => {
    location.hash = '#/traffic'
  })
  await seconds(30)
  const watched = await watch(page)
  const before = done()
  const bytes: number[] = []
  for (let sample = 0; sample < heapSamples; sample += 1) {
    await seconds((heapMinutes * 60) / heapSamples)
    bytes.push(await watched.heap())
  }
  const [first, second] = [median(bytes.slice(0, heapSamples / 2)), median(bytes.slice(heapSamples / 2))]
  console.log(
    `heap on Traffic in ${heapMinutes} min and ${done() - before} requests: ${mb(first)} in the first half, ${mb(second)} in the second (flat = within a twentieth) ${verdict(second <= first * 1.05)}`,
  )
}

build()
const folder = await seededFolder({ keys: 10_000, pools: 20, requests: Number(process.env['BENCH_ROWS'] ?? 1_000_000) })
const host = await startUnlockedHost({ dataDir: folder })
const browser = await chromium.launch((await browserOptions()).launchOptions)
try {
  const page = await signIn(browser, host)
  await weighing(page, host)
  await settling(page, host)
  await live(page, host)
} finally {
  await browser.close()
  await host.stop()
}
