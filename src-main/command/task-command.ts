/** `keywheel task` as a person writes it: its options, its end by a signal, and what it prints. */
import { constants } from 'node:os'
import { text } from 'node:stream/consumers'
import { Command, InvalidArgumentError, Option } from 'commander'
import { noResult, type TaskQuality, type TaskResult, taskQualities } from '../task/index.ts'
import { CommandError, exitCodes } from './failure.ts'
import type { Keywheel } from './keywheel.ts'
import { print, printJson, say } from './print.ts'
import { exitCodeOf, taskByKeywheel } from './task.ts'

interface Given {
  task: string
  model?: string
  quality?: TaskQuality
  pool?: string
  output?: string
  contextFile?: string
  imageFile?: string
  imageOutput?: string
  systemPrompt?: string
  enableTools?: boolean
  captureThinking?: boolean
  maxRetries: number
  json?: boolean
}

export function taskCommand(run: (given: Given, command: Command) => Promise<void>): Command {
  return new Command('task')
    .description('put one task to a model and print its answer')
    .requiredOption('--task <text>', 'what is to be done; - reads it from standard input')
    .option('--model <name>', 'ask this model first; others stand in when it cannot serve')
    .addOption(new Option('--quality <level>', 'which models of the settings to ask').choices(taskQualities))
    .option('--pool <slug>', 'use the keys of this pool only')
    .option('--output <file>', 'write the answer there as well')
    .option('--context-file <file>', 'a text that the model is given with the task')
    .option('--image-file <file>', 'an image that the model is given with the task')
    .option('--image-output <file>', 'ask for an image, and write it there')
    .option('--system-prompt <text>', 'instead of the one that fits the quality')
    .option('--enable-tools', "let the model use Google's search and run code")
    .option('--capture-thinking', "give the model's thoughts with the result")
    .option('--max-retries <n>', 'ask a model again so often after a failure that may pass', wholeNumber, 0)
    .option('--json', 'print the whole result as one line of JSON')
    .action(run)
}

/** Prints the result and gives back the exit code. Throws CommandError and TaskInputError. */
export async function runTaskCommand({ task, json = false, ...given }: Given, find: () => Promise<Keywheel>): Promise<number> {
  const words = task === '-' ? await text(process.stdin) : task
  const { signal, endedBy } = stopOnSignals()
  try {
    const { result, failure } = await taskByKeywheel(await find(), words, { ...given, signal, onProgress: say })
    printResult(result, json)
    return endedBy() ?? exitCodeOf(failure)
  } catch (error) {
    if (json && error instanceof CommandError && error.exitCode !== exitCodes.usage) {
      printJson(noResult('keywheel', error.message))
    }
    throw error
  }
}

/** Not the signals' default, which would leave the token behind. */
function stopOnSignals(): { signal: AbortSignal; endedBy(): number | null } {
  const stop = new AbortController()
  let code: number | null = null
  const onSignal = (signal: NodeJS.Signals) => {
    code = 128 + constants.signals[signal]
    stop.abort()
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal)
  return { signal: stop.signal, endedBy: () => code }
}

function printResult(result: TaskResult, json: boolean): void {
  if (json) return printJson(result)
  if (result.error !== null) say(result.error)
  if (result.output) print(result.output.endsWith('\n') ? result.output : `${result.output}\n`)
}

function wholeNumber(value: string): number {
  if (/^\d{1,2}$/.test(value)) return Number(value)
  throw new InvalidArgumentError('use a number from 0 to 99.')
}
