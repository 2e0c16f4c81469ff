/** Every format that the unified API speaks. */
import { chatFormat } from './chat/format.ts'
import { geminiFormat } from './gemini/format.ts'
import { messagesFormat } from './messages/format.ts'
import { responsesFormat } from './responses/format.ts'
import type { Format, WireFormat } from './types.ts'

export const formats: Readonly<Record<WireFormat, Format>> = {
  chat: chatFormat,
  responses: responsesFormat,
  messages: messagesFormat,
  gemini: geminiFormat,
}
