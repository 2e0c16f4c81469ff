/** macOS: lsof knows who has the connection open. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Connection, PeerProcess } from './peer-process-types.ts'

const run = promisify(execFile)

/** Null when lsof does not know. Rejects when it is not there, or the time is over. */
export async function macProcess({ address, port, ownPort }: Connection, signal: AbortSignal): Promise<PeerProcess | null> {
  const options = { signal, maxBuffer: 1024 * 1024 }
  // -F: one field a line, by letter: p = process, c = command, n = the connection's two ends.
  const { stdout } = await run('/usr/sbin/lsof', ['-nP', `-iTCP:${port}`, '-sTCP:ESTABLISHED', '-Fpcn'], options)
  const found = lsofProcess(stdout, { address, port, ownPort })
  if (found === null) return null
  const path = await run('/bin/ps', ['-p', String(found.pid), '-o', 'comm='], options)
  return { ...found, path: path.stdout.trim() || null }
}

/** From what `lsof -Fpcn` prints: whose own end is the connection's other end. */
export function lsofProcess(text: string, { address, port, ownPort }: Connection): { pid: number; name: string } | null {
  const host = address.includes(':') && !address.startsWith('::ffff:') ? `[${address}]` : address.replace(/^::ffff:/, '')
  let pid = 0
  let name = ''
  for (const line of text.split('\n')) {
    const value = line.slice(1)
    if (line[0] === 'p') pid = Number(value)
    else if (line[0] === 'c') name = value
    else if (line[0] === 'n' && value.startsWith(`${host}:${port}->`) && value.endsWith(`:${ownPort}`)) return { pid, name }
  }
  return null
}
