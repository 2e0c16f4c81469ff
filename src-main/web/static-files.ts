/** The page's files, read once into a list at the start: what is not in the list does not exist. */
import { randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'
import { pagePolicy } from './policy.ts'

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.webmanifest': 'application/manifest+json',
}
const nonceMark = '__CSP_NONCE__'

interface StaticAnswer {
  headers: Record<string, string>
  body: Buffer
}

export interface StaticFiles {
  has(path: string): boolean
  /** The file at exactly this path (`/` = index.html, with a fresh style nonce); undefined when there is none. */
  get(path: string): StaticAnswer | undefined
}

/** Reads every file of a known type under `directory`. A directory that is not there has no files. */
export async function loadStaticFiles(directory: string): Promise<StaticFiles> {
  const files = new Map<string, StaticAnswer>()
  for (const entry of await listFiles(directory)) {
    const type = types[extname(entry)]
    if (!type) continue
    const path = `/${relative(directory, entry).split(sep).join('/')}`
    files.set(path, { headers: { 'content-type': type, ...caching(path) }, body: await readFile(entry) })
  }
  const index = files.get('/index.html')
  const html = index?.body.toString('utf8')
  files.delete('/index.html')
  return {
    has: (path) => files.has(path) || (path === '/' && html !== undefined),
    get: (path) => (path === '/' && html !== undefined ? page(html) : files.get(path)),
  }
}

function page(html: string): StaticAnswer {
  const nonce = randomBytes(16).toString('base64')
  return {
    headers: { 'content-type': types['.html'] ?? '', 'content-security-policy': pagePolicy(nonce) },
    body: Buffer.from(html.replaceAll(nonceMark, nonce)),
  }
}

/** The bundler puts a hash of the content into the names under assets/. */
function caching(path: string): Record<string, string> {
  return path.startsWith('/assets/') ? { 'cache-control': 'private, max-age=31536000, immutable' } : {}
}

async function listFiles(directory: string): Promise<string[]> {
  try {
    const entries = await readdir(directory, { recursive: true, withFileTypes: true })
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}
