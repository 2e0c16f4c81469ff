/** The scheme that serves the page: files from the list made at the start, nothing else. */
import { protocol } from 'electron'
import type { PageFiles } from '../page/files.ts'
import { fileHeaders } from '../page/policy.ts'
import { isPage, pageScheme } from './origin.ts'

/** Must run before Electron is ready. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([
    {
      scheme: pageScheme,
      privileges: { standard: true, secure: true, supportFetchAPI: true, corsEnabled: true, codeCache: true },
    },
  ])
}

export function serveScheme(files: PageFiles): void {
  protocol.handle(pageScheme, (request) => {
    const isAsked = request.method === 'GET' && isPage(request.url)
    const file = isAsked ? files.answer(new URL(request.url).pathname) : undefined
    return file
      ? new Response(file.body, { headers: file.headers })
      : new Response('not found', { status: 404, headers: fileHeaders })
  })
}
