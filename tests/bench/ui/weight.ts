/** How much a page has to load: the built files, packed as a server would. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Page } from '@playwright/test'

const packed = new Map<string, number>()

function packedBytes(path: string): number {
  const known = packed.get(path)
  if (known !== undefined) return known
  const bytes = gzipSync(readFileSync(join('out/renderer', path))).length
  packed.set(path, bytes)
  return bytes
}

/** Scripts and style sheets that the page has loaded so far, by their path. */
export function loadedFiles(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const paths = performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname)
    return [...new Set(paths.filter((path) => /\.(js|css)$/.test(path)))]
  })
}

/** Of all of them together, gzip. */
export function weightOf(files: Iterable<string>): number {
  return [...files].reduce((sum, file) => sum + packedBytes(file), 0)
}
