// Draws every PNG in resources/ from icon.svg: node scripts/run.mjs scripts/icons.ts
import { readFileSync } from 'node:fs'
import { chromium } from '@playwright/test'
import { browserOptions } from '../tests/support/browser.ts'

const sizes = { 'icon.png': 512, 'icon-256.png': 256, 'icon-64.png': 64, 'tray.png': 22, 'tray@2x.png': 44 }

const svg = readFileSync('resources/icon.svg', 'utf8')
const browser = await chromium.launch((await browserOptions()).launchOptions)
const page = await browser.newPage()
for (const [name, size] of Object.entries(sizes)) {
  await page.setViewportSize({ width: size, height: size })
  await page.setContent(`<style>body{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${svg}`)
  await page.screenshot({ path: `resources/${name}`, omitBackground: true })
}
await browser.close()
