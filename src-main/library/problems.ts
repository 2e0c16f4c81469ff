/** What went wrong in the background, where no call could have told of it. Never holds a key. */

export interface Problem {
  readonly code:
    | 'CLIENT_FAILED'
    | 'CLOSE_FAILED'
    | 'REACH_LIMIT_FAILED'
    | 'FETCH_FAILED'
    | 'FETCH_EMPTY'
    | 'KEY_SKIPPED'
    | 'CONFIG_FAILED'
    | 'CALLBACK_FAILED'
    | 'REPORT_FAILED'
  readonly message: string
}

export type OnProblem = (problem: Problem) => void

/** Where a program gives no listener: a warning of the process, on stderr by Node's own rules. */
export function warnProblem({ code, message }: Problem): void {
  process.emitWarning(message, { type: 'KeywheelWarning', code })
}

/** An error in a few words, with every one of `secrets` taken out. */
export function wordsOf(error: unknown, secrets: readonly string[] = []): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : typeof error
  // The longest first: one may be a part of another.
  return [...new Set(secrets)]
    .filter((secret) => secret !== '')
    .toSorted((a, b) => b.length - a.length)
    .reduce((clean, secret) => clean.replaceAll(secret, '***'), text)
}
