/** A route while it is edited. Pure. */
import { type ModelRouteInput, modelRouteInput } from '../../../../src-preload/contract/model-route.ts'
import { formatPool } from '../../../format.ts'
import { type Issue, issuesOf } from '../../../parts/issues.ts'

export type Target = ModelRouteInput['targets'][number]
export type Step = ModelRouteInput['then'][number]

export function newRoute(model: string, pool: string): ModelRouteInput {
  return {
    model,
    targets: [{ pool, model: null, weight: 1 }],
    // oxlint-disable-next-line unicorn/no-thenable -- the contract's own word, and never a function
    then: [],
    timeout: null,
    attemptBudget: null,
    cacheTtl: null,
    notes: '',
  }
}

/** The route without what the application adds: also what makes a deleted one anew. */
export function inputOf(route: ModelRouteInput): ModelRouteInput {
  const { model, targets, then: chain, timeout, attemptBudget, cacheTtl, notes } = route
  // oxlint-disable-next-line unicorn/no-thenable -- as above
  return { model, targets, then: chain, timeout, attemptBudget, cacheTtl, notes }
}

export function withChain(route: ModelRouteInput, chain: Step[]): ModelRouteInput {
  // oxlint-disable-next-line unicorn/no-thenable -- as above
  return { ...route, then: chain }
}

/** What the application would refuse, by path (`targets.0.pool`). */
export function routeIssues(draft: ModelRouteInput): Issue[] {
  const { error } = modelRouteInput.safeParse(draft)
  return issuesOf(error)
}

/** A target's part of the calls, from 0 to 1. */
export function shareOf(targets: readonly Target[], at: number): number {
  const sum = targets.reduce((total, { weight }) => total + weight, 0)
  return sum === 0 ? 0 : (targets[at]?.weight ?? 0) / sum
}

/** `pool/model`, or the pool alone where the model stays the one that was asked for. */
export function placeText({ pool, model }: Step): string {
  return model === null ? formatPool(pool) : `${formatPool(pool)}/${model}`
}
