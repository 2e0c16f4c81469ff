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
const bases = {
  openai: '/v1',
  anthropic: '',
  gemini: '',
  'azure-openai': '',
  mistral: '/v1',
  groq: '/v1',
  demo: '/v1',
} as const
type Id = keyof typeof bases

async function check(id: Id) {
  const { freeCheck } = providers[id]
  if (!freeCheck) throw new Error(`${id} has no free check`)
  return send(id, freeCheck.method, freeCheck.path)
}

async function send(id: Id, method: 'GET' | 'POST', path: string, question?: object) {
  const provider = providers[id]
  const { auth, defaultHeaders } = provider
  const headers = { ...defaultHeaders, [auth.name]: auth.format.replace('{key}', 'the-key') }
  const sent = question === undefined ? {} : { body: JSON.stringify(question) }
  const answer = await fetch(upstream.url + bases[id] + path, { method, headers, ...sent })
  const body: unknown = await answer.json()
  const read = { status: answer.status, header: (name: string) => answer.headers.get(name) ?? undefined, body }
  return {
    outcome: provider.classify(read, Date.now()),
    readings: provider.readings(read, Date.now()),
    account: provider.account(read),
    body,
  }
}

describe.each(Object.keys(bases) as Id[])('%s', (id) => {
  it('takes a good key at the free check', async () => {
    const { outcome, body } = await check(id)
    expect(outcome).toEqual({ class: 'ok' })
    expect(JSON.stringify(body)).toMatch(/"(models\/)?(gpt|claude|gemini)-/)
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

/** Limit and rest after the first, second and third call of two that are allowed. */
const everyTime = [
  [2, 1],
  [2, 0],
  [2, 0],
]
const announced: Record<Id, unknown[]> = {
  openai: everyTime,
  anthropic: everyTime,
  // It has no headers: only its refusal names the limit.
  gemini: [undefined, undefined, [2, 0]],
  'azure-openai': everyTime,
  // The upstream does not know its names.
  mistral: [undefined, undefined, undefined],
  groq: everyTime,
  demo: everyTime,
}
const accounts: Record<Id, string | null> = {
  openai: 'openai:org-openai',
  anthropic: 'anthropic:org-anthropic',
  gemini: null,
  'azure-openai': null,
  mistral: null,
  groq: null,
  demo: 'demo:org-demo',
}

/** A list of models is free; only these draw on limits. */
function ask(id: Id) {
  if (id === 'gemini')
    return send(id, 'POST', '/v1beta/models/gemini-2.5-flash:generateContent', { contents: [{ parts: [{ text: 'hi' }] }] })
  const question = { model: 'gpt-4o', max_tokens: 9, messages: [{ role: 'user', content: 'hi' }] }
  if (id === 'anthropic') return send(id, 'POST', '/v1/messages', { ...question, model: 'claude-haiku-4-5' })
  return send(id, 'POST', id === 'azure-openai' ? '/v1/chat/completions' : '/chat/completions', question)
}

describe.each(Object.keys(bases) as Id[])('the limits of %s', (id) => {
  it('are read from what is announced, and so is the account', async () => {
    upstream.script('the-key', { kind: 'limited', requests: 2, account: `org-${id}` })
    const answers = [await ask(id), await ask(id), await ask(id)]
    upstream.script('the-key', { kind: 'ok' })
    expect(answers.map(({ outcome }) => outcome.class)).toEqual(['ok', 'ok', 'rate-short'])
    const requests = answers.map(({ readings }) => readings.find(({ unit }) => unit === 'requests'))
    expect(requests.map((reading) => reading && [reading.limit, reading.remaining])).toEqual(announced[id])
    expect(answers.at(-1)?.account).toBe(accounts[id])
  })
})
