/** `keywheel workspaces`: which there are, making, opening and removing them. */
import { Command } from 'commander'
import { contract, type Workspace } from '../../src-preload/contract/index.ts'
import { exitCodes } from './failure.ts'
import { find, whichKeywheel } from './find.ts'
import { print, printJson, table } from './print.ts'

type Leave = (exitCode: number) => void

interface Manner {
  json?: boolean
  name?: string
  confirm?: string
}

export function workspacesCommand(leave: Leave): Command {
  const group = new Command('workspaces').description('separate folders of pools, keys, clients and data; one is open at a time')
  const part = (usage: string, what: string) =>
    whichKeywheel(group.command(usage).description(what).option('--json', 'as one line of JSON').exitOverride())

  part('list', 'list them').action(async ({ json }: Manner, command: Command) => {
    const all = await (await find(command)).call(contract.workspaces.list)
    if (json) printJson(all)
    else
      print(
        table(
          ['WORKSPACE', 'NAME', ''],
          all.map(({ slug, name, open }) => [slug, name, open ? 'open' : '']),
        ),
      )
    leave(exitCodes.ok)
  })
  part('create <slug>', 'make an empty one; it is not opened')
    .option('--name <name>', 'what people call it')
    .action(async (slug: string, { json, name }: Manner, command: Command) => {
      const input = { slug, ...(name === undefined ? {} : { name }) }
      tell(await (await find(command)).call(contract.workspaces.create, input), json)
      leave(exitCodes.ok)
    })
  part('open <slug>', 'close the open one and open this one in its place').action(
    async (slug: string, { json }: Manner, command: Command) => {
      tell(await (await find(command)).call(contract.workspaces.open, { slug }), json)
      leave(exitCodes.ok)
    },
  )
  part('remove <slug>', 'delete it with all its keys and data')
    .requiredOption('--confirm <slug>', 'its name once more: this cannot be undone')
    .action(async (slug: string, { confirm }: Manner, command: Command) => {
      await (await find(command)).call(contract.workspaces.remove, { slug, confirm })
      leave(exitCodes.ok)
    })
  return group
}

function tell(workspace: Workspace, json: boolean | undefined): void {
  if (json) printJson(workspace)
  else print(`${workspace.slug}${workspace.open ? ' is open' : ''}\n`)
}
