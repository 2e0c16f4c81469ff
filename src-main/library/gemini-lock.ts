/** One program at a time: a lock file beside the file that it protects. Node has no advisory locks. */
import { randomUUID } from 'node:crypto'
import { mkdir, open, readFile, rm, rmdir, stat } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { KeyPoolError } from './gemini-errors.ts'

/** A lock is held for a few milliseconds: one this old was left behind by a program that ended. */
const STALE_MS = 10_000
const PATIENCE_MS = 30_000

/** Runs `work` while no other program does under the same lock. Throws KeyPoolError STATE_LOCKED after 30 s of waiting. */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const token = `${process.pid} ${randomUUID()}`
  for (const begun = performance.now(); !(await take(path, token)); ) {
    if (performance.now() - begun > PATIENCE_MS) {
      throw new KeyPoolError('STATE_LOCKED', path, `${path} is held by another program; delete it if there is none.`)
    }
    await removeIfStale(path)
    await delay(2 + Math.random() * 8)
  }
  try {
    return await work()
  } finally {
    if ((await contentOf(path)) === token) await rm(path, { force: true })
  }
}

async function take(path: string, token: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx', 0o600)
    await file.writeFile(token)
    await file.close()
    return true
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false
    throw error
  }
}

/** Of several that find the lock stale only one may remove it: a second might remove the lock that the first has taken since. */
async function removeIfStale(path: string): Promise<void> {
  if (!(await isStale(path))) return
  const broom = `${path}.broom`
  try {
    await mkdir(broom)
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error
    // Whoever swept died over it.
    if ((await ageOf(broom)) > 6 * STALE_MS) await rmdir(broom).catch(() => undefined)
    return
  }
  try {
    if (await isStale(path)) await rm(path, { force: true })
  } finally {
    await rmdir(broom)
  }
}

async function isStale(path: string): Promise<boolean> {
  const age = await ageOf(path)
  if (age > STALE_MS) return true
  const pid = Number((await contentOf(path))?.split(' ')[0])
  return Number.isInteger(pid) && pid > 0 && !isAlive(pid)
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return !isCode(error, 'ESRCH')
  }
}

/** In ms; 0 when it is gone. */
async function ageOf(path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined)
  return found ? Date.now() - found.mtimeMs : 0
}

async function contentOf(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined)
}

export function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
