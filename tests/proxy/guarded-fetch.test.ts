import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ScriptedUpstream, startScriptedUpstream } from '../../src-main/demo/index.ts'
import { createGuardedFetch } from '../../src-main/proxy/forward/guarded-fetch.ts'

let upstream: ScriptedUpstream
beforeAll(async () => {
  upstream = await startScriptedUpstream()
})
afterAll(() => upstream.close())

describe('calls that Keywheel makes itself', () => {
  test('are ordinary calls to an ordinary upstream', async () => {
    const { fetch, close } = createGuardedFetch()
    const headers = new Headers({ authorization: 'Bearer sk-check-0000000000000000' })
    const answer = await fetch(`${upstream.url}/v1/models`, { headers, redirect: 'manual', signal: AbortSignal.timeout(5000) })
    expect(answer.status).toBe(200)
    expect(await answer.json()).toMatchObject({ object: 'list' })
    expect(upstream.requests.at(-1)).toMatchObject({ method: 'GET', key: 'sk-check-0000000000000000' })
    await close()
  })

  test('a name that means a metadata address by now is not connected to', async () => {
    const { fetch, close } = createGuardedFetch({
      resolve: (_hostname, _options, done) => done(null, [{ address: '169.254.169.254', family: 4 }]),
    })
    await expect(fetch('https://rebound.example/v1/models')).rejects.toMatchObject({ cause: { code: 'UPSTREAM_FORBIDDEN' } })
    await close()
  })
})
