/** Windows: netstat knows the process of a connection, tasklist its name. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Connection, PeerProcess } from './peer-process-types.ts'

const run = promisify(execFile)

/** Null when netstat does not know. Rejects when it is not there, or the time is over. */
export async function windowsProcess(connection: Connection, signal: AbortSignal): Promise<PeerProcess | null> {
  // By its whole path: a program of that name in the working folder would be started instead.
  const system = join(process.env['SystemRoot'] ?? 'C:\\Windows', 'System32')
  const options = { signal, maxBuffer: 8 * 1024 * 1024, windowsHide: true }
  const table = connection.address.includes(':') && !connection.address.startsWith('::ffff:') ? 'TCPv6' : 'TCP'
  const { stdout } = await run(join(system, 'netstat.exe'), ['-ano', '-p', table], options)
  const pid = netstatPid(stdout, connection)
  if (pid === null) return null
  const list = await run(join(system, 'tasklist.exe'), ['/FI', `PID eq ${pid}`, '/FO', 'CSV', '/NH'], options)
  const name = /^"([^"]+)"/m.exec(list.stdout)?.[1]
  return name === undefined ? null : { pid, name, path: null }
}

/** From what `netstat -ano` prints: whose own end is the connection's other end. The states are in the system's language. */
export function netstatPid(text: string, { address, port, ownPort }: Connection): number | null {
  const host = address.includes(':') && !address.startsWith('::ffff:') ? `[${address}]` : address.replace(/^::ffff:/, '')
  for (const line of text.split('\n')) {
    const [protocol, local, remote = '', , pid] = line.trim().split(/\s+/)
    if (protocol === 'TCP' && local === `${host}:${port}` && remote.endsWith(`:${ownPort}`)) return Number(pid)
  }
  return null
}
