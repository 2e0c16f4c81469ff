/** The program's log: one JSON line a thing, to stderr, so that stdout stays for what was asked for. */
import { type DestinationStream, type Logger, pino } from 'pino'
import { redact } from './log-redaction.ts'

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']

/** `level` = what KEYWHEEL_LOG says; `warn` when that is no level. `to` is stderr unless told; it is written to at once, for the last line counts most. */
export function createLog(level: string | undefined, to: DestinationStream = pino.destination({ dest: 2, sync: true })): Logger {
  const known = level !== undefined && levels.includes(level)
  const options = { base: null, level: known ? level : 'warn', hooks: { streamWrite: redact } }
  const log = pino(options, to)
  if (level !== undefined && level !== '' && !known) log.warn({ known: levels }, 'KEYWHEEL_LOG is no level; warn it is')
  return log
}
