/** How many connections may be open at once, so that there are file descriptors left for upstreams, databases and the rest. */
import { readFileSync } from 'node:fs'

const reserved = 256
/** Where the limit cannot be read: macOS's usual one for a process that asks for more, and nothing on Windows. */
const usualFiles = 8192
const fewest = 16

/** The lesser of `wanted` and half of what this process may open beyond 256: every connection here may need one to an upstream. */
export function connectionLimit(wanted: number, openFiles = openFilesLimit()): number {
  return Math.min(wanted, Math.max(fewest, Math.floor((openFiles - reserved) / 2)))
}

/** RLIMIT_NOFILE, soft; Node raises it to the hard one when it starts. */
function openFilesLimit(): number {
  try {
    const soft = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]
    return soft === undefined ? usualFiles : Number(soft)
  } catch {
    // Not Linux.
    return usualFiles
  }
}
