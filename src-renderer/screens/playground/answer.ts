/** An answer while it comes: what has been told of it so far. Pure. */
import type { Attempt, PlaygroundEvent, PlaygroundInput, RequestRow } from '../../../src-preload/contract/index.ts'

export type Picture = Omit<PlaygroundInput['images'][number], 'message'>
type Asking = Omit<Extract<PlaygroundEvent, { type: 'asking' }>, 'type'>
type Finished = Extract<PlaygroundEvent, { type: 'finished' }>

export interface Answer {
  /** `waiting` = nobody is asked yet, `stopped` = by the person. */
  state: 'waiting' | 'asking' | 'answering' | 'done' | 'failed' | 'stopped'
  thinking: string
  parts: readonly ({ type: 'text'; text: string } | { type: 'image'; image: Picture })[]
  /** Who is asked, or answered. */
  asking: Asking | null
  /** Those that failed, as they happened. */
  attempts: readonly Attempt[]
  /** Models of the chosen quality that could not serve. */
  passedOver: readonly { model: string; message: string }[]
  /** Its row in Traffic, once it is over. */
  request: RequestRow | null
  stop: Finished['stop']
  failure: { code: string; message: string } | null
  /** The call itself could not be made. */
  error: unknown
}

export const noAnswer: Answer = {
  state: 'waiting',
  thinking: '',
  parts: [],
  asking: null,
  attempts: [],
  passedOver: [],
  request: null,
  stop: null,
  failure: null,
  error: null,
}

export function isRunning({ state }: Answer): boolean {
  return state === 'waiting' || state === 'asking' || state === 'answering'
}

export function answerAfter(answer: Answer, event: PlaygroundEvent): Answer {
  switch (event.type) {
    case 'asking': {
      const { type: _type, ...asking } = event
      return { ...answer, state: 'asking', asking }
    }
    case 'attempt':
      return { ...answer, state: 'waiting', asking: null, attempts: [...answer.attempts, event.attempt] }
    case 'thinking':
      return { ...answer, state: 'answering', thinking: answer.thinking + event.text }
    case 'text':
      return { ...answer, state: 'answering', parts: withText(answer.parts, event.text) }
    case 'image':
      return { ...answer, state: 'answering', parts: [...answer.parts, { type: 'image', image: event.image }] }
    case 'finished':
      return { ...answer, state: 'done', request: event.request, stop: event.stop }
    case 'failed': {
      const { code, message, request } = event
      return { ...answer, state: 'failed', asking: null, request, failure: { code, message } }
    }
  }
}

function withText(parts: Answer['parts'], text: string): Answer['parts'] {
  const last = parts.at(-1)
  return last?.type === 'text'
    ? [...parts.slice(0, -1), { type: 'text', text: last.text + text }]
    : [...parts, { type: 'text', text }]
}

/** The next model of the quality is asked: what the last one told is forgotten but for why it could not serve. */
export function passedOver(answer: Answer, model: string): Answer {
  const { code = '', message = '' } = answer.failure ?? {}
  return {
    ...noAnswer,
    attempts: answer.attempts,
    passedOver: [...answer.passedOver, { model, message: message === '' ? code : message }],
  }
}

/** Nothing was said, and another model may do better. What Keywheel itself cannot do, no model can. */
export function mayPassOn({ state, parts, thinking, failure, error }: Answer): boolean {
  return state === 'failed' && parts.length === 0 && thinking === '' && error === null && failure?.code !== 'PROXY_OFF'
}

export function textOf({ parts }: Answer): string {
  return parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('')
}
