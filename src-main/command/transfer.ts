/** `keywheel export` and `keywheel import`: a workspace as a file. */
import { readFile, writeFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { Command } from 'commander'
import { contract, type ImportPlan } from '../../src-preload/contract/index.ts'
import { CommandError, exitCodes } from './failure.ts'
import { find } from './find.ts'
import { print, printJson } from './print.ts'

type Leave = (exitCode: number) => void

interface ExportManner {
  output?: string
  passphraseFile?: string
}

export function exportCommand(leave: Leave): Command {
  return new Command('export')
    .description('write down the open workspace: everything but what was used, and secrets only when they are sealed')
    .option('--output <file>', 'there, readable by you only, instead of standard output')
    .option('--passphrase-file <file>', 'with the secrets, sealed with the passphrase in this file (12 characters or more)')
    .action(async ({ output, passphraseFile }: ExportManner, command: Command) => {
      const keywheel = await find(command)
      const sealed = passphraseFile === undefined ? {} : { secrets: 'sealed', passphrase: await passphraseIn(passphraseFile) }
      const document = await keywheel.call(contract.transfer.export, { what: 'all', ...sealed })
      const written = `${JSON.stringify(document, null, 2)}\n`
      if (output === undefined) print(written)
      else await writeFile(output, written, { mode: 0o600 }).catch(fileFailure(output))
      leave(exitCodes.ok)
    })
}

interface ImportManner {
  into?: string
  apply?: boolean
  passphraseFile?: string
  json?: boolean
}

export function importCommand(leave: Leave): Command {
  return new Command('import')
    .description('say what an export would change in the open workspace, or bring it in')
    .argument('<file>', '- = standard input')
    .option('--apply', 'bring it in')
    .option('--into <slug>', 'make this workspace, open it, and bring it in there')
    .option('--passphrase-file <file>', 'holds the passphrase of a sealed export')
    .option('--json', 'as one line of JSON')
    .action(async (file: string, { into, apply, passphraseFile, json }: ImportManner, command: Command) => {
      const document = file === '-' ? await text(process.stdin) : await read(file)
      const opened = passphraseFile === undefined ? {} : { passphrase: await passphraseIn(passphraseFile) }
      const keywheel = await find(command)
      const bring = (mode: 'preview' | 'apply') => keywheel.call(contract.transfer.import, { document, ...opened, mode })
      if (into !== undefined) {
        // What cannot be read shall not leave an empty workspace behind.
        await bring('preview')
        await keywheel.call(contract.workspaces.create, { slug: into })
        await keywheel.call(contract.workspaces.open, { slug: into })
      }
      const plan = await bring(apply || into !== undefined ? 'apply' : 'preview')
      if (json) printJson(plan)
      else print(inWords(plan))
      leave(refusals(plan).length === 0 ? exitCodes.ok : exitCodes.failed)
    })
}

function inWords(plan: ImportPlan): string {
  const counted = Object.entries(plan.keys.counts).map(([action, count]) => `  keys: ${count} ${action}\n`)
  const others = (['pools', 'routes', 'prompts', 'clients', 'remotes'] as const).flatMap((what) =>
    [...Map.groupBy(plan[what] as { action: string }[], ({ action }) => action)].map(
      ([action, rows]) => `  ${what}: ${rows.length} ${action}\n`,
    ),
  )
  const settings = plan.settings.length > 0 ? [`  settings: ${plan.settings.join(', ')}\n`] : []
  const head = plan.applied ? 'Brought in:\n' : 'Would bring in (--apply does):\n'
  return [head, ...others, ...counted, ...settings, ...refusals(plan).map((line) => `refused: ${line}\n`)].join('')
}

function refusals({ pools, routes, prompts, clients, remotes, keys }: ImportPlan): string[] {
  const named = [
    ...pools.map(({ slug, ...row }) => ({ ...row, name: `pool ${slug}` })),
    ...keys.rows.map(({ label, hint, ...row }) => ({ ...row, name: `key ${label || hint}` })),
    ...routes.map(({ model, ...row }) => ({ ...row, name: `route ${model}` })),
    ...prompts.map(({ slug, ...row }) => ({ ...row, name: `prompt ${slug}` })),
    ...clients.map((row) => ({ ...row, name: `client ${row.name}` })),
    ...remotes.map((row) => ({ ...row, name: `server ${row.name}` })),
  ]
  return named
    .filter(({ action }) => action === 'refused')
    .map(({ name, reason }) => `${name}: ${reason ?? 'no reason is known'}`)
}

async function passphraseIn(file: string): Promise<string> {
  return (await read(file)).replace(/\r?\n$/, '')
}

const read = (file: string) => readFile(file, 'utf8').catch(fileFailure(file))

function fileFailure(file: string): (error: unknown) => never {
  return (error) => {
    throw new CommandError(exitCodes.failed, `${file}: ${(error as NodeJS.ErrnoException).code ?? 'it failed'}.`)
  }
}
