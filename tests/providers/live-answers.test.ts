/** The providers' rules on real answers over a socket: what the scripted upstream says is what they read. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Behaviour, type ScriptedUpstream, startScriptedUpstream } from '../../src-main/demo/index.ts'
import { providers } from '../../src-main/providers/index.ts'

let upstream: ScriptedUpstream
beforeAll(async () => {
  upstream = await startScriptedUpstream()
})
beforeEach(() => upstream.script('*', { kind: 'ok' }))
afterAll(() => upstream.close())

/** Where each provider's base URL lies on the upstream. */
const bases = { openai: '/v1', anthropic: '/v1', gemini: '', demo: '/v1' } as const
type Id = keyof typeof bases

async function check(id: Id) {
  const provider = providers[id]
  const { auth, freeCheck, defaultHeaders } = provider
  if (!freeCheck) throw new Error(`${id} has no free check`)
  const headers = { ...defaultHeaders, [auth.name]: auth.format.replace('{key}', 'the-key') }
  const answer = await fetch(upstream.url + bases[id] + freeCheck.path, { method: freeCheck.method, headers })
  const body: unknown = await answer.json()
  const outcome = provider.classify(
    { status: answer.status, header: (name) => answer.headers.get(name) ?? undefined, body },
    Date.now(),
  )
  return { outcome, body }
}

describe.each(Object.keys(bases) as Id[])('%s', (id) => {
  it('takes a good key at the free check', async () => {
    const { outcome, body } = await check(id)
    expect(outcome).toEqual({ class: 'ok' })
    expect(JSON.stringify(body)).toContain({ openai: 'gpt-', anthropic: 'claude-', gemini: 'gemini-', demo: 'gpt-' }[id])
    expect(upstream.requests.at(-1)?.key).toBe('the-key')
  })

  it.each<[Behaviour, string, number | undefined]>([
    [{ kind: 'key-invalid' }, 'key-invalid', undefined],
    [{ kind: 'no-credit' }, 'no-credit', undefined],
    [{ kind: 'rate-short', retryAfterS: 9 }, 'rate-short', 9000],
    [{ kind: 'overloaded' }, 'overloaded', undefined],
    [{ kind: 'server-error' }, 'overloaded', undefined],
    [{ kind: 'bad-request' }, 'request-bad', undefined],
    [{ kind: 'model-missing' }, 'request-bad', undefined],
    [{ kind: 'error-in-200' }, 'overloaded', undefined],
  ])('reads %j as %s', async (behaviour, kind, holdMs) => {
    upstream.script('the-key', behaviour)
    const { outcome } = await check(id)
    upstream.script('the-key', { kind: 'ok' })
    expect([outcome.class, outcome.holdMs]).toEqual([kind, holdMs])
  })
})

it.each<[Id, string, number]>([
  ['openai', 'rate-daily', 7.2 * 3_600_000],
  // Anthropic has no daily limit: the hint alone says how long.
  ['anthropic', 'rate-short', 12 * 3_600_000],
  ['gemini', 'rate-daily', 10 * 3_600_000],
])('%s reads the end of the day as %s', async (id, kind, holdMs) => {
  upstream.script('the-key', { kind: 'rate-daily' })
  const { outcome } = await check(id)
  upstream.script('the-key', { kind: 'ok' })
  expect(outcome).toMatchObject({ class: kind, holdMs })
})
