/** The token of scripts: a file that only its owner can read. */
import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const shortest = 16

/** Reads `DIR/admin-token`, or makes it with mode 0600. Rejects when what is there is too short to be a token. */
export async function readAdminToken(dataDir: string): Promise<string> {
  const file = join(dataDir, 'admin-token')
  try {
    await writeFile(file, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  const token = (await readFile(file, 'utf8')).trim()
  if (token.length < shortest) throw new Error(`${file}: an admin token has at least ${shortest} characters`)
  return token
}
