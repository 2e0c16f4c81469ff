/** `keywheel run -- COMMAND`: a command with a token of its own, for as long as it runs. */
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { contract } from '../../src-preload/contract/index.ts'
import { systemCode } from '../base/loopback.ts'
import { withClient } from './client.ts'
import { CommandError, exitCodes } from './failure.ts'
import type { Keywheel } from './keywheel.ts'
import { environmentFor } from './variables.ts'

const passedOn = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const

/** Runs it and gives back its exit code, 128 + the signal's number when one ended it. Throws CommandError. */
export async function runCommand(
  keywheel: Keywheel,
  pool: string | null,
  [command = '', ...args]: readonly string[],
): Promise<number> {
  const found = pool === null ? null : await keywheel.call(contract.pools.get, { slug: pool })
  // From the first moment on: a signal while the token is being made must not leave it behind.
  const signals = holdSignals()
  try {
    return await withClient(keywheel, { name: nameOf(command), pool }, (client) =>
      watch(command, args, environmentFor(process.env, client, found), signals),
    )
  } finally {
    signals.release()
  }
}

interface Signals {
  /** Who gets those that came and those to come. */
  to(receive: (signal: NodeJS.Signals) => void): void
  release(): void
}

function holdSignals(): Signals {
  const waiting: NodeJS.Signals[] = []
  let receive: (signal: NodeJS.Signals) => void = (signal) => waiting.push(signal)
  const onSignal = (signal: NodeJS.Signals) => receive(signal)
  for (const signal of passedOn) process.on(signal, onSignal)
  return {
    to(receiver) {
      receive = receiver
      for (const signal of waiting.splice(0)) receiver(signal)
    },
    release() {
      for (const signal of passedOn) process.off(signal, onSignal)
    },
  }
}

function watch(command: string, args: readonly string[], env: NodeJS.ProcessEnv, signals: Signals): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'inherit', env })
    child.once('error', (error) => reject(cannotRun(command, error)))
    child.once('exit', (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])))
    signals.to((signal) => {
      // What is typed in a terminal reaches the command by itself.
      const typed = signal !== 'SIGTERM' && process.stdin.isTTY
      if (!typed) child.kill(signal)
    })
  })
}

function cannotRun(command: string, error: Error): CommandError {
  const code = systemCode(error)
  const why = code === 'ENOENT' ? 'there is no such command' : code === 'EACCES' ? 'it may not be run' : code
  // As shells have it.
  return new CommandError(code === 'ENOENT' ? 127 : code === 'EACCES' ? 126 : exitCodes.failed, `${command}: ${why}.`)
}

const nameOf = (command: string) => `run ${command.replace(/^.*[/\\]/, '')}`.slice(0, 128)
