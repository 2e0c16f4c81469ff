/** A page of a running host, with its policy watched, and the checks that every screen has to pass. */
import { AxeBuilder } from '@axe-core/playwright'
import { type Browser, type BrowserContextOptions, expect, type Page } from '@playwright/test'
import type { Host } from '../support/host.ts'

const violations = new WeakMap<Page, string[]>()

/** Signs in once and goes to a place; what the policy refuses and what the page throws is remembered. */
export async function openPage(
  browser: Browser,
  host: Pick<Host, 'ui'>,
  place: string,
  options: BrowserContextOptions = {},
): Promise<Page> {
  // axe runs only in a page whose context was made by hand.
  const page = await (await browser.newContext(options)).newPage()
  const seen: string[] = []
  violations.set(page, seen)
  page.on('pageerror', (error) => seen.push(error.message))
  await page.exposeFunction('keywheelViolation', (text: string) => seen.push(text))
  await page.addInitScript(() => {
    const report = (window as unknown as { keywheelViolation: (text: string) => void }).keywheelViolation
    document.addEventListener('securitypolicyviolation', (event) =>
      report(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`),
    )
  })
  await page.goto(host.ui)
  await page.getByRole('navigation', { name: 'Places' }).waitFor()
  await page.goto(`${new URL(host.ui).origin}/#/${place}`)
  await page.getByRole('heading', { level: 1 }).waitFor()
  return page
}

/** Opens the palette by its shortcut; what is typed from then on is in its field. */
export async function openPalette(page: Page): Promise<void> {
  await page.keyboard.press('Control+k')
  await expect(page.getByRole('dialog', { name: 'Search and commands' }).getByRole('textbox')).toBeFocused()
}

/** Nothing was refused by the page's policy and nothing was thrown. */
export function expectNoViolations(page: Page): void {
  expect(violations.get(page)).toEqual([])
}

/** The rules that a theme can break. */
const colourRules = ['color-contrast', 'link-in-text-block']

/**
 * axe finds nothing in the light theme, and no colour that is hard to read in the dark one.
 * For what every-screen.spec.ts does not come by: errors, questions, states that something has to happen for.
 */
export async function expectAccessible(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.waitForFunction((scheme) => document.documentElement.dataset['mantineColorScheme'] === scheme, colorScheme)
    expect(await axeFindings(page, colorScheme === 'dark' ? colourRules : undefined)).toEqual([])
  }
}

/** What axe has to say of the page, or of what lies over it: by all rules unless told. */
export async function axeFindings(page: Page, rules?: string[]): Promise<string[]> {
  // Where the mouse was left a tooltip may come and go meanwhile.
  await page.mouse.move(0, 0)
  await expect(page.getByRole('tooltip')).toHaveCount(0)
  // A screen that is still being fetched has no heading yet.
  await page.locator('h1').first().waitFor({ state: 'attached' })
  const { known, covered } = await page.evaluate(async () => {
    // A colour on its way to another one is neither.
    const ending = document.getAnimations().filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity)
    await Promise.allSettled(ending.map(({ finished }) => finished))
    return {
      known: 'axe' in window,
      covered: [...document.querySelectorAll('[data-portal] [role=dialog]')].some((dialog) => dialog.checkVisibility()),
    }
  })
  // There are no frames in it: without a page of its own for the results it takes half as long.
  // What it finds in order, with a selector for each, is most of its work, and nobody reads it.
  const builder = new AxeBuilder({ page, ...(known && { axeSource: 'void 0' }) }).setLegacyMode()
  builder.options({ resultTypes: ['violations'] })
  // The screen below has been looked at before, and cannot be used meanwhile.
  if (covered) builder.include('[data-portal]')
  const { violations: found } = await (rules ? builder.withRules(rules) : builder).analyze()
  return found.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)
}
