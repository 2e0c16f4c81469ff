/** Routes of the unified API: which pool and model a model's name leads to. */
import { z } from 'zod'
import { id, instant, slug } from './common.ts'
import { modelName, modelPattern } from './limits.ts'

const seconds = (min: number, max: number) => z.number().min(min).max(max)

/** `model` null = the model that was asked for. */
const place = z.strictObject({ pool: slug, model: modelName.nullable().default(null) })

export const modelRouteInput = z.strictObject({
  /** What clients ask for: a name of your own, a model's, `prefix*` or `*`. The most exact one that fits is used. */
  model: modelPattern,
  /** Calls are divided among these by weight; what the chosen one cannot serve goes to the others. */
  targets: z
    .array(place.extend({ weight: z.number().int().min(1).max(1000).default(1) }))
    .min(1)
    .max(16),
  /** Tried in this order when no target can serve. */
  then: z.array(place).max(16).default([]),
  /** Longest wait for the first byte, in seconds; null = the pool's. */
  timeout: seconds(1, 3600).nullable().default(null),
  /** Time in which a call may be tried again, in seconds; null = the pool's. */
  attemptBudget: seconds(1, 600).nullable().default(null),
  /** Answers are kept so long, in seconds; 0 = not at all, null = as the pool says. */
  cacheTtl: seconds(0, 2_592_000).nullable().default(null),
  notes: z.string().max(1000).default(''),
})
export type ModelRouteInput = z.output<typeof modelRouteInput>

const modelRoute = modelRouteInput.extend({ id, createdAt: instant, updatedAt: instant })
export type ModelRoute = z.infer<typeof modelRoute>

/** A route as it is shown. */
export const modelRouteView = modelRoute.extend({
  /** Pools in it that are not there (any more): calls pass them over. */
  missingPools: z.array(z.string()),
})
export type ModelRouteView = z.infer<typeof modelRouteView>

/** One model that the unified API can serve, and where. */
export const servedModel = z.object({
  model: z.string(),
  pool: z.string(),
  provider: z.string(),
  /** How Keywheel knows: the pool's own list, the provider's answer, or both silent and a guess by the provider's names. */
  source: z.enum(['set', 'listed', 'guessed']),
  /** A key could serve it now. */
  ready: z.boolean(),
})
export type ServedModel = z.infer<typeof servedModel>
