/** Pieces that several models share. */
import { z } from 'zod'

/** Path segments of the proxy that can never be a pool. */
export const reservedSlugs = ['v1', 'v1beta', 'api', 'prompts', 'connect', 'healthz', 'metrics'] as const

export const slug = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'use 1 to 64 lower-case letters, digits and dashes, starting with a letter or digit')
  .refine((value) => !(reservedSlugs as readonly string[]).includes(value), 'this name is reserved for the proxy itself')

export const id = z.string().min(1).max(64)

/** Names a long call while it runs: `live` tells by it how far the call is, and `tasks.stop` ends it with what is done. */
export const taskName = z.string().min(1).max(64)

/** Milliseconds since 1970, UTC. */
export const instant = z.number().int()

/** An instant given by a script: ISO 8601, or seconds or milliseconds since 1970. */
export const instantQuery = z.union([z.number(), z.string().min(1)]).transform((value, context) => {
  const number = typeof value === 'number' ? value : Number(value)
  // Seconds stay below 1e11 until the year 5138; milliseconds passed it in 1973.
  const at = Number.isNaN(number) ? Date.parse(String(value)) : Math.abs(number) < 1e11 ? number * 1000 : number
  if (Number.isFinite(at)) return Math.round(at)
  context.addIssue({ code: 'custom', message: 'give an ISO 8601 time, or seconds or milliseconds since 1970' })
  return z.NEVER
})

export const pageLimit = z.coerce.number().int().min(1).max(200).default(50)
export const cursor = z.string().max(200).optional()

export const tags = z.array(z.string().trim().min(1).max(64)).max(32)

type Undefaulted<Shape extends Record<string, z.ZodDefault>> = {
  [K in keyof Shape]: z.ZodOptional<ReturnType<Shape[K]['unwrap']>>
}

/** The same fields, none of them required and none filled in: what a change consists of. (`.partial()` would still fill in defaults.) */
export function changesOf<Shape extends Record<string, z.ZodDefault>>(schema: z.ZodObject<Shape>) {
  const shape = Object.fromEntries(
    Object.entries(schema.shape).map(([name, field]) => [
      name,
      (field.unwrap() as z.ZodType).optional().describe(field.description ?? ''),
    ]),
  )
  return z.strictObject(shape as unknown as Undefaulted<Shape>)
}
