/** Prompts filled in. */

import { expect, test } from 'vitest'
import { promptBody, promptRequest, variablesIn } from '../../src-main/gateway/prompt.ts'
import { Untranslatable } from '../../src-main/gateway/types.ts'
import type { PromptVersion } from '../../src-preload/contract/index.ts'
import * as fc from '../support/fast-check.ts'

const version: PromptVersion = {
  version: 1,
  model: 'gpt-4o',
  messages: [
    { role: 'system', text: 'Answer in {{language}}.' },
    { role: 'user', text: 'Sum up: {{ text }} ({{text}})' },
  ],
  variables: [
    { name: 'language', description: '', default: 'English' },
    { name: 'text', description: '', default: null },
  ],
  parameters: {},
  createdAt: 1,
}

const contents = (body: unknown, of = version) =>
  (promptRequest(of, body)['messages'] as { content: string }[]).map(({ content }) => content)

function refused(body: unknown, of = version): string {
  try {
    promptRequest(of, body)
  } catch (error) {
    if (error instanceof Untranslatable) return `${error.field}: ${error.message}`
    throw error
  }
  return 'taken'
}

test('variables are filled in, with their defaults where nothing is given', () => {
  expect(contents({ variables: { text: 'a long story' } })).toEqual(['Answer in English.', 'Sum up: a long story (a long story)'])
  expect(contents({ variables: { text: 7, language: true } })).toEqual(['Answer in true.', 'Sum up: 7 (7)'])
  expect(contents({ variables: { text: '', language: '' } })).toEqual(['Answer in .', 'Sum up:  ()'])
})

test('a value is put in as it is: it is not read for variables or replacement patterns', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.constantFrom('{{language}}', '$&$1$`', '{{text}}', '\\u0000')), (text) => {
      expect(contents({ variables: { text } })[1]).toBe(`Sum up: ${text} (${text})`)
    }),
  )
})

test('model, parameters and stream are in the request; what is not set is not there', () => {
  expect(promptRequest(version, { variables: { text: 'x' } })).toEqual({
    model: 'gpt-4o',
    stream: false,
    messages: [
      { role: 'system', content: 'Answer in English.' },
      { role: 'user', content: 'Sum up: x (x)' },
    ],
  })
  const parameters = { temperature: 0, topP: 0.5, maxTokens: 9, stop: ['END'], json: true }
  expect(promptRequest({ ...version, parameters }, { variables: { text: 'x' }, stream: true })).toMatchObject({
    temperature: 0,
    top_p: 0.5,
    max_tokens: 9,
    stop: ['END'],
    response_format: { type: 'json_object' },
    stream: true,
  })
})

test('the limit has the name that the model of the upstream takes', () => {
  const request = promptRequest({ ...version, parameters: { maxTokens: 9 } }, { variables: { text: 'x' } })
  const said = (model: string) => JSON.parse(Buffer.from(promptBody(request, model)).toString()) as Record<string, unknown>
  expect(said('gpt-5')).toMatchObject({ model: 'gpt-5', max_completion_tokens: 9 })
  expect(said('gpt-5')).not.toHaveProperty('max_tokens')
  expect(said('mistral-large')).toMatchObject({ model: 'mistral-large', max_tokens: 9 })
  expect(said('mistral-large')).not.toHaveProperty('max_completion_tokens')
})

test('a prompt without variables needs no body', () => {
  const plain = { ...version, messages: [{ role: 'user' as const, text: 'hi' }], variables: [] }
  expect(contents(undefined, plain)).toEqual(['hi'])
  expect(contents({}, plain)).toEqual(['hi'])
})

test('what is wrong is refused with the field', () => {
  expect(refused({})).toMatch(/^variables\.text: .*must be given/)
  expect(refused({ variables: { text: 'x', tone: 'y' } })).toMatch(/^variables\.tone: /)
  expect(refused({ variables: { text: null } })).toMatch(/^variables\.text: /)
  expect(refused({ variables: { text: ['x'] } })).toMatch(/^variables\.text: /)
  expect(refused({ variables: ['x'] })).toMatch(/^variables: /)
  expect(refused({ variables: { text: 'x' }, model: 'other' })).toMatch(/^model: /)
  expect(refused({ variables: { text: 'x' }, stream: 'yes' })).toMatch(/^stream: /)
  expect(refused('text')).toMatch(/^body: /)
  expect(refused([])).toMatch(/^body: /)
})

test('one value in many places does not make a call of gigabytes', () => {
  const wide = { ...version, messages: [{ role: 'user' as const, text: '{{text}} '.repeat(1000) }] }
  expect(refused({ variables: { text: 'x'.repeat(1_000_000) } }, wide)).toMatch(/^variables: .*16 million/)
})

test('variables of names that objects have are variables', () => {
  const odd = { ...version, messages: [{ role: 'user' as const, text: '{{constructor}}' }], variables: [] }
  expect([...variablesIn(odd.messages)]).toEqual(['constructor'])
  expect(refused({ variables: { constructor: 'x' } }, odd)).toMatch(/no such variable/)
})

test('names stand in double braces, with or without blanks; nothing else is a variable', () => {
  const text = '{{a}} {{ b }} {{a}} {{1x}} {c} {{}} {{ d-e }} {{{f}}}'
  expect([...variablesIn([{ role: 'user', text }])]).toEqual(['a', 'b', 'f'])
})
