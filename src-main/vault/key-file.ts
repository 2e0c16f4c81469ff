/** A key file: 32 random bytes in base64url, readable by its owner only. */
import { randomBytes } from 'node:crypto'
import { open, readFile, stat } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import { invalid } from '../../src-preload/contract/index.ts'
import { keyBytes, readKeyText } from './crypto.ts'

/** A key and its line end are 44 bytes; white space around it does no harm. */
const maxBytes = 1024

/** Where the key file is when nobody says otherwise. */
export const defaultKeyFile = 'vault.key'

/** The path as it is remembered: only the name when the file lies beside the data, so that the folder can move. */
export function rememberedPath(dataDir: string, path: string): string {
  const full = resolve(path)
  return dirname(full) === resolve(dataDir) ? basename(full) : full
}

/** The key in a file, or null when there is no file. `open` tells whether other users of this machine may read it. INVALID_INPUT. */
export async function readKeyFile(path: string): Promise<{ key: Buffer; open: boolean } | null> {
  let text = ''
  let mode: number
  try {
    const found = await stat(path)
    mode = found.mode
    // Neither a pipe nor a device, which might never end, nor a film that somebody chose by mistake.
    if (found.isFile() && found.size <= maxBytes) text = await readFile(path, 'utf8')
  } catch (error) {
    if (code(error) === 'ENOENT') return null
    throw invalid('keyFile', `the key file ${path} cannot be read (${code(error)})`)
  }
  const key = readKeyText(text.trim())
  if (!key) throw invalid('keyFile', `${path} is not a key file (32 bytes in base64url on one line)`)
  return { key, open: process.platform !== 'win32' && (mode & 0o077) !== 0 }
}

/** The key in the file at `path`, made first when there is none. An existing file is never written to. INVALID_INPUT. */
export async function makeKeyFile(path: string): Promise<{ key: Buffer; open: boolean }> {
  const key = randomBytes(keyBytes)
  try {
    await writeNew(path, `${key.toString('base64url')}\n`)
    return { key, open: false }
  } catch (error) {
    if (code(error) !== 'EEXIST') throw invalid('path', `the key file ${path} cannot be created (${code(error)})`)
  }
  const found = await readKeyFile(path)
  if (!found) throw invalid('path', `the key file ${path} vanished while it was read`)
  return found
}

/** On disk before the vault is locked with it: a power cut must not leave a vault without its key. */
async function writeNew(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

function code(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
}
