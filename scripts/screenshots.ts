// npm run screenshots: takes a picture of every screen from a real run, in both themes. The README's go into resources/screenshots, all others into test-results/screenshots.
// npm run screenshots -- NAME… takes only those whose name contains a NAME; --small takes them at 900 × 600, --zh in Chinese.
import { mkdirSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { chromium, type Page } from '@playwright/test'
import { browserOptions } from '../tests/support/browser.ts'
import { leave, type Scene, scenesOf, show } from '../tests/support/showcase/scenes.ts'
import { startShowcase } from '../tests/support/showcase/start.ts'
import { build } from './build.ts'

const { values, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: { small: { type: 'boolean', default: false }, zh: { type: 'boolean', default: false } },
})
const folders = { readme: 'resources/screenshots', other: 'test-results/screenshots' }
const variant = `${values.small ? '-small' : ''}${values.zh ? '-zh' : ''}`
const viewport = values.small ? { width: 900, height: 600 } : { width: 1280, height: 800 }

build()
for (const folder of Object.values(folders)) mkdirSync(folder, { recursive: true })
const showcase = await startShowcase({ requests: 40_000 })
const browser = await chromium.launch((await browserOptions()).launchOptions)
try {
  await shootAll(await browser.newPage({ viewport, reducedMotion: 'reduce' }))
} finally {
  // Hosts outlive the process that started them.
  await browser.close()
  await showcase.stop()
}

async function shootAll(page: Page): Promise<void> {
  await page.goto(showcase.host.ui)
  await page.waitForSelector('nav')
  const scenes = scenesOf(showcase).filter(({ name }) => wanted.length === 0 || wanted.some((part) => name.includes(part)))
  for (const scene of scenes) {
    await show(page, scene)
    if (values.zh) await setLanguage(page, 'zh')
    for (const theme of ['light', 'dark'] as const) {
      await showcase.host.rest('PATCH', '/settings', { theme })
      await page.locator(`html[data-mantine-color-scheme=${theme}]`).waitFor()
      // Charts draw themselves a moment after they have their data.
      await page.waitForTimeout(700)
      await page.screenshot({ path: fileOf(scene, theme) })
    }
    if (values.zh) await setLanguage(page, 'en')
    await leave(page)
  }
}

function fileOf({ name, readme }: Scene, theme: string): string {
  return readme && variant === '' ? `${folders.readme}/${readme}-${theme}.png` : `${folders.other}/${name}${variant}-${theme}.png`
}

async function setLanguage(page: Page, language: 'en' | 'zh'): Promise<void> {
  await showcase.host.rest('PATCH', '/settings', { language })
  await page.locator(`html[lang=${language}]`).waitFor()
}
