/** Which Keywheel a command is for: options that may stand before its name or after it. */
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { contract } from '../../src-preload/contract/index.ts'
import { defaultDataDir } from '../base/data-folder.ts'
import { CommandError, exitCodes } from './failure.ts'
import { findKeywheel, type Keywheel } from './keywheel.ts'

export function whichKeywheel(command: Command): Command {
  return command
    .option('--data-dir <dir>', 'the data folder of the Keywheel that is meant')
    .option('--workspace <slug>', 'only if this workspace is the open one')
    .option('--url <address>', 'its REST API, e.g. http://127.0.0.1:8788/api', address)
}

/** Throws CommandError; 3 also when another workspace is open there than the one that is meant. */
export async function find(command: Command): Promise<Keywheel> {
  const { dataDir, url, workspace } = command.optsWithGlobals<{ dataDir?: string; url?: string; workspace?: string }>()
  const keywheel = await findKeywheel({ dataDir: resolve(dataDir ?? defaultDataDir()), url: url ?? null, env: process.env })
  if (workspace === undefined) return keywheel
  const { workspace: open } = await keywheel.call(contract.system.info)
  if (open === workspace) return keywheel
  const mend = `Open it with "keywheel workspaces open ${workspace}".`
  throw new CommandError(exitCodes.notRunning, `Keywheel has the workspace "${open}" open, not "${workspace}". ${mend}`)
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
