/** For the tests of OpenAI's requests: what is read from a body, and which field is refused. */
import { chatFormat } from '../../src-main/gateway/chat/format.ts'
import { responsesFormat } from '../../src-main/gateway/responses/format.ts'
import { type Conversation, Untranslatable } from '../../src-main/gateway/types.ts'
import { notGiven } from './openai-support.ts'

export const png = 'data:image/png;base64,iVBORw0KGgo='
export const image = { mime: 'image/png', data: 'iVBORw0KGgo=' }
export const parameters = { type: 'object', properties: { city: { type: 'string' } } }
export const schema = { type: 'object', properties: {} }

export function chat(fields: object): Conversation {
  return chatFormat.readRequest({ model: 'm', messages: [{ role: 'user', content: 'Hello' }], ...fields }, notGiven)
}

export function responses(fields: object): Conversation {
  return responsesFormat.readRequest({ model: 'm', input: 'Hello', ...fields }, notGiven)
}

export function refusal(read: () => unknown): string {
  try {
    read()
  } catch (error) {
    if (error instanceof Untranslatable) return error.field
    throw error
  }
  throw new Error('it was not refused')
}
