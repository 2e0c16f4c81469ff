/** The built page as a list of files, read once: a path is looked up in it, never put together. */
import { randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'
import { fileHeaders, pageHeaders } from './policy.ts'

interface PageFile {
  headers: Record<string, string>
  body: Uint8Array<ArrayBuffer>
}

export interface PageFiles {
  /** The file at an absolute path such as `/assets/x.js`; `/` is the page. Undefined when there is none. */
  answer(path: string): PageFile | undefined
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
}
const noncePlace = '__CSP_NONCE__'

/** Rejects when the page has not been built. */
export async function readPageFiles(dir: string, connect: "'self'" | "'none'"): Promise<PageFiles> {
  const files = new Map<string, PageFile>()
  const entries = await readdir(dir, { recursive: true, withFileTypes: true })
  for (const entry of entries.filter((found) => found.isFile())) {
    const file = join(entry.parentPath, entry.name)
    const type = types[extname(entry.name)]
    if (type === undefined) continue
    // Names of built files change with their content, so they may be kept for ever.
    const headers = { ...fileHeaders, 'content-type': type, 'cache-control': 'max-age=31536000, immutable' }
    files.set(`/${relative(dir, file).split(sep).join('/')}`, { headers, body: new Uint8Array(await readFile(file)) })
  }
  const page = files.get('/index.html')
  if (!page) throw new Error(`there is no page in ${dir}; run "npm run build"`)
  files.delete('/index.html')
  const html = new TextDecoder().decode(page.body)

  return {
    answer(path) {
      if (path !== '/' && path !== '/index.html') return files.get(path)
      const nonce = randomBytes(16).toString('base64')
      const headers = { ...pageHeaders(connect, nonce), 'content-type': types['.html'] ?? '' }
      return { headers, body: new TextEncoder().encode(html.replaceAll(noncePlace, nonce)) }
    },
  }
}
