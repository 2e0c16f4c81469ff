/** The scripted upstream keeps the limits it is told to keep, and announces them as its API does. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ScriptedUpstream, startScriptedUpstream } from '../../src-main/demo/index.ts'
import { createQuotas } from '../../src-main/demo/quota.ts'

let upstream: ScriptedUpstream
beforeEach(async () => {
  upstream = await startScriptedUpstream()
})
afterEach(() => upstream.close())

const post = (path: string, headers: Record<string, string>, model = 'm') =>
  fetch(upstream.url + path, {
    method: 'POST',
    headers,
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'hi' }] }),
  })
const openai = (key: string, model?: string) => post('/v1/chat/completions', { authorization: `Bearer ${key}` }, model)
const anthropic = (key: string) => post('/v1/messages', { 'x-api-key': key })
const gemini = (key: string) => post('/v1beta/models/m:generateContent', { 'x-goog-api-key': key })

describe('limits of the scripted upstream', () => {
  it('lets in as many calls as were said, and tells in OpenAI’s headers where the key stands', async () => {
    upstream.script('*', { kind: 'limited', requests: 2, tokens: 100_000 })
    const answers = [await openai('a'), await openai('a'), await openai('a'), await openai('b')]
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429, 200])
    expect(answers.map(({ headers }) => headers.get('x-ratelimit-remaining-requests'))).toEqual(['1', '0', '0', '1'])
    expect(answers[0]?.headers.get('x-ratelimit-limit-tokens')).toBe('100000')
    expect(answers[2]?.headers.get('x-ratelimit-reset-requests')).toMatch(/^\d+ms$/)
    expect(Number(answers[2]?.headers.get('retry-after'))).toBeGreaterThan(50)
  })

  it('counts keys of one account together, and names the account', async () => {
    upstream.script('*', { kind: 'limited', requests: 2, account: 'org-1' })
    const answers = [await anthropic('a'), await anthropic('b'), await anthropic('c')]
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429])
    expect(answers[1]?.headers.get('anthropic-organization-id')).toBe('org-1')
    expect(answers[1]?.headers.get('anthropic-ratelimit-requests-remaining')).toBe('0')
    expect(Date.parse(answers[1]?.headers.get('anthropic-ratelimit-requests-reset') ?? '')).toBeGreaterThan(Date.now())
  })

  it('names them in the refusal alone, as Gemini does', async () => {
    upstream.script('*', { kind: 'limited', requests: 1 })
    await gemini('a')
    const refused = await gemini('a')
    expect(refused.status).toBe(429)
    expect(JSON.stringify(await refused.json())).toContain('"quotaValue":"1"')
  })

  it('keeps quiet about them when told so', async () => {
    upstream.script('*', { kind: 'limited', requests: 1, announce: 'nothing' })
    const answers = [await openai('a'), await openai('a')]
    expect(answers.map(({ status }) => status)).toEqual([200, 429])
    const names = answers.flatMap(({ headers }) => [...headers.keys()])
    expect(names.filter((name) => /ratelimit|retry-after/.test(name))).toEqual([])
  })

  it('counts each model alone when told so, and lists of models not at all', async () => {
    upstream.script('a', { kind: 'limited', requests: 1, perModel: true })
    const list = await fetch(`${upstream.url}/v1/models`, { headers: { authorization: 'Bearer a' } })
    const answers = [list, await openai('a', 'x'), await openai('a', 'y'), await openai('a', 'x')]
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429])
  })

  it('adds the headers that it was told to add', async () => {
    upstream.script('a', { kind: 'ok', headers: { 'x-ratelimit-limit-requests': '0' }, account: 'org-2' })
    const { headers } = await openai('a')
    expect([headers.get('x-ratelimit-limit-requests'), headers.get('openai-organization')]).toEqual(['0', 'org-2'])
  })

  it('lets calls in again when the window has gone by', () => {
    const quotas = createQuotas()
    const take = (at: number) =>
      quotas.take({ kind: 'limited', requests: 2, tokens: 10 }, { key: 'a', model: 'm', tokens: 5 }, at)
    expect([take(0), take(10), take(20), take(59_999), take(60_000), take(60_001)].map(({ allowed }) => allowed)).toEqual([
      true,
      true,
      false,
      false,
      true,
      false,
    ])
  })
})
