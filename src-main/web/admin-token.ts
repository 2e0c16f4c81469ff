/** The token of scripts: a file that only its owner can read. */
import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What fits into an Authorization header as one word. */
const usable = /^[\x21-\x7e]{16,512}$/

/** Reads `DIR/admin-token`, or makes it with mode 0600. Rejects when what is there cannot be a token. */
export async function readAdminToken(dataDir: string): Promise<string> {
  const file = join(dataDir, 'admin-token')
  try {
    await writeFile(file, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  const token = (await readFile(file, 'utf8')).trim()
  if (!usable.test(token)) throw new Error(`${file}: an admin token is one word of 16 to 512 printable ASCII characters`)
  return token
}
