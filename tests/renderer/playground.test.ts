/** The Playground's pure parts: what is sent of a conversation, what is shown of an answer, prompts there and back. */
import { describe, expect, test } from 'vitest'
import type { PlaygroundEvent } from '../../src-preload/contract/index.ts'
import { playgroundInput } from '../../src-preload/contract/playground.ts'
import { promptCreate } from '../../src-preload/contract/prompt.ts'
import {
  type Answer,
  answerAfter,
  isRunning,
  mayPassOn,
  noAnswer,
  passedOver,
} from '../../src-renderer/screens/playground/answer.ts'
import { blocksOf } from '../../src-renderer/screens/playground/blocks.ts'
import {
  filled,
  modelsOf,
  newSession,
  noDraft,
  promptFrom,
  questionOf,
  type Session,
  sessionOf,
  type Turn,
} from '../../src-renderer/screens/playground/session.ts'
import { keptDrills, readDrills } from '../../src-renderer/screens/pools/drill-states.ts'
import { requestRow } from './build-rows.ts'

const asking = { type: 'asking', keyId: 'k1', keyLabel: 'one', pool: 'chat', model: 'm' } as const
const attempt = { keyId: 'k1', keyLabel: 'one', outcome: 'rate-short', status: 429, ms: 5, message: 'slow down' } as const
const failedWith = (code: string): PlaygroundEvent => ({ type: 'failed', code, message: `because ${code}`, request: null })
const after = (...events: PlaygroundEvent[]) => events.reduce(answerAfter, noAnswer)
const answered = (text: string): Answer => ({ ...noAnswer, state: 'done', parts: [{ type: 'text', text }] })

let ids = 0
const turn = (text: string, answer: Answer, pictures: Turn['pictures'] = []): Turn => ({
  id: (ids += 1),
  template: text,
  text,
  pictures,
  answer,
})
const picture = { mime: 'image/png', data: 'aGk=' } as const

describe('an answer while it comes', () => {
  test('who is asked, what failed, and the words in their order', () => {
    const answer = after(
      asking,
      { type: 'attempt', attempt },
      { ...asking, keyLabel: 'two' },
      { type: 'thinking', text: 'hm' },
      { type: 'thinking', text: 'm' },
      { type: 'text', text: 'Hel' },
      { type: 'text', text: 'lo' },
      { type: 'image', image: picture },
      { type: 'text', text: 'bye' },
    )
    expect(answer).toMatchObject({ state: 'answering', thinking: 'hmm', attempts: [attempt], asking: { keyLabel: 'two' } })
    expect(answer.parts).toEqual([
      { type: 'text', text: 'Hello' },
      { type: 'image', image: picture },
      { type: 'text', text: 'bye' },
    ])
    expect(isRunning(answer)).toBe(true)
    const request = requestRow()
    expect(answerAfter(answer, { type: 'finished', request, stop: 'length' })).toMatchObject({
      state: 'done',
      stop: 'length',
      request,
    })
  })

  test('between two keys it waits again', () => {
    expect(after(asking)).toMatchObject({ state: 'asking' })
    expect(after(asking, { type: 'attempt', attempt })).toMatchObject({ state: 'waiting', asking: null })
  })

  test('another model is asked only when nothing was said and a model could do better', () => {
    expect(mayPassOn(after(failedWith('MODEL_NOT_FOUND')))).toBe(true)
    expect(mayPassOn(after({ type: 'text', text: 'Hel' }, failedWith('UPSTREAM_CUT')))).toBe(false)
    expect(mayPassOn(after(failedWith('PROXY_OFF')))).toBe(false)
    expect(mayPassOn(after(asking))).toBe(false)
    expect(mayPassOn({ ...noAnswer, state: 'failed', error: new Error('gone') })).toBe(false)
    const next = passedOver(after({ type: 'attempt', attempt }, failedWith('NO_READY_KEY')), 'first')
    expect(next).toMatchObject({
      state: 'waiting',
      failure: null,
      attempts: [attempt],
      passedOver: [{ model: 'first', message: 'because NO_READY_KEY' }],
    })
  })
})

describe('what is sent', () => {
  test('the system prompt and the turns in their order, pictures with theirs, without turns that nobody answered', () => {
    const { setup } = newSession
    const question = questionOf({
      setup: {
        ...setup,
        system: 'Speak {{language}}',
        values: { language: 'French' },
        effort: 'low',
        parameters: { json: true },
      },
      turns: [
        turn('One', answered('1'), [picture]),
        turn('Lost', { ...noAnswer, state: 'failed' }),
        turn('Draw', { ...noAnswer, state: 'done', parts: [{ type: 'image', image: picture }] }),
        turn('Two', noAnswer, [picture]),
      ],
    })
    expect(question).toEqual({
      messages: [
        { role: 'system', text: 'Speak French' },
        { role: 'user', text: 'One' },
        { role: 'assistant', text: '1' },
        { role: 'user', text: 'Draw' },
        { role: 'assistant', text: '[image]' },
        { role: 'user', text: 'Two' },
      ],
      parameters: { json: true },
      images: [
        { ...picture, message: 1 },
        { ...picture, message: 5 },
      ],
      effort: 'low',
    })
    expect(playgroundInput.safeParse({ model: 'm', ...question }).success).toBe(true)
  })

  test('a long conversation keeps its newest turns, as many as a call may have', () => {
    const turns = Array.from({ length: 80 }, (_, at) => turn(`say ${at}`, answered(`said ${at}`), [picture]))
    const { messages, images } = questionOf({ setup: { ...newSession.setup, system: 'Be kind' }, turns })
    expect(playgroundInput.safeParse({ model: 'm', messages, images }).success).toBe(true)
    expect(messages[0]).toEqual({ role: 'system', text: 'Be kind' })
    expect(messages.at(-1)).toEqual({ role: 'user', text: 'say 79' })
    expect(images).toHaveLength(16)
    expect(messages[images[0]?.message ?? 0]?.role).toBe('user')
  })

  test('values take the place of their variables and are not read again; what has none stays', () => {
    expect(filled('{{a}} {{ b }} {{c}}', { a: '{{b}}', b: 'B', c: '' })).toBe('{{b}} B {{c}}')
  })

  test('a model by its name, in a pool, or the models of a quality', () => {
    const levels = { draft: ['x', 'y'], standard: [], production: [], research: [] }
    const { setup } = newSession
    expect(modelsOf(setup, levels, undefined)).toEqual([])
    expect(modelsOf(setup, levels, 'first')).toEqual(['first'])
    expect(modelsOf({ ...setup, pool: 'chat', model: ' gpt ' }, levels, 'first')).toEqual(['chat/gpt'])
    expect(modelsOf({ ...setup, by: 'quality', quality: 'draft' }, levels, 'first')).toEqual(['x', 'y'])
    expect(modelsOf({ ...setup, by: 'quality', quality: 'research' }, levels, 'first')).toEqual([])
  })
})

