/**
 * Every screen, sheet, drawer and dialog of a Keywheel in use, with names that nobody expects and in a faraway zone: axe finds nothing,
 * and nothing is wider than its window. Each is looked at by all rules in light and English and in dark and Chinese: both themes and
 * both languages are whole, and not multiplied, for colours have no language and names no theme. In Chinese there is no word of another
 * language but names. What lies over a page is looked at
 * alone: the page has a scene of its own.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { expect, type Page, test } from '@playwright/test'
import type { ClientCreated } from '../../src-preload/contract/index.ts'
import { leave, type Scene, scenesOf, show } from '../support/showcase/scenes.ts'
import { type Showcase, startShowcase } from '../support/showcase/start.ts'
import { foreignTexts, namesOf } from './foreign-words.ts'
import { axeFindings, expectNoViolations, openPage } from './page.ts'

const usual = { width: 1280, height: 800 }
/** The smallest window there is. */
const smallest = { width: 900, height: 600 }
/** What is left of the usual one at 200 %. */
const zoomed = { width: 640, height: 400 }

interface Look {
  colorScheme: 'light' | 'dark'
  language: 'en' | 'zh'
}
const english: Look = { colorScheme: 'light', language: 'en' }
const chinese: Look = { colorScheme: 'dark', language: 'zh' }
let now = english

/** By screen and part: left edge and width, px. Written anew with UPDATE_LAYOUTS=1. */
type Layouts = Record<string, Record<string, [number, number]>>
const layoutFile = 'tests/ui/layouts.json'
/** A scroll bar, or a word that is wider in another font. */
const tolerance = 20

let showcase: Showcase
let page: Page
/** What may be called so in any language. */
let named: ReadonlySet<string>

test.beforeAll(async ({ browser }) => {
  showcase = await startShowcase({ requests: 1500, awkward: true })
  page = await openPage(browser, showcase.host, 'overview', {
    viewport: usual,
    timezoneId: 'Pacific/Kiritimati',
    reducedMotion: 'reduce',
  })
  await look(english)
  named = await namesOf(showcase.host)
})
test.afterAll(async () => {
  expectNoViolations(page)
  await page.context().close()
  await showcase.stop()
})

for (const place of ['overview', 'keys', 'traffic', 'connect', 'playground', 'settings', 'welcome']) {
  test(`${place}: axe finds nothing, and nothing is too wide`, async () => {
    // Two readings of each; a busy machine takes its time.
    test.setTimeout(600_000)
    const scenes = scenesOf(showcase).filter(({ address, variant }) => !variant && address.split('?')[0] === place)
    expect(scenes.length).toBeGreaterThan(0)
    const found: string[] = []
    for (const scene of scenes) found.push(...(await lookAt(scene)))
    expect(found).toEqual([])
  })
}

/** What is wrong with it, each with its name in front. */
async function lookAt(scene: Scene): Promise<string[]> {
  // What must be pressed to see it is found by its English name.
  if (scene.open && now !== english) await look(english)
  await show(page, scene)
  const found = await axeFindings(page)
  await page.setViewportSize(zoomed)
  found.push(...(await tooWide()))
  await page.setViewportSize(usual)
  if (now === chinese) found.push(...(await foreignTexts(page, named)))
  await look(now === english ? chinese : english)
  if (now === chinese) found.push(...(await foreignTexts(page, named)))
  found.push(...(await axeFindings(page)))
  await leave(page)
  return found.map((text) => `${scene.name}: ${text}`)
}

async function look({ colorScheme, language }: Look): Promise<void> {
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
  await showcase.host.rest('PATCH', '/settings', { language })
  // Looked at with every frame: an expectation waits longer each time, which adds up over a hundred of them.
  await page.waitForFunction(
    (wanted) => {
      const { lang, dataset } = document.documentElement
      return lang === wanted.language && dataset['mantineColorScheme'] === wanted.colorScheme
    },
    { colorScheme, language },
  )
  now = language === 'en' ? english : chinese
}

/** The page and what lies over it, where it can be moved sideways; tables may be within themselves. */
async function tooWide(): Promise<string[]> {
  const measure = () =>
    page.evaluate(() =>
      [document.documentElement, ...document.querySelectorAll('main, .mantine-Drawer-content, .mantine-Modal-content')]
        .filter((element) => element.scrollWidth > element.clientWidth + 1)
        .map((element) => `${innerWidth} px: ${element.localName}.${element.className} is ${element.scrollWidth} px wide`),
    )
  // Charts follow their window a moment later.
  let wide = await measure()
  for (let tries = 0; wide.length > 0 && tries < 20; tries += 1) {
    await page.waitForTimeout(100)
    wide = await measure()
  }
  return wide
}

