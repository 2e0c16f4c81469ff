/** How a person works a page: by mouse, every click counted, or by keyboard alone. */
import { expect, type Locator, type Page } from '@playwright/test'

export interface Hand {
  name: 'mouse' | 'keyboard'
  /** Since the last `start`. A key pressed or a paste is none. */
  clicks(): number
  start(): void
  /** To one of the places, by its number in the navigation. */
  go(place: string, digit: string): Promise<void>
  /** A button, a link, a tab, an entry. */
  use(target: Locator): Promise<void>
  /** A row of a table that is worked with the arrow keys. */
  openRow(grid: Locator, row: Locator): Promise<void>
  /** An entry of a list that opens. */
  choose(box: Locator, entry: string): Promise<void>
  /** Puts a text into a field: pasted, as nobody types a key. */
  paste(field: Locator, text: string): Promise<void>
}

/** Far more than there are on any screen. */
const mostTabs = 150

export function mouse(page: Page): Hand {
  let count = 0
  const use = async (target: Locator) => {
    await target.click()
    count += 1
  }
  return {
    name: 'mouse',
    clicks: () => count,
    start: () => (count = 0),
    go: (place) => use(page.getByRole('navigation', { name: 'Places' }).getByRole('link', { name: place })),
    use,
    openRow: (_grid, row) => use(row),
    async choose(box, entry) {
      await use(box)
      await use(page.getByRole('option', { name: entry, exact: true }))
    },
    async paste(field, text) {
      // A field that has the focus already needs no click.
      if (!(await hasFocus(field))) await use(field)
      await page.keyboard.press('ControlOrMeta+a')
      await page.keyboard.insertText(text)
    },
  }
}

export function keyboard(page: Page): Hand {
  const reach = async (target: Locator) => {
    await target.waitFor()
    for (let tabs = 0; tabs < mostTabs; tabs += 1) {
      if (await hasFocus(target)) return
      await page.keyboard.press('Tab')
    }
    throw new Error(`no way by Tab to ${target.toString()}`)
  }
  const use = async (target: Locator) => {
    await reach(target)
    await page.keyboard.press('Enter')
  }
  return {
    name: 'keyboard',
    clicks: () => 0,
    start: () => {},
    async go(place, digit) {
      await page.keyboard.press(digit)
      await expect(page.getByRole('heading', { level: 1, name: place })).toBeVisible()
    },
    async use(target) {
      // The tabs of a list are one stop; the arrows go on from there.
      if ((await target.getAttribute('role')) !== 'tab') return use(target)
      const list = target.page().getByRole('tab', { selected: true }).last()
      await reach(list)
      for (let steps = 0; steps < 12 && !(await hasFocus(target)); steps += 1) await page.keyboard.press('ArrowRight')
      await page.keyboard.press('Enter')
    },
    async openRow(grid, row) {
      await reach(grid)
      await page.keyboard.press('Home')
      const id = await row.getAttribute('id')
      for (let steps = 0; steps < mostTabs && (await grid.getAttribute('aria-activedescendant')) !== id; steps += 1)
        await page.keyboard.press('ArrowDown')
      await expect(grid).toHaveAttribute('aria-activedescendant', id ?? '')
      await page.keyboard.press('Enter')
    },
    async choose(box, entry) {
      await reach(box)
      await page.keyboard.press('Enter')
      const option = page.getByRole('option', { name: entry, exact: true })
      await option.waitFor()
      for (let steps = 0; steps < mostTabs; steps += 1) {
        if ((await option.getAttribute('data-combobox-selected')) !== null) break
        await page.keyboard.press('ArrowDown')
      }
      await page.keyboard.press('Enter')
    },
    async paste(field, text) {
      await reach(field)
      await page.keyboard.press('ControlOrMeta+a')
      await page.keyboard.insertText(text)
    },
  }
}

const hasFocus = (target: Locator) => target.evaluate((element) => element === document.activeElement)
