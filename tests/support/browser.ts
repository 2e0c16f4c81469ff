/** Finds a Chromium: the one named in $CHROMIUM, an installed one, or the one that comes in an npm package. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
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
    const path = await chromium.executablePath()
    nameFonts(join(cache, 'fonts'))
    return path
  } finally {
    if (before === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = before
  }
}

/** The package's own list of font folders knows only Lambda's; without this a page has no letters. */
function nameFonts(folder: string): void {
  const list = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>${folder}</dir><dir>/usr/share/fonts</dir><cachedir>${folder}-cache</cachedir></fontconfig>
`
  const file = join(folder, 'fonts.conf')
  if (readFileSync(file, 'utf8') !== list) writeFileSync(file, list)
}

/** What to launch and how, for Playwright. */
export async function browserOptions(): Promise<{ launchOptions: LaunchOptions }> {
  const executablePath = await findChromium()
  return { launchOptions: { args, ...(executablePath ? { executablePath } : {}) } }
}
