/** The document for scripts tells of every call. */
import { describe, expect, it } from 'vitest'
import { openApiDocument } from '../../src-main/api/openapi.ts'
import { contract } from '../../src-preload/contract/index.ts'

interface Route {
  '~orpc': { route: { method?: string; path?: string; successStatus?: number } }
}

describe('openapi.json', () => {
  const routes = Object.values(contract).flatMap((noun) => Object.values(noun) as unknown as Route[])

  it('lists every call of the contract with its method and success status', async () => {
    const document = (await openApiDocument('0.1.0')) as { paths: Record<string, Record<string, { responses: object }>> }
    expect(routes.length).toBeGreaterThan(40)
    for (const { '~orpc': call } of routes) {
      const { method = '', path = '', successStatus = 200 } = call.route
      const responses = document.paths[path]?.[method.toLowerCase()]?.responses
      expect(Object.keys(responses ?? {}), `${method} ${path}`).toEqual([String(successStatus), 'default'])
    }
  })

  it('says of every call in a few words what it does, and which noun it belongs to', async () => {
    const document = (await openApiDocument('0.1.0')) as { paths: Record<string, Record<string, object>> }
    for (const { '~orpc': call } of routes) {
      const { method = '', path = '' } = call.route
      expect(document.paths[path]?.[method.toLowerCase()], `${method} ${path}`).toMatchObject({
        summary: expect.stringMatching(/^[A-Z].{4,}[^.]$/) as string,
        tags: [expect.stringMatching(/^[a-z]+$/)],
      })
    }
  })

  it('gives the error answer once, with all codes', async () => {
    const text = JSON.stringify(await openApiDocument('0.1.0'))
    expect(text.match(/"VAULT_LOCKED"/g)).toHaveLength(1)
    expect(JSON.parse(text)).toMatchObject({ info: { version: '0.1.0' }, servers: [{ url: '/api' }], security: [{ token: [] }] })
  })
})
