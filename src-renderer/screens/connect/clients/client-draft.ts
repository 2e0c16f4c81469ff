/** A client while it is edited: what it may do, in the form's own shape. Pure. */

import { type ClientCreate, type ClientPatch, clientCreate, clientPatch } from '../../../../src-preload/contract/client.ts'
import type { Approval, ApprovalDecision, Budget, Client, Quota } from '../../../../src-preload/contract/index.ts'
import { quotaDurations } from '../../../../src-preload/contract/index.ts'
import { type Issue, issuesOf } from '../../../parts/issues.ts'

export interface QuotaDraft {
  duration: Quota['duration']
  /** Null = unlimited, only counted. */
  credits: number | null
  /** Wall ms; null = from when it is saved. */
  start: number | null
  /** Null = this machine's. */
  zone: string | null
}

export interface ClientDraft {
  name: string
  /** Null = all. */
  pools: string[] | null
  lane: Client['lane']
  /** Empty = all. */
  models: string[]
  budget: Budget | null
  quotas: QuotaDraft[]
  /** Wall ms; null = it does not end. */
  expiresAt: number | null
}

export function newClient(): ClientDraft {
  return { name: '', pools: null, lane: 'interactive', models: [], budget: null, quotas: [], expiresAt: null }
}

export function draftOf({ name, pools, lane, models, budget, quotas, expiresAt }: Client): ClientDraft {
  const drafts = quotas.map(({ duration, credits, start, zone }) => ({
    duration,
    credits: credits < 0 ? null : credits,
    start,
    zone,
  }))
  return { name, pools, lane, models: models ?? [], budget, quotas: drafts, expiresAt }
}

/** What the program asked for, to be narrowed. */
export function draftOfApproval({ name, pools }: Approval): ClientDraft {
  return { ...newClient(), name, pools }
}

/** Another quota, for the first duration that has none yet (a day's before others); null when all have one. */
export function withNewQuota(quotas: readonly QuotaDraft[]): QuotaDraft[] | null {
  const free = (['DAY', 'MONTH', ...quotaDurations] as const).find((name) => quotas.every(({ duration }) => duration !== name))
  return free ? [...quotas, { duration: free, credits: 1000, start: null, zone: null }] : null
}

function quotasOf(quotas: readonly QuotaDraft[]): Quota[] {
  return quotas.map(({ duration, credits, start, zone }) => ({
    duration,
    credits: credits ?? -1,
    ...(start !== null && { start }),
    ...(zone !== null && { zone }),
  }))
}

export function createOf({ name, pools, lane, models, budget, quotas, expiresAt }: ClientDraft): ClientCreate {
  return {
    name,
    lane,
    budget,
    quotas: quotasOf(quotas),
    expiresAt,
    ...(pools !== null && { pools }),
    ...(models.length > 0 && { models }),
  }
}

/** What a program that asked is given; said in full, so that what it asked for is not taken where the person changed it. */
export function decisionOf(draft: ClientDraft): ApprovalDecision {
  const { pools: _pools, ...rights } = createOf(draft)
  return { ...rights, pools: draft.pools }
}

/** Only what was changed. */
export function patchOf(before: ClientDraft, draft: ClientDraft): ClientPatch {
  const changed = (name: keyof ClientDraft) => JSON.stringify(before[name]) !== JSON.stringify(draft[name])
  return {
    ...(changed('name') && { name: draft.name }),
    ...(changed('pools') && { pools: draft.pools }),
    ...(changed('lane') && { lane: draft.lane }),
    ...(changed('models') && { models: draft.models.length > 0 ? draft.models : null }),
    ...(changed('budget') && { budget: draft.budget }),
    ...(changed('quotas') && { quotas: quotasOf(draft.quotas) }),
    ...(changed('expiresAt') && { expiresAt: draft.expiresAt }),
  }
}

/** What the application would refuse, by path (`quotas.0.credits`); `before` = of a client that is there. */
export function clientIssues(draft: ClientDraft, before: ClientDraft | null): Issue[] {
  const { error } = before ? clientPatch.safeParse(patchOf(before, draft)) : clientCreate.safeParse(createOf(draft))
  return issuesOf(error)
}
