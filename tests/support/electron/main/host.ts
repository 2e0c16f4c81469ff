/** What the modelled parts of Electron share: the options, the phase of the start, the line to the test. */
import { type Caller, connect, type PageSide, type ShellFacts, type ShellOptions } from '../wire.ts'

export const options = JSON.parse(process.env['KEYWHEEL_TEST_SHELL'] ?? '{}') as ShellOptions

/** Filled by controls.ts; the line needs them before they can exist. */
export const handlers: Record<string, unknown> = {}

export const test: Caller<PageSide> = connect<PageSide>(
  {
    send: (message) => process.connected && process.send?.(message, () => undefined),
    listen: (onMessage) => process.on('message', onMessage),
  },
  handlers,
)

/** Facts that the models write down and the test reads. */
export const seen: Pick<ShellFacts, 'clipboard' | 'opened' | 'errorBoxes' | 'calls' | 'notifications'> = {
  clipboard: '',
  opened: [],
  errorBoxes: [],
  calls: [],
  notifications: [],
}

let ready = false
export const isReady = () => ready
export const becomeReady = () => {
  ready = true
}

/** Electron refuses these before `ready`. */
export function needsReady(what: string): void {
  if (!ready) throw new Error(`${what} cannot be used before the app is ready`)
}

/** Electron refuses these, or ignores them, after `ready`. */
export function needsUnready(what: string): void {
  if (ready) throw new Error(`${what} must be called before the app is ready`)
  seen.calls.push(what)
}
