/** The scheme that serves the page: files from the list made at the start, nothing else. */
import { protocol } from 'electron'
import type { PageFiles } from '../page/files.ts'
import { isPage, pageScheme } from './origin.ts'

/** Must run before Electron is ready. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: pageScheme, privileges: { standard: true, secure: true, supportFetchAPI: true, corsEnabled: true, codeCache: true } },
  ])
}

export function serveScheme(files: PageFiles): void {
  protocol.handle(pageScheme, (request) => {
    if (!isPage(request.url) || request.method !== 'GET') return new Response('not found', { status: 404 })
    const file = files.answer(new URL(request.url).pathname)
    if (!file) return new Response('not found', { status: 404 })
    return new Response(file.body, { headers: file.headers })
  })
}
