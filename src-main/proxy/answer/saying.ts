/** A request put into an upstream's words: an answer, embeddings or a count. */
import {
  countAnswer,
  countRequest,
  errorBodyFor,
  errorOfAnswer,
  promptBody,
  translate,
  translateEmbedding,
} from '../../gateway/index.ts'
import type { WireFormat } from '../../gateway/types.ts'
import type { UpstreamCall } from '../../providers/types.ts'
import type { TranslatedAnswer } from '../plan/call-plan.ts'
import type { UnifiedRequest } from '../plan/unified-request.ts'

export interface Said {
  /** Null = the client's own bytes. */
  body: Uint8Array | null
  dropped: readonly string[]
  answer: TranslatedAnswer | null
  /** What is called at the upstream. */
  call: UpstreamCall
}

export interface Framing {
  stream: boolean
  /** Gemini's stream as one JSON array. */
  jsonArray: boolean
}

/** `to`, and the model as the upstream knows it. Throws Untranslatable. */
export function sayTo(
  to: WireFormat,
  model: string,
  { operation, json, bytes, prompt }: UnifiedRequest,
  { stream, jsonArray }: Framing,
): Said {
  const given = { model: operation.model, stream, array: jsonArray }
  switch (operation.kind) {
    case 'generate': {
      const call = { kind: 'generate', format: to, stream } as const
      if (prompt !== null && to === operation.format) return { body: promptBody(json, model), dropped: [], answer: null, call }
      return { ...translate({ from: operation.format, to, body: json, bytes, model, given }), call }
    }
    case 'embed':
      return translateEmbedding({
        from: operation.format,
        to: to === 'gemini' ? to : 'chat',
        bytes,
        body: json,
        model,
        batch: operation.batch,
      })
    case 'count': {
      const from = operation.format
      const asked = to === 'gemini' ? to : 'messages'
      const call = { kind: 'count', format: asked } as const
      // A question in the upstream's own words is as a request for an answer is.
      if (asked === from) return { ...translate({ from, to, body: json, bytes, model, given }), call }
      const { body, dropped } = countRequest(from, asked, json, operation.model, model)
      const whole = (status: number, answer: unknown) =>
        status >= 400 ? errorBodyFor(from, errorOfAnswer(status, answer)) : countAnswer(from, asked, answer)
      return { body: Buffer.from(JSON.stringify(body)), dropped, answer: { whole }, call }
    }
  }
}
