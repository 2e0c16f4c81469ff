/** `DIR/running.json`: where a running Keywheel answers, for its own commands; and how it proves that it is the one that wrote it. */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export interface RunningFile {
  /** Address of the REST API. */
  api: string
  pid: number
  /** Only whoever may read this file knows it, and the Keywheel that wrote it. */
  secret: string
}

/** What a command sends with its question who is there. */
export const nonceHeader = 'x-keywheel-nonce'

/** 256 random bits. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url')
}

/**
 * What only a holder of the secret can answer. Another program may have taken the port of a Keywheel that was killed: nothing is
 * sent there before it has proven itself.
 */
export function proofOf(secret: string, nonce: string): string {
  return createHmac('sha256', secret).update(`keywheel is here ${nonce}`).digest('base64url')
}

/** Compares in a time that says nothing about either. */
export function isSame(a: string, b: string): boolean {
  const key = randomBytes(32)
  const digest = (text: string) => createHmac('sha256', key).update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}

/** Replaces the file as a whole, with mode 0600. */
export async function writeRunningFile(dataDir: string, facts: RunningFile): Promise<void> {
  const fresh = `${pathIn(dataDir)}.${process.pid}`
  await rm(fresh, { force: true })
  await writeFile(fresh, `${JSON.stringify(facts)}\n`, { mode: 0o600, flag: 'wx' })
  await rename(fresh, pathIn(dataDir))
}

/** Null = there is none, or it is no such file. Whether that Keywheel still runs is another question. */
export async function readRunningFile(dataDir: string): Promise<RunningFile | null> {
  try {
    const { api, pid, secret } = (JSON.parse(await readFile(pathIn(dataDir), 'utf8')) ?? {}) as Partial<RunningFile>
    const whole = typeof api === 'string' && URL.canParse(api) && typeof pid === 'number' && typeof secret === 'string'
    return whole ? { api, pid, secret } : null
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

export async function removeRunningFile(dataDir: string): Promise<void> {
  await rm(pathIn(dataDir), { force: true })
}

const pathIn = (dataDir: string) => join(dataDir, 'running.json')
