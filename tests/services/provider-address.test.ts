/** Calls on Keywheel's own account go where forwarded ones do, however the base URL is written. */
import { expect, test } from 'vitest'
import { providers } from '../../src-main/providers/index.ts'
import { callProvider } from '../../src-main/services/provider-call.ts'
import type { PoolRow } from '../../src-main/storage/types.ts'
import { startStagedUpstream } from '../proxy/staged-upstream.ts'

test.each([
  ['', '/v1beta/models?pageSize=1'],
  ['/v1beta', '/v1beta/models?pageSize=1'],
  ['/under/v1beta', '/under/v1beta/models?pageSize=1'],
])('Gemini at …%s', async (below, path) => {
  const upstream = await startStagedUpstream('http', (reply) => reply.whole(200, { 'content-type': 'application/json' }, '{}'))
  const provider = providers.gemini
  const target = {
    pool: { auth: provider.auth } as PoolRow,
    provider,
    baseUrl: `http://127.0.0.1:${upstream.port}${below}`,
    secret: 'AIza-a-key-of-a-test',
  }
  await callProvider(target, { method: 'GET', path: provider.freeCheck?.path ?? '' }, fetch)
  expect(upstream.heard.map((one) => one.path)).toEqual([path])
  await upstream.close()
})
