/** Tells whoever started Keywheel where it is: one JSON line for scripts, a few words for people. */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

export interface Addresses {
  /** Address of the page with its one-time code. */
  ui: string
  proxy: string | null
  api: string
}

export function announce(
  addresses: Addresses,
  options: { json: boolean; open: boolean; proxyReason: string | null; newUi(): string },
): void {
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ ...addresses, pid: process.pid })}\n`)
    return
  }
  process.stdout.write(
    `Keywheel is ready.\n  Page   ${addresses.ui}\n  Proxy  ${addresses.proxy ?? `off${options.proxyReason ? `: ${options.proxyReason}` : ''}`}\n  REST   ${addresses.api}\n`,
  )
  if (process.stdin.isTTY) {
    process.stdout.write('The code in the page address works once, for 10 minutes; press Enter for a new one.\n')
    createInterface({ input: process.stdin }).on('line', () => process.stdout.write(`  Page   ${options.newUi()}\n`))
  }
  if (options.open && hasDisplay()) openBrowser(addresses.ui)
}

const hasDisplay = () => process.platform !== 'linux' || Boolean(process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY'])

function openBrowser(url: string): void {
  const [command, ...args] =
    process.platform === 'darwin'
      ? ['open', url]
      : process.platform === 'win32'
        ? ['rundll32', 'url.dll,FileProtocolHandler', url]
        : ['xdg-open', url]
  const child = spawn(command ?? '', args, { stdio: 'ignore', detached: true })
  child.on('error', () => process.stdout.write('No browser could be opened; use the address above.\n'))
  child.unref()
}
