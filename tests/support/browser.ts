/** Finds a Chromium: the one named in $CHROMIUM, an installed one, or the one that comes in an npm package. */
import { existsSync, mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import type { LaunchOptions } from '@playwright/test'

const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

async function findChromium(): Promise<string | undefined> {
  const named = process.env['CHROMIUM']
  if (named) return named
  const installed = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((file) => existsSync(file))
  if (installed) return installed
  // Elsewhere Playwright's own browser is used; the package's binary is for Linux on x64.
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined
  const cache = resolve('node_modules/.cache/chromium')
  mkdirSync(cache, { recursive: true })
  // The package unpacks its libraries (nss, nspr, expat) only where it believes to be on Lambda.
  process.env['AWS_LAMBDA_JS_RUNTIME'] ??= 'nodejs22.x'
  const before = process.env['TMPDIR']
  process.env['TMPDIR'] = cache
  try {
    const { default: chromium } = await import('@sparticuz/chromium')
    return await chromium.executablePath()
  } finally {
    if (before === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = before
  }
}

/** What to launch and how, for Playwright. */
export async function browserOptions(): Promise<{ launchOptions: LaunchOptions }> {
  const executablePath = await findChromium()
  return { launchOptions: { args, ...(executablePath ? { executablePath } : {}) } }
}
