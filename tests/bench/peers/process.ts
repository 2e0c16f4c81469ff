/** Programs of a benchmark, each in a process of its own, and the CPU time and memory that they take. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'

export interface Peer {
  name: string
  port: number
  /** Of its main and its worker processes. */
  pids(): number[]
  stop(): Promise<void>
}

export function peerOf(name: string, port: number, child: ChildProcess): Peer {
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  return {
    name,
    port,
    pids: () => family(child.pid ?? 0),
    async stop() {
      child.kill('SIGTERM')
      await gone
    },
  }
}

/** Starts a script of ours under this Node; it prints its port. */
export async function startScript(name: string, file: URL, args: readonly string[] = []): Promise<Peer> {
  const child = spawn(process.execPath, [file.pathname, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const line = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve)
    child.once('exit', (code) => reject(new Error(`${name} ended with ${code}`)))
  })
  return peerOf(name, Number(line), child)
}

/** A port that nobody listens on at present. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** Resolves when something answers HTTP there; rejects after 20 s. */
export async function untilAnswered(port: number): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const answer = await fetch(`http://127.0.0.1:${port}/`).catch(() => null)
    await answer?.body?.cancel()
    if (answer !== null) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`nothing answers on port ${port}`)
}

/** Milliseconds of CPU that these processes have used; null where the system does not tell. */
export function cpuMs(pids: readonly number[]): number | null {
  try {
    return pids.reduce((sum, pid) => sum + ticks(pid) * 10, 0)
  } catch {
    return null
  }
}

/** Megabytes in memory; null where the system does not tell. */
export function residentMb(pids: readonly number[]): number | null {
  try {
    return pids.reduce(
      (sum, pid) => sum + Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024,
      0,
    )
  } catch {
    return null
  }
}

/** User and system time, fields 14 and 15, in hundredths of a second. The name before them may have blanks. */
function ticks(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return Number(fields[11]) + Number(fields[12])
}

function family(pid: number): number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean)
    return [pid, ...children.flatMap((child) => family(Number(child)))]
  } catch {
    return [pid]
  }
}

/** Whether a command is there. */
export function has(command: string): boolean {
  try {
    execFileSync('which', [command], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
