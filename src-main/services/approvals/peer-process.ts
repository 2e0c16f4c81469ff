/** The program at the other end of a connection to this machine, as far as the system tells. */
import { shownName } from './code.ts'
import { linuxProcess } from './peer-process-linux.ts'
import { macProcess } from './peer-process-mac.ts'
import type { Connection, PeerProcess } from './peer-process-types.ts'
import { windowsProcess } from './peer-process-windows.ts'

const longestMs = 3000

/** Null when the system does not tell, or not within 3 s. Never rejects: it is for showing, and nothing is decided by it. */
export async function findPeerProcess(connection: Connection, platform = process.platform): Promise<PeerProcess | null> {
  const find = finders[platform]
  if (find === undefined) return null
  try {
    const found = await find(connection, AbortSignal.timeout(longestMs))
    // What a program calls itself is its own choice.
    return found && { pid: found.pid, name: shownName(found.name), path: found.path && shownPath(found.path) }
  } catch {
    return null // it is gone, it is somebody else's, or the tool that would tell is not here
  }
}

type Finder = (connection: Connection, signal: AbortSignal) => Promise<PeerProcess | null>

const finders: Partial<Record<NodeJS.Platform, Finder>> = { linux: linuxProcess, darwin: macProcess, win32: windowsProcess }

function shownPath(path: string): string {
  return path.replace(/[\p{C}]/gu, '').slice(0, 1024)
}
