/** The browser gate: this host's own name, this page's own origin, and no way round the path. */
import type { IncomingMessage } from 'node:http'
import { KeywheelError } from '../../src-preload/contract/index.ts'

/**
 * Refuses what another site, another name for this machine (DNS rebinding) or a confused proxy sends.
 * @returns the request's path without its query
 * @throws KeywheelError MISDIRECTED, FORBIDDEN_ORIGIN or NOT_FOUND
 */
export function admit(request: IncomingMessage, port: number): string {
  const host = ownHost(request, port)
  const { origin, 'sec-fetch-site': site } = request.headers
  if (origin !== undefined && origin !== `http://${host}`) throw new KeywheelError('FORBIDDEN_ORIGIN')
  const fromElsewhere = site !== undefined && site !== 'same-origin' && site !== 'none'
  if (fromElsewhere && !isNavigation(request)) throw new KeywheelError('FORBIDDEN_ORIGIN')
  return pathOf(request.url ?? '')
}

function ownHost(request: IncomingMessage, port: number): string {
  // Node keeps the first of two Host headers; a proxy in between may have meant the second.
  const hosts = request.headersDistinct['host'] ?? []
  const host = hosts[0]?.toLowerCase() ?? ''
  const own = ['127.0.0.1', 'localhost', '[::1]'].some((name) => host === `${name}:${port}`)
  if (hosts.length !== 1 || !own) {
    throw new KeywheelError('MISDIRECTED', `This host name is not served here; use http://127.0.0.1:${port}.`)
  }
  return host
}

/** A link to the page, in a mail or another program's window: it opens a document of its own and gives nothing away. */
function isNavigation({ method, headers, url }: IncomingMessage): boolean {
  const opensDocument = headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document'
  return method === 'GET' && url?.split('?')[0] === '/' && opensDocument
}

/** Only a path that means the same to everyone: no absolute form, no dot segments, no backslashes. */
function pathOf(target: string): string {
  const path = target.split('?')[0] ?? ''
  const base = 'http://keywheel.invalid'
  if (!path.startsWith('/') || path.startsWith('//') || !URL.canParse(base + path)) throw new KeywheelError('NOT_FOUND')
  const seen = new URL(base + path)
  if (seen.pathname !== path || seen.host !== 'keywheel.invalid') throw new KeywheelError('NOT_FOUND')
  return path
}
