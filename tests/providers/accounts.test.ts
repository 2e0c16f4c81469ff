/** The account behind a call, as answers name it. */
import { expect, it } from 'vitest'
import { providers, type UpstreamAnswer } from '../../src-main/providers/index.ts'
import type { ProviderId } from '../../src-preload/contract/index.ts'
import { answer, geminiError, openaiError } from './answers.ts'

const info = (metadata: object) => [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'x', metadata }]
const refused = (message: string, details: object[] = []) => answer(403, geminiError(403, 'PERMISSION_DENIED', message, details))
const team = '3fa85f64-5717-4562-b3fc-2c963f66afa6'

it.each<[name: string, id: ProviderId, upstream: UpstreamAnswer, account: string | null]>([
  ['organisation', 'openai', answer(200, undefined, { 'openai-organization': 'acme-inc' }), 'openai:acme-inc'],
  [
    'organisation, whose projects share its limits',
    'openai',
    answer(200, undefined, { 'openai-organization': 'acme-inc', 'openai-project': 'proj_1' }),
    'openai:acme-inc',
  ],
  ['project', 'openai', answer(200, undefined, { 'openai-project': 'proj_1' }), 'openai:proj_1'],
  ['nothing', 'openai', answer(200, undefined), null],
  ['a name that is none', 'openai', answer(200, undefined, { 'openai-organization': 'a b\u0000<script>' }), null],
  ['a name without end', 'openai', answer(200, undefined, { 'openai-organization': 'a'.repeat(101) }), null],
  ['organisation', 'demo', answer(200, undefined, { 'openai-organization': 'org-demo' }), 'demo:org-demo'],
  ['organisation', 'anthropic', answer(200, undefined, { 'anthropic-organization-id': team }), `anthropic:${team}`],
  ['consumer', 'gemini', refused('no', info({ consumer: 'projects/123456' })), 'gemini:projects/123456'],
  [
    'consumer of a stream',
    'gemini',
    answer(403, [geminiError(403, 'X', 'no', info({ consumer: 'projects/7' }))]),
    'gemini:projects/7',
  ],
  ['suspended project', 'gemini', refused("Consumer 'project_number:1234567' has been suspended."), 'gemini:projects/1234567'],
  ['project by its words', 'gemini', refused('API has not been used in project 1234567 before'), 'gemini:projects/1234567'],
  ['a suspended key is no account', 'gemini', refused("Consumer 'api_key:AIzaSy0123456789' has been suspended."), null],
  ['a consumer that is a key', 'gemini', refused('no', info({ consumer: 'api_key:AIzaSy0123456789' })), null],
  ['team of the check', 'xai', answer(200, { team_id: team, api_key_blocked: false }), `xai:${team}`],
  ['team of a refusal', 'xai', answer(429, { error: `Too many requests for team ${team} and model grok-4.` }), `xai:${team}`],
  ['organisation of the check', 'cohere', answer(200, { valid: true, organization_id: 'org1' }), 'cohere:org1'],
  [
    'organisation of a refusal',
    'groq',
    answer(429, openaiError({ message: 'Rate limit reached for model `m` in organization `org_01abc` service tier `x`' })),
    'groq:org_01abc',
  ],
  ['words of a good answer', 'groq', answer(200, { choices: [], message: 'in organization `org_01abc`' }), null],
  ['nothing', 'mistral', answer(200, { id: 'x' }), null],
  ['nothing', 'azure-openai', answer(200, { id: 'x' }, { 'openai-organization': 'x' }), null],
])('%s (%s)', (_, id, upstream, account) => {
  expect(providers[id].account(upstream)).toBe(account)
})
