/** The command line of the headless application. */
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { defaultDataDir } from '../base/data-folder.ts'

export interface HeadlessOptions {
  dataDir: string
  /** Absent = the one that was open last. */
  workspace: string | undefined
  /** Absent = the setting. */
  proxyPort: number | undefined
  /** Absent = 8788, or the next free one. */
  uiPort: number | undefined
  open: boolean
  json: boolean
  allowReveal: boolean
  keyFile: string | undefined
  help: boolean
}

export const usage = `keywheel: pools of API keys behind one local address

  --data-dir DIR      where everything is kept (default: ${defaultDataDir()})
  --workspace SLUG    the workspace to open (default: the one that was open last)
  --proxy-port N      port of the proxy; 0 = any free one (default: the setting, 8787 at first)
  --ui-port N         port of the page and of the REST API; 0 = any free one (default: 8788)
  --key-file PATH     lock and open the vault with this file; it is made (mode 0600) if absent
  --allow-reveal      let scripts read keys back through the REST API
  --no-open           do not open a browser
  --json              print one line of JSON when ready, and nothing else
  --help              this text

  KEYWHEEL_PASSPHRASE_FILE   file that holds the passphrase of the vault
  KEYWHEEL_LOG               trace, debug, info, warn (default), error, fatal or silent; the log goes to stderr
  KEYWHEEL_LIST_MODELS       0 = ask providers which models they serve only when told to
  KEYWHEEL_ALLOW_DEBUG       1 = run with a debugger or preloaded code, which can read every key
`

/** Reads the arguments after the program's name. Throws an Error that says what to change. */
export function parseCommandLine(args: readonly string[]): HeadlessOptions {
  const { values } = parseArgs({
    args: [...args],
    strict: true,
    options: {
      'data-dir': { type: 'string' },
      workspace: { type: 'string' },
      'proxy-port': { type: 'string' },
      'ui-port': { type: 'string' },
      'key-file': { type: 'string' },
      'allow-reveal': { type: 'boolean', default: false },
      'no-open': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  return {
    dataDir: resolve(pathOf('--data-dir', values['data-dir']) ?? defaultDataDir()),
    workspace: nameOf('--workspace', values.workspace),
    proxyPort: portOf('--proxy-port', values['proxy-port']),
    uiPort: portOf('--ui-port', values['ui-port']),
    open: !values['no-open'],
    json: values.json,
    allowReveal: values['allow-reveal'],
    keyFile: absolute(pathOf('--key-file', values['key-file'])),
    help: values.help,
  }
}

function portOf(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const port = Number(text)
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port
  throw new Error(`${option} ${text}: use a port from 0 (any free one) to 65535`)
}

/** An empty path would mean the current folder; it comes from a variable that was not set. */
function pathOf(option: string, path: string | undefined): string | undefined {
  if (path === '') throw new Error(`${option}: give a path`)
  return path
}

/** A variable that was not set names no workspace, and certainly not the last one. */
function nameOf(option: string, name: string | undefined): string | undefined {
  if (name === '') throw new Error(`${option}: give the name of a workspace`)
  return name
}

const absolute = (path: string | undefined) => (path === undefined ? undefined : resolve(path))
