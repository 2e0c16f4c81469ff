/** Linux: /proc/net/tcp has the socket's inode, and one of the person's own processes has it open. */
import { readdir, readFile, readlink, stat } from 'node:fs/promises'
import { endianness } from 'node:os'
import type { Connection, PeerProcess } from './peer-process-types.ts'

/** Open files that are looked at, at most, over all processes: some milliseconds for each ten thousand. */
const maxFiles = 100_000

/** Null when the connection is none of this machine's, or another user's. Rejects when the time is over. */
export async function linuxProcess(connection: Connection, signal: AbortSignal): Promise<PeerProcess | null> {
  const inode = await inodeOf(connection)
  return inode === null ? null : ownerOf(`socket:[${inode}]`, signal)
}

async function inodeOf({ address, port, ownPort }: Connection): Promise<string | null> {
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    // A machine without IPv6 has only one of them.
    const inode = inodeIn(await readFile(table, 'latin1').catch(() => ''), { address, port, ownPort })
    if (inode !== null) return inode
  }
  return null
}

/** From the text of /proc/net/tcp or tcp6: the socket whose own end is the connection's other end. */
export function inodeIn(table: string, { address, port, ownPort }: Connection): string | null {
  const hosts = hexAddresses(address)
  for (const line of table.split('\n')) {
    // sl local remote state tx:rx timer:when retransmits uid timeout inode …
    const [, local = '', remote = '', state, , , , , , inode] = line.trim().split(/\s+/)
    if (state !== established || inode === undefined || inode === '0') continue
    const [host = '', hexPort = ''] = local.split(':')
    const ownHexPort = remote.split(':')[1] ?? ''
    if (hosts.includes(host) && sameNumber(hexPort, port) && sameNumber(ownHexPort, ownPort)) return inode
  }
  return null
}

const established = '01'
const sameNumber = (hex: string, number: number) => Number.parseInt(hex, 16) === number

/** A loopback address as the tables write it, which is word by word in the machine's own order; an IPv4 one also as IPv6 has it. */
function hexAddresses(address: string): string[] {
  if (address === '::1') return [words([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])]
  const bytes = address
    .replace(/^::ffff:/i, '')
    .split('.')
    .map(Number)
  if (bytes.length !== 4 || bytes.some((byte) => !Number.isInteger(byte))) return []
  return [words(bytes), words([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, ...bytes])]
}

function words(bytes: readonly number[]): string {
  const buffer = Buffer.from(bytes)
  return (endianness() === 'LE' ? buffer.swap32() : buffer).toString('hex').toUpperCase()
}

/** The newest first: who asks has just been started, as a rule. */
async function ownerOf(link: string, signal: AbortSignal): Promise<PeerProcess | null> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  let files = 0
  for (const pid of pids.toSorted((a, b) => b - a)) {
    signal.throwIfAborted()
    if (!(await isOwn(pid))) continue
    for (const file of await readdir(`/proc/${pid}/fd`).catch(() => [])) {
      files += 1
      if (files > maxFiles) return null
      if ((await readlink(`/proc/${pid}/fd/${file}`).catch(() => '')) === link) return await describe(pid)
    }
  }
  return null
}

async function isOwn(pid: number): Promise<boolean> {
  const uid = process.getuid?.()
  return (await stat(`/proc/${pid}`).catch(() => null))?.uid === uid
}

async function describe(pid: number): Promise<PeerProcess> {
  const name = (await readFile(`/proc/${pid}/comm`, 'utf8')).trim()
  const path = await readlink(`/proc/${pid}/exe`).catch(() => null)
  return { pid, name, path }
}
