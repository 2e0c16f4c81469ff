/** Trying a pool or model from the window: a real call through the proxy, told as it happens. */
import { z } from 'zod'
import { modelName } from './limits.ts'
import { promptContent } from './prompt.ts'
import { attempt, requestRow } from './usage.ts'

/** What a picture is, there and back. */
export const playgroundImage = z.strictObject({
  mime: z.enum(['image/png', 'image/jpeg', 'image/gif', 'image/webp']),
  /** Base64. */
  data: z.base64().max(20_000_000),
})

export const playgroundInput = z.strictObject({
  /** As clients of the unified API name it: a model, a route or `pool/model`. */
  model: modelName,
  messages: promptContent.messages,
  parameters: promptContent.parameters,
  /** Shown to the model with one of the messages (its place from 0), the person's last one unless told. */
  images: z
    .array(playgroundImage.extend({ message: z.number().int().min(0).max(99).optional() }))
    .max(16)
    .default([]),
  /** How hard it shall think, with its thoughts shown where they can be; absent = as the model likes. Models that do not think refuse it. */
  effort: z.enum(['none', 'low', 'medium', 'high']).optional(),
})
export type PlaygroundInput = z.output<typeof playgroundInput>

/** Why an answer ends where it ends. */
const stops = ['end', 'length', 'stop-sequence', 'tool-calls', 'refusal', 'filtered', 'pause'] as const

export const playgroundEvent = z.discriminatedUnion('type', [
  /** A key was chosen and is asked now. */
  z.object({
    type: z.literal('asking'),
    keyId: z.string(),
    keyLabel: z.string(),
    pool: z.string(),
    /** As the upstream knows it; null = it was not told. */
    model: z.string().nullable(),
  }),
  /** A key was tried and could not serve; the next one is tried now. */
  z.object({ type: z.literal('attempt'), attempt }),
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({ type: z.literal('thinking'), text: z.string() }),
  z.object({ type: z.literal('image'), image: playgroundImage }),
  /** The last one of a call that got an answer, with its row in the log. */
  z.object({ type: z.literal('finished'), request: requestRow, stop: z.enum(stops).nullable() }),
  /** The last one of a call that got none, in the words that a client would see; with its row if it came so far. */
  z.object({ type: z.literal('failed'), code: z.string(), message: z.string(), request: requestRow.nullable() }),
])
export type PlaygroundEvent = z.infer<typeof playgroundEvent>
