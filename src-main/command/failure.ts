/** How a command ends when it does not end well. */

/** What a script can tell by: the task or command itself failed, it was called wrongly, no Keywheel answers, no key is ready. */
export const exitCodes = { ok: 0, failed: 1, usage: 2, notRunning: 3, noKey: 4 } as const

/** A failure that was expected: its message is all that is printed. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
  readonly exitCode: number

  constructor(exitCode: number, message: string) {
    super(message)
    this.exitCode = exitCode
  }
}