describe('prompts', () => {
  const session: Session = {
    setup: { ...newSession.setup, system: 'You know {{topic}}', parameters: { temperature: 0.2 } },
    draft: noDraft,
    turns: [turn('Hello', answered('Hi')), turn('Tell {{who}}', answered('Told'))],
  }

  test('what was tried becomes a prompt that ends with what the person said last', () => {
    const draft = promptFrom(session, 'chat/gpt')
    expect(draft).toMatchObject({
      model: 'chat/gpt',
      parameters: { temperature: 0.2 },
      variables: [{ name: 'topic' }, { name: 'who' }],
      messages: [
        { role: 'system', text: 'You know {{topic}}' },
        { role: 'user', text: 'Hello' },
        { role: 'assistant', text: 'Hi' },
        { role: 'user', text: 'Tell {{who}}' },
      ],
    })
    expect(promptCreate.safeParse({ ...draft, slug: 'a', name: 'A' }).success).toBe(true)
    expect(promptFrom({ ...session, draft: { text: 'Next', pictures: [] } }, 'm').messages.at(-1)).toEqual({
      role: 'user',
      text: 'Next',
    })
    expect(promptFrom(newSession, '').messages).toEqual([{ role: 'user', text: '' }])
  })

  test('a prompt that is opened waits to be sent, and saved again it is the same', () => {
    const saved = promptFrom(session, 'chat/gpt')
    const opened = sessionOf(saved, ['chat'])
    expect(opened.setup).toMatchObject({
      pool: 'chat',
      model: 'gpt',
      system: 'You know {{topic}}',
      values: { topic: '', who: '' },
    })
    expect(opened.draft.text).toBe('Tell {{who}}')
    expect(opened.turns).toMatchObject([{ text: 'Hello', answer: { state: 'done' } }])
    expect(promptFrom(opened, 'chat/gpt')).toEqual(saved)
    expect(sessionOf({ ...saved, model: 'other/gpt' }, ['chat']).setup).toMatchObject({ pool: null, model: 'other/gpt' })
  })

  test('messages in an odd order are all kept', () => {
    const messages = [
      { role: 'assistant', text: 'I begin' },
      { role: 'user', text: 'One' },
      { role: 'user', text: 'Two' },
      { role: 'assistant', text: 'Done' },
    ] as const
    const opened = sessionOf({ model: 'm', messages: [...messages], variables: [], parameters: {} }, [])
    expect(opened.draft.text).toBe('')
    expect(opened.turns.map(({ text, answer }) => [text, answer.parts.length])).toEqual([
      ['', 1],
      ['One', 0],
      ['Two', 1],
    ])
    expect(questionOf({ setup: opened.setup, turns: [...opened.turns, turn('Three', noAnswer)] }).messages).toEqual([
      { role: 'assistant', text: 'I begin' },
      { role: 'user', text: 'Two' },
      { role: 'assistant', text: 'Done' },
      { role: 'user', text: 'Three' },
    ])
  })
})

test('fenced code is set apart, also while it is on its way', () => {
  expect(blocksOf('Look:\n\n```ts\nconst a = 1\n```\nDone')).toEqual([
    { kind: 'text', text: 'Look:' },
    { kind: 'code', language: 'ts', text: 'const a = 1' },
    { kind: 'text', text: 'Done' },
  ])
  expect(blocksOf('~~~\n```\nstill')).toEqual([{ kind: 'code', language: '', text: '```\nstill' }])
  expect(blocksOf('no `code` here')).toEqual([{ kind: 'text', text: 'no `code` here' }])
  expect(blocksOf('')).toEqual([])
})

test('reports of drills are kept, the newest of them; what is not one is passed over', () => {
  const report = { pool: 'p', keys: 1, calls: 1, passed: 1, failed: 0, promises: [], notes: [], noted: [], ms: 5 }
  const states = Object.fromEntries(Array.from({ length: 25 }, (_, at) => [`w/p${at}`, { kind: 'done', report, at } as const]))
  const kept = readDrills(keptDrills({ ...states, running: { kind: 'running' } }))
  expect(Object.keys(kept)).toHaveLength(20)
  expect(kept['w/p24']).toEqual({ kind: 'done', report, at: 24 })
  expect(kept['w/p4']).toBeUndefined()
  for (const text of [null, '', 'nonsense', '[]', '{"w/p":{"kind":"done","at":1,"report":{}}}'])
    expect(readDrills(text)).toEqual({})
})
