/** Standard output and error may be closed by whoever reads them; the program goes on without them. */

export function surviveBrokenPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error
    })
  }
}

/** One line on stderr. */
export function complain(message: string): void {
  process.stderr.write(`keywheel: ${message}\n`)
}

/** What is left to say of a failure that nobody expected: its kind and place. Its message may quote a key. */
export function lastWords(error: unknown): string {
  if (!(error instanceof Error)) return `an unexpected failure (${typeof error})`
  const code = 'code' in error ? ` (${String(error.code)})` : ''
  const places = error.stack?.split('\n').filter((line) => /^\s+at /.test(line)) ?? []
  return [`an unexpected ${error.name}${code}`, ...places].join('\n')
}
