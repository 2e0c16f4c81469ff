/** What the routes about keys take. */
import { z } from 'zod'
import { keyIdentifier } from '../../../src-preload/contract/index.ts'
import { verificationStates } from './keys-types.ts'
import { flag, wholeNumber } from './query-fields.ts'

/** Ten years. */
const longestSpan = 315_360_000

export const spanSeconds = (start: number) => wholeNumber({ min: 1, max: longestSpan, start })

/** Anything else can never be put in a header. */
const rawKey = z
  .string()
  .min(1)
  .max(4096)
  .regex(/^[\x21-\x7e]+$/)
const alias = z.string().max(128).nullish()
const tags = z.array(z.string().trim().min(1).max(64)).max(32).nullish()
const description = z.string().max(4000).nullish()

const credential = /auth|cookie|key|token|secret|password/i
/** It is shown in lists, so no key may lie in it. */
const clientConfig = z
  .record(z.string(), z.unknown())
  .refine((config) => JSON.stringify(config).length <= 16_384, 'at most 16 kB')
  .refine(
    ({ headers }) =>
      typeof headers !== 'object' || headers === null || !Object.keys(headers).some((name) => credential.test(name)),
    'headers here are shown in lists: leave credentials out and give the key as raw_key; Keywheel puts it where the pool says',
  )
  .nullish()

export const keyCreateBody = z.object({
  identifier: keyIdentifier,
  raw_key: rawKey,
  alias,
  client_config: clientConfig,
  tags,
  description,
})
export const keyPatchBody = z.object({
  alias,
  tags,
  description,
  client_config: clientConfig,
  is_active: z.boolean().nullish(),
})
export const rotateBody = z.object({ new_raw_key: rawKey })

const importedKey = z.object({
  identifier: keyIdentifier,
  raw_key: rawKey,
  alias,
  tags,
  description,
  is_active: z.boolean().default(true),
})
export const importBody = z.object({ keys: z.array(importedKey).min(1).max(500) })
export const batchBody = z.object({
  client_type: z.string().min(1).max(64),
  keys: z
    .array(z.object({ raw_key: z.union([z.literal(''), rawKey]).default(''), alias: z.string().max(128).optional() }))
    .min(1)
    .max(100),
})

export const keyFilterQuery = {
  pool_id: z.string().max(128).optional(),
  is_active: flag,
  tag: z.string().max(64).optional(),
  search: z.string().max(256).optional(),
  verification_status: z.enum(verificationStates).optional(),
}
export const rawQuery = z.object({ pool_identifier: z.string().min(1) })
export const keyStatsQuery = z.object({ seconds: spanSeconds(86_400) })
