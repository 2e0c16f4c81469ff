/** Every place, sheet, drawer and dialog, and how to get there: for pictures, axe and layout. In English; other languages follow in the open page. */
import type { Page } from '@playwright/test'
import { type Route, settingsSections } from '../../../src-renderer/route.ts'
import type { Showcase } from './start.ts'

export interface Scene {
  name: string
  /** Behind `#/`. */
  address: string
  /** What to do there to see it. */
  open?: (page: Page) => Promise<void>
  /** Another one's parts with other figures: for pictures only. */
  variant?: true
  /** Its picture is in the README, under this name. */
  readme?: string
}

type PlaceName = NonNullable<Route['place']>

const at = (name: string, place: PlaceName, query = '', open?: Scene['open']): Scene => ({
  name,
  address: query === '' ? place : `${place}?${query}`,
  ...(open && { open }),
})
/** What can be opened from anywhere: over a screen that is drawn at once. */
const over = (name: string, open: NonNullable<Scene['open']>) => at(name, 'settings', 'section=about', open)
const press = (keys: string) => (page: Page) => page.keyboard.press(keys)
const button = (name: string | RegExp) => (page: Page) => page.getByRole('button', { name }).first().click()
const tab = (name: string) => (page: Page) => page.getByRole('dialog').getByRole('tab', { name }).click()

/** 20 keys of three providers, as they come: with names, without, one line that is none. */
export const mixedKeys = [
  ...Array.from({ length: 8 }, (_, n) => `sk-proj-mixed${n}${'a'.repeat(28)}`),
  ...Array.from({ length: 6 }, (_, n) => `claude ${n + 1},sk-ant-api03-mixed${n}${'b'.repeat(28)}`),
  ...Array.from({ length: 6 }, (_, n) => `GEMINI_KEY_${n + 1}=AIzaMixed${n}${'c'.repeat(28)}`),
].join('\n')

async function pasteMixed(page: Page): Promise<void> {
  const sheet = page.getByRole('dialog', { name: 'Add keys' })
  await sheet.getByRole('textbox', { name: 'Keys' }).fill(mixedKeys)
  await sheet.getByText('20 new').waitFor()
}

async function openWords(page: Page): Promise<void> {
  await page.keyboard.press('?')
  await tab('Words')(page)
}

async function startTour(page: Page): Promise<void> {
  await page.keyboard.press('?')
  await page.getByRole('dialog').getByRole('button', { name: 'Show me around' }).click()
  await page.getByRole('dialog', { name: 'One address for everything' }).waitFor()
}

async function runDrill(page: Page): Promise<void> {
  const dialog = page.getByRole('dialog')
  if (await dialog.getByText('Every promise was kept').isVisible()) return
  await dialog.getByRole('button', { name: 'Drill', exact: true }).click()
  await dialog.getByText('Every promise was kept').waitFor()
}

const readmeSections: Partial<Record<string, string>> = { models: 'settings', server: 'server', remotes: 'remotes' }

export function scenesOf({ ids }: Pick<Showcase, 'ids'>): Scene[] {
  return [
    { ...at('overview', 'overview'), readme: 'overview' },
    { ...at('overview-30d', 'overview', 'range=30d'), variant: true },
    { ...at('keys', 'keys'), readme: 'keys' },
    at('keys-pool', 'keys', 'pool=openai'),
    { ...at('keys-invalid', 'keys', 'state=invalid'), variant: true },
    at('accounts', 'keys', 'pool=openai&view=accounts'),
    at('keys-add', 'keys', 'sheet=add'),
    at('keys-add-mixed', 'keys', 'sheet=add', pasteMixed),
    at('catalogue', 'keys', 'sheet=add', button(/^All \d+ providers$/)),
    at('pool-new', 'keys', 'sheet=new-pool'),
    at('pool', 'keys', 'pool=openai&sheet=pool'),
    at('pool-json', 'keys', 'pool=openai&sheet=pool', tab('JSON')),
    { ...at('drill', 'keys', 'pool=openai&sheet=drill', runDrill), readme: 'drill' },
    at('key-broken', 'keys', `key=${ids.brokenKey}`),
    at('key-ready', 'keys', `key=${ids.readyKey}`),
    at('key-limits', 'keys', `key=${ids.readyKey}&tab=limits`),
    at('key-activity', 'keys', `key=${ids.readyKey}&tab=activity`),
    { ...at('traffic', 'traffic'), readme: 'traffic' },
    { ...at('traffic-failed', 'traffic', 'outcome=failed'), variant: true },
    at('traffic-filters', 'traffic', '', button('More filters')),
    at('request', 'traffic', `request=${ids.request}`),
    { ...at('connect', 'connect'), readme: 'connect' },
    at('client', 'connect', `client=${ids.client}`),
    at('client-usage', 'connect', `client=${ids.client}`, tab('Usage')),
    at('approve', 'connect', '', button(/^Approve /)),
    at('client-new', 'connect', 'client=%2Bnew'),
    { ...at('models', 'connect', 'tab=models'), readme: 'models' },
    at('route-new', 'connect', 'tab=models', button('New route')),
    { ...at('prompts', 'connect', 'tab=prompts&prompt=summary'), readme: 'prompts' },
    at('prompt-call', 'connect', 'tab=prompts&prompt=summary', tab('Call')),
    at('prompt-versions', 'connect', 'tab=prompts&prompt=summary', tab('Versions')),
    at('prompts-list', 'connect', 'tab=prompts'),
    at('prompt-new', 'connect', 'tab=prompts&prompt=%2Bnew'),
    at('playground', 'playground'),
    at('playground-drill', 'playground', 'tab=drill'),
    at('pool-history', 'keys', 'pool=openai&sheet=pool', tab('History')),
    over('notices', button(/notice/i)),
    over('tasks', button(/^Tasks/)),
    ...settingsSections.map((section): Scene => {
      const scene = at(`settings-${section}`, 'settings', `section=${section}`)
      const readme = readmeSections[section]
      return readme ? { ...scene, readme } : scene
    }),
    at('remote-new', 'settings', 'section=remotes&do=add'),
    at('user-new', 'settings', 'section=server&do=add'),
    at('workspace-new', 'settings', 'section=workspaces&do=add'),
    { ...at('export', 'settings', 'section=data&do=export'), variant: true },
    { ...at('import', 'settings', 'section=data&do=import'), variant: true },
    at('welcome', 'welcome'),
    over('palette', press('Control+k')),
    over('help', press('?')),
    over('help-words', openWords),
    over('tour', startTour),
  ]
}

/** Goes there and waits until what it shows has come. */
export async function show(page: Page, scene: Scene): Promise<void> {
  await page.evaluate((hash) => {
    location.hash = hash
  }, `#/${scene.address}`)
  await page.locator('h1').first().waitFor({ state: 'attached' })
  await settled(page)
  await scene.open?.(page)
  await settled(page)
}

/** Nothing is a placeholder any more. */
async function settled(page: Page): Promise<void> {
  await page.waitForFunction(() => document.querySelectorAll('.mantine-Skeleton-root').length === 0)
}

/** Closes what lies over the page; the next scene's address does the rest. */
export async function leave(page: Page): Promise<void> {
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').first().waitFor({ state: 'hidden' })
}
