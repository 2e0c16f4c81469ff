/** Which Keywheel a command is for: options that may stand before its name or after it. */
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { defaultDataDir } from '../base/data-folder.ts'
import { CommandError, exitCodes } from './failure.ts'
import { findKeywheel, type Keywheel } from './keywheel.ts'

export function whichKeywheel(command: Command): Command {
  return command
    .option('--data-dir <dir>', 'the data folder of the Keywheel that is meant')
    .option('--url <address>', 'its REST API, e.g. http://127.0.0.1:8788/api', address)
}

/** Throws CommandError. */
export function find(command: Command): Promise<Keywheel> {
  const { dataDir, url } = command.optsWithGlobals<{ dataDir?: string; url?: string }>()
  return findKeywheel({ dataDir: resolve(dataDir ?? defaultDataDir()), url: url ?? null, env: process.env })
}

/** The admin token goes there: in the clear only on this machine. */
function address(value: string): string {
  const url = URL.parse(value)
  const here = url !== null && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname)
  const plain = url?.protocol === 'http:' && here
  if (url !== null && (plain || url.protocol === 'https:') && url.username + url.password === '') return value
  throw new CommandError(
    exitCodes.usage,
    `--url ${value}: give the address of a REST API, such as http://127.0.0.1:8788/api; on another machine by https, or through a tunnel`,
  )
}
