/** Starts the keychain helper, as a child process of Node or through whatever the desktop passes in. */
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Call } from './keychain-call.ts'

/** A running helper, as the vault sees it. */
export interface HelperProcess {
  send(call: Call): void
  onMessage(listener: (message: unknown) => void): void
  /** Called when the process is gone or could not be started; maybe more than once. */
  onExit(listener: () => void): void
  kill(): void
}

/** The helper's file: unbuilt a sibling, built a flat file of the same name. */
export const helperPath = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? './keychain-helper.ts' : './keychain-helper.js', import.meta.url),
)

export interface ForkOptions {
  /** Another helper file, for tests of its failures. */
  path?: string
  env?: NodeJS.ProcessEnv
  execArgv?: string[]
}

/** Starts the helper with `child_process.fork`. It never keeps this process alive, and ends when this process does. */
export function forkHelper({ path = helperPath, env = process.env, execArgv = [] }: ForkOptions = {}): HelperProcess {
  // Silent: libsecret's warnings would spoil the one JSON line that scripts read from us.
  const child = fork(path, [], { env, execArgv, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
  child.unref()
  child.channel?.unref()
  return {
    send: (call) => {
      // A helper that died before it heard us is reported by its exit.
      child.send(call, () => undefined)
    },
    onMessage: (listener) => child.on('message', listener),
    onExit: (listener) => {
      // A second 'error' without a listener would end this process.
      child.on('exit', listener).on('error', listener)
    },
    kill: () => child.kill('SIGKILL'),
  }
}

/** The part of Electron's `UtilityProcess` that the helper needs. */
export interface UtilityProcessLike {
  postMessage(message: unknown): void
  on(event: 'message', listener: (message: unknown) => void): unknown
  once(event: 'exit', listener: () => void): unknown
  kill(): boolean
}

/** Makes a helper of `utilityProcess.fork(helperPath)`: the desktop's own binary cannot run as plain Node. */
export function utilityHelper(child: UtilityProcessLike): HelperProcess {
  return {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a process, not a window
    send: (call) => child.postMessage(call),
    onMessage: (listener) => child.on('message', listener),
    onExit: (listener) => child.once('exit', listener),
    kill: () => child.kill(),
  }
}
