/** Trying a pool or model from the window: a real call through the proxy, told as it happens. */
import { z } from 'zod'
import { modelName } from './limits.ts'
import { promptContent } from './prompt.ts'
import { attempt, requestRow } from './usage.ts'

const image = z.strictObject({
  mime: z.enum(['image/png', 'image/jpeg', 'image/gif', 'image/webp']),
  /** Base64. */
  data: z.base64().max(20_000_000),
})

export const playgroundInput = z.strictObject({
  /** As clients of the unified API name it: a model, a route or `pool/model`. */
  model: modelName,
  messages: promptContent.messages,
  parameters: promptContent.parameters,
  /** Shown to the model with the last message. */
  images: z.array(image).max(8).default([]),
})
export type PlaygroundInput = z.output<typeof playgroundInput>

export const playgroundEvent = z.discriminatedUnion('type', [
  /** A key was tried and could not serve; the next one is tried now. */
  z.object({ type: z.literal('attempt'), attempt }),
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({ type: z.literal('thinking'), text: z.string() }),
  z.object({ type: z.literal('image'), image }),
  /** The last one of a call that got an answer, with its row in the log. */
  z.object({ type: z.literal('finished'), request: requestRow }),
  /** The last one of a call that got none, in the words that a client would see; with its row if it came so far. */
  z.object({ type: z.literal('failed'), code: z.string(), message: z.string(), request: requestRow.nullable() }),
])
export type PlaygroundEvent = z.infer<typeof playgroundEvent>
