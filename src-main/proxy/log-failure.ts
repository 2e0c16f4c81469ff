/** Errors of our own, as they are logged: by name and place. */
import type { ProxyLog } from './types.ts'

/** Logs an error without its message, which may quote what it failed on. */
export function logFailure(log: ProxyLog, error: unknown, message: string, fields: Record<string, unknown> = {}): void {
  const { name, stack = '' } = error instanceof Error ? error : new TypeError()
  const frames = stack.split('\n').filter((line) => /^ +at /.test(line))
  log.warn({ ...fields, error: name, at: frames.slice(0, 5).map((line) => line.trim()) }, message)
}
