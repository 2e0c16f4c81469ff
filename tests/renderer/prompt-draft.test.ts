import { expect, test } from 'vitest'
import {
  curlOf,
  newPrompt,
  patchOf,
  promptIssues,
  variablesIn,
  withMessages,
  withParameter,
} from '../../src-renderer/screens/connect/prompts/prompt-draft.ts'

const user = (text: string) => ({ role: 'user' as const, text })
const draft = { ...newPrompt('best'), slug: 'summary', name: 'Summary', messages: [user('Hello')] }

test('variables are read as the gateway reads them, each once, in their order', () => {
  expect(variablesIn([user('{{b}} and {{ a }} and {{b}}'), user('{{9}} {{x-y}} {{_z}}')])).toEqual(['b', 'a', '_z'])
})

test('variables follow the messages, and what was said of one is kept', () => {
  const named = withMessages(draft, [user('{{topic}} for {{who}}')])
  expect(named.variables).toEqual([
    { name: 'topic', description: '', default: null },
    { name: 'who', description: '', default: null },
  ])
  const said = { ...named, variables: [{ name: 'topic', description: 'what about', default: 'tea' }] }
  expect(withMessages(said, [user('{{who}} {{topic}}')]).variables).toEqual([
    { name: 'who', description: '', default: null },
    { name: 'topic', description: 'what about', default: 'tea' },
  ])
  expect(withMessages(draft, [user('none')], said.variables).variables).toEqual([])
})

test('what would be refused is named where it stands', () => {
  expect(promptIssues(draft)).toEqual([])
  const bad = { ...draft, slug: 'v1', name: ' ', model: 'gpt-*', messages: [user('')], parameters: { temperature: 3 } }
  expect(promptIssues(bad).map(({ path }) => path)).toEqual([
    'slug',
    'name',
    'model',
    'messages.0.text',
    'parameters.temperature',
  ])
})

test('a patch has only what was changed', () => {
  expect(patchOf(draft, draft)).toEqual({})
  expect(patchOf(draft, { ...draft, name: 'Other' })).toEqual({ name: 'Other' })
  expect(patchOf(draft, withMessages(draft, [user('{{a}}')]))).toEqual({
    messages: [user('{{a}}')],
    variables: [{ name: 'a', description: '', default: null }],
  })
})

test('a parameter that is emptied is the model’s own again', () => {
  expect(withParameter({ temperature: 1, topP: 0.5 }, 'temperature', null)).toEqual({ topP: 0.5 })
  expect(withParameter({}, 'temperature', 0)).toEqual({ temperature: 0 })
})

test('the call gives what has no default', () => {
  const variables = [
    { name: 'text', description: '', default: null },
    { name: 'tone', description: '', default: 'plain' },
  ]
  const text = curlOf({ slug: 'summary', variables }, 'http://127.0.0.1:8787', 'kw_token')
  expect(text).toContain('curl http://127.0.0.1:8787/prompts/summary')
  expect(text).toContain("'authorization: Bearer kw_token'")
  expect(text).toContain('"text": "…"')
  expect(text).not.toContain('tone')
})
