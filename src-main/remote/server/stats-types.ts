/** What the routes about statistics need of the house. All throw ApiProblem 404 for a pool that the user does not see. */
import type { CallCounts } from './keys-types.ts'
import type { ApiUser } from './types.ts'

export const eventStates = ['success', 'failed', 'reach_limit'] as const
export type EventState = (typeof eventStates)[number] | 'unknown'

export const intervals = ['minute', 'hour', 'day'] as const
type Interval = (typeof intervals)[number]

/** A stretch of time in a pool: the last `seconds`. */
export interface StatsSpan {
  pool: string
  seconds: number
}

export interface KeyCounts extends CallCounts {
  identifier: string
  alias: string | null
}

interface LoggedCall {
  number: number
  identifier: string
  alias: string | null
  status: EventState
  /** Wall ms. */
  finishedAt: number
  /** Seconds. */
  latency: number | null
  method: string | null
}

interface LogAsked extends StatsSpan {
  /** A key's identifier; of one that is not known there are no calls. */
  key?: string | undefined
  status?: EventState | undefined
  offset: number
  limit: number
}

export interface ReportedCall {
  /** As it was told; what is a secret is never kept. */
  key: string
  status: EventState
  /** Seconds. */
  latency: number | null
  method: string | null
  /** As it was told, down to the microsecond; part of what makes the call one of a kind. */
  finishedAt: string
}

export interface StatsHouse {
  /** The busiest first. */
  byKey(user: ApiUser, span: StatsSpan): Promise<KeyCounts[]>
  /** Every bucket from the first to now, empty ones too; `at` = its start, wall ms. */
  series(user: ApiUser, span: StatsSpan & { interval: Interval }): Promise<(CallCounts & { at: number })[]>
  log(user: ApiUser, asked: LogAsked): Promise<{ calls: LoggedCall[]; total: number }>
  report(
    user: ApiUser,
    told: { pool: string; reporter: string; calls: readonly ReportedCall[] },
  ): Promise<{ accepted: number; duplicates: number }>
}
