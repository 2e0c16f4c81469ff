/** The last warnings of the log, as they were written: secrets are out of them already. */

export interface LogRing {
  /** A line of the log; one below `warn` is let pass. */
  add(line: string): void
  /** The oldest first. */
  lines(): readonly string[]
}

export function createLogRing(size = 50): LogRing {
  const kept: string[] = []
  return {
    add(line) {
      if (Number(/^\{"level":(\d+)/.exec(line)?.[1]) < warn) return
      kept.push(line)
      if (kept.length > size) kept.shift()
    },
    lines: () => [...kept],
  }
}

/** As pino counts levels. */
const warn = 40
