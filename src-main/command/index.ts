/** The command `keywheel`: wiring of its subcommands. */
import { Command, CommanderError } from 'commander'
import manifest from '../../package.json' with { type: 'json' }
import { TaskInputError } from '../task/index.ts'
import { CommandError, exitCodes } from './failure.ts'
import { find, whichKeywheel } from './find.ts'
import type { Keywheel } from './keywheel.ts'
import { say } from './print.ts'
import { openPage, runDrill, showModels, showStatus } from './reports.ts'
import { runCommand } from './run.ts'
import { serve } from './serve.ts'
import { runTaskCommand, taskCommand } from './task-command.ts'
import { exportCommand, importCommand } from './transfer.ts'
import { workspacesCommand } from './workspaces.ts'

const about = `
Exit codes: 0 done, 1 it failed, 2 wrong usage, 3 no Keywheel runs there, 4 no key is available.
KEYWHEEL_DATA_DIR    the data folder, where --data-dir does not say
KEYWHEEL_ADMIN_TOKEN the admin token, where the data folder does not have it (with --url)
`

function build(): Command {
  const program = whichKeywheel(new Command('keywheel'))
    .description('pools of API keys behind one local address')
    .version(manifest.version)
    .addHelpText('after', about)
    // So that what follows `run` and `serve` is theirs.
    .enablePositionalOptions()
    .exitOverride()
  const commands = [
    look('open', 'print a new sign-in address of the page', openPage),
    look('status', 'say what runs there', showStatus),
    look('models', 'list the models that are served', showModels).option('--refresh', 'ask the providers again'),
    drillCommand(),
    exportCommand(leave),
    importCommand(leave),
    taskCommand(async (wish, command) => leave(await runTaskCommand(wish, () => find(command)))),
    runCommandCommand(),
  ]
  // One that was made on its own does not inherit how its parent ends.
  for (const command of commands) program.addCommand(whichKeywheel(command).exitOverride())
  program.addCommand(workspacesCommand(leave).exitOverride())
  return program.addCommand(serveCommand(program).exitOverride())
}

interface LookOptions {
  json?: boolean
}

function look(name: string, what: string, show: (keywheel: Keywheel, options: LookOptions) => Promise<number>): Command {
  return new Command(name)
    .description(what)
    .option('--json', 'as one line of JSON')
    .action(async (options: LookOptions, command: Command) => leave(await show(await find(command), options)))
}

function drillCommand(): Command {
  return new Command('drill')
    .description("break a copy of a pool's upstream in every way, and see whether calls get through")
    .argument('<pool>')
    .option('--json', 'as one line of JSON')
    .action(async (pool: string, options: LookOptions, command: Command) => {
      leave(await runDrill(await find(command), pool, options))
    })
}

function runCommandCommand(): Command {
  return new Command('run')
    .description('run a command whose SDKs call Keywheel, with a token that ends with it')
    .option('--pool <slug>', 'only this pool; its own SDK calls it directly')
    .argument('<command...>', 'after --')
    .passThroughOptions()
    .action(async (words: string[], { pool }: { pool?: string }, command: Command) => {
      leave(await runCommand(await find(command), pool ?? null, words))
    })
}

/** Everything after `serve` is for the application itself. */
function serveCommand(program: Command): Command {
  return new Command('serve')
    .description('run Keywheel without a window; --help after it lists its options')
    .argument('[options...]')
    .helpOption(false)
    .allowUnknownOption()
    .passThroughOptions()
    .action(async (options: string[]) => {
      const { dataDir, workspace } = program.opts<{ dataDir?: string; workspace?: string }>()
      const given = { '--data-dir': dataDir, '--workspace': workspace }
      const named = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [name, value]))
      await serve([...named, ...options])
    })
}

/** Not `process.exit`: what was written shall reach its reader. */
function leave(exitCode: number): void {
  process.exitCode = exitCode
}

function end(error: unknown): void {
  if (error instanceof CommanderError) return leave(error.exitCode === 0 ? exitCodes.ok : exitCodes.usage)
  if (error instanceof TaskInputError) {
    say(optionName(error))
    return leave(exitCodes.usage)
  }
  say(error instanceof Error ? error.message : String(error))
  leave(error instanceof CommandError ? error.exitCode : exitCodes.failed)
}

/** `contextFile: …` as the command line calls it. */
function optionName({ field, message }: TaskInputError): string {
  return `--${field.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}${message.slice(field.length)}`
}

/** A reader that has gone, as `| head` does, is no failure. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})
build().parseAsync().catch(end)
