/** Saved prompts: each published one is an endpoint, `POST /prompts/{slug}` on the proxy. */
import { z } from 'zod'
import { instant, slug } from './common.ts'
import { modelName } from './limits.ts'

const variable = z.strictObject({
  /** Stands in the messages as `{{name}}`. */
  name: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/, 'use letters, digits and _, starting with a letter'),
  description: z.string().max(500).default(''),
  /** Null = the caller must give it. */
  default: z.string().max(100_000).nullable().default(null),
})

const message = z.strictObject({ role: z.enum(['system', 'user', 'assistant']), text: z.string().min(1).max(1_000_000) })

const parameters = z.strictObject({
  temperature: z.number().min(0).max(2).optional(),
  topP: z.number().min(0).max(1).optional(),
  maxTokens: z.number().int().min(1).max(10_000_000).optional(),
  stop: z.array(z.string().min(1).max(256)).max(8).optional(),
  /** The answer is JSON. */
  json: z.boolean().optional(),
})

/** What a version consists of. */
export const promptContent = {
  /** As clients of the unified API name it: a model, a route or `pool/model`. */
  model: modelName,
  messages: z.array(message).min(1).max(100),
  variables: z.array(variable).max(64).default([]),
  parameters: parameters.default({}),
}

export const promptCreate = z.strictObject({
  slug,
  name: z.string().trim().min(1).max(128),
  description: z.string().max(4000).default(''),
  ...promptContent,
})
export type PromptCreate = z.output<typeof promptCreate>

/** A change of the content makes a new version; the published one stays until the next `publish`. */
export const promptPatch = z.strictObject({
  name: z.string().trim().min(1).max(128).optional(),
  description: z.string().max(4000).optional(),
  model: modelName.optional(),
  messages: promptContent.messages.optional(),
  variables: z.array(variable).max(64).optional(),
  parameters: parameters.optional(),
})
export type PromptPatch = z.output<typeof promptPatch>

export const promptStates = ['draft', 'published', 'retired'] as const

export const prompt = z.object({
  slug: z.string(),
  name: z.string(),
  description: z.string(),
  state: z.enum(promptStates),
  /** The newest version, which is what is shown here. */
  version: z.number(),
  /** The version that callers get; null = none. */
  published: z.number().nullable(),
  /** Where callers of a retired one are sent. */
  successor: z.string().nullable(),
  ...promptContent,
  createdAt: instant,
  updatedAt: instant,
})
export type Prompt = z.infer<typeof prompt>

export const promptVersion = z.object({ version: z.number(), ...promptContent, createdAt: instant })
export type PromptVersion = z.infer<typeof promptVersion>
