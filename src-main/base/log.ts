/** The program's log: one JSON line a thing, to stderr, so that stdout stays for what was asked for. */
import { type DestinationStream, type Logger, pino } from 'pino'
import { redact } from './log-redaction.ts'
import type { LogRing } from './log-ring.ts'

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']

interface LogOptions {
  /** Stderr unless told; it is written to at once, for the last line counts most. */
  to?: DestinationStream
  /** Keeps its last warnings. */
  ring?: LogRing
}

/** `level` = what KEYWHEEL_LOG says; `warn` when that is no level. */
export function createLog(
  level: string | undefined,
  { to = pino.destination({ dest: 2, sync: true }), ring }: LogOptions = {},
): Logger {
  const known = level !== undefined && levels.includes(level)
  const streamWrite = (line: string) => {
    const shown = redact(line)
    ring?.add(shown)
    return shown
  }
  const log = pino({ base: null, level: known ? level : 'warn', hooks: { streamWrite } }, to)
  if (level !== undefined && level !== '' && !known) log.warn({ known: levels }, 'KEYWHEEL_LOG is no level; warn it is')
  return log
}