test('landmarks and cards stand where they stood, at 1280 and at 900 px', async () => {
  await look(english)
  const seen: Layouts = {}
  for (const viewport of [usual, smallest]) {
    await page.setViewportSize(viewport)
    for (const place of ['overview', 'keys', 'traffic', 'connect', 'playground', 'settings?section=data']) {
      seen[`${place} ${viewport.width}`] = await layoutOf(place)
      expect(await tooWide(), place).toEqual([])
    }
  }
  await page.setViewportSize(usual)
  if (process.env['UPDATE_LAYOUTS']) writeFileSync(layoutFile, `${JSON.stringify(seen, null, 2)}\n`)
  const before = JSON.parse(readFileSync(layoutFile, 'utf8')) as Layouts
  expect(Object.keys(seen)).toEqual(Object.keys(before))
  for (const [name, columns] of Object.entries(seen)) {
    expect(Object.keys(columns), name).toEqual(Object.keys(before[name] ?? {}))
    for (const [part, [left, width]] of Object.entries(columns)) {
      const [leftBefore = 0, widthBefore = 0] = before[name]?.[part] ?? []
      expect(Math.abs(left - leftBefore), `${name}: left edge of ${part}`).toBeLessThanOrEqual(tolerance)
      expect(Math.abs(width - widthBefore), `${name}: width of ${part}`).toBeLessThanOrEqual(tolerance)
    }
  }
})

/** Left edge and width of each part, px. Heights and pixels follow the machine's fonts; columns are the design's own. */
function layoutOf(place: string): Promise<Layouts[string]> {
  return show(page, { name: place, address: place }).then(() =>
    page.evaluate(() => {
      const parts = document.querySelectorAll('header, nav[aria-label=Places], main, main section')
      return Object.fromEntries(
        [...parts].map((part): [string, [number, number]] => {
          const { left, width } = part.getBoundingClientRect()
          const title = part.matches('section') ? (part.querySelector('h2, h3')?.textContent ?? 'section') : part.localName
          return [title, [Math.round(left), Math.round(width)]]
        }),
      )
    }),
  )
}

test('privacy mode: no screen names a person, a key, a pool, a program, a server or a folder', async () => {
  await look(english)
  await seedNamedPool()
  await show(page, { name: 'overview', address: 'overview' })
  await expect.poll(everyText).toMatch(/personal/)
  await page.keyboard.press('Control+Shift+H')
  await page.getByRole('button', { name: 'Leave privacy mode' }).waitFor()
  // What is drawn already is drawn anew.
  await expect.poll(everyText).not.toMatch(/personal|\$\d/)
  const { dataDir } = showcase.host
  const names = [
    'personal',
    'side project',
    'claude main',
    'nightly report',
    'code helper',
    'ann@example.com',
    'bob',
    'headquarters',
    'initech',
    dataDir,
  ]
  const told: string[] = []
  const scenes = scenesOf(showcase).filter(({ name, open, variant }) => !open && !variant && !emptyForms.has(name))
  for (const scene of [...scenes, ...ofNamedPool]) {
    await show(page, scene)
    const text = (await everyText()).toLowerCase()
    told.push(...names.filter((name) => text.includes(name.toLowerCase())).map((name) => `${scene.name}: ${name}`))
    await leave(page)
  }
  await page.keyboard.press('Control+Shift+H')
  expect(told).toEqual([])
})

/** A pool whose name and slug are nobody's but its own: with a key, a call, and all that can name a pool. */
async function seedNamedPool(): Promise<void> {
  const { rest, proxy } = showcase.host
  const [slug, pools] = ['initech', ['initech', 'openai']]
  await rest('POST', '/pools', { slug, name: 'Headquarters', provider: 'openai', baseUrl: 'http://127.0.0.1:9/v1' })
  await rest('POST', '/keys', { secret: `sk-headquarters-${'0'.repeat(24)}`, label: 'work', pools })
  await rest('POST', '/routes', { model: 'named', targets: [{ pool: slug }], then: [{ pool: slug, model: 'gpt-4o' }] })
  await rest('POST', '/users', { username: 'carol', password: 'correct horse', pools })
  await rest('PATCH', '/settings', { creditRules: [{ pool: slug, perCall: 1 }] })
  const { token } = (await rest('POST', '/clients', { name: 'night', pools })).body as ClientCreated
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  await fetch(`${proxy}/${slug}/chat/completions`, { method: 'POST', headers, body: '{"model":"gpt-4o","messages":[]}' })
}

const ofNamedPool: Scene[] = [
  'overview?pool=initech&range=1h',
  'keys?pool=initech',
  'keys?pool=initech&sheet=pool',
  'keys?pool=initech&sheet=drill',
  'traffic?pool=initech',
  'connect?pool=initech',
].map((address) => ({ name: address, address }))

/** They name nobody in any mode. */
const emptyForms = new Set(['keys-add', 'pool-new', 'client-new', 'prompt-new', 'remote-new', 'user-new', 'workspace-new'])

/** What can be read on the page, in its fields and by a screen reader. */
function everyText(): Promise<string> {
  return page.evaluate(() => {
    const fields = [...document.querySelectorAll('input:not([type=hidden]), textarea')].map(
      (field) => (field as HTMLInputElement).value,
    )
    const names = [...document.querySelectorAll('[aria-label], [title]')].flatMap(({ ariaLabel, attributes }) => [
      ariaLabel ?? '',
      attributes.getNamedItem('title')?.value ?? '',
    ])
    return [document.body.innerText, ...fields, ...names].join('\n')
  })
}
