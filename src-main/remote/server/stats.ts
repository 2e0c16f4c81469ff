/** Routes under /stats: what was called, by key, by time, and one by one. */
import { z } from 'zod'
import { spanSeconds } from './keys-input.ts'
import { type CallCounts, successRate } from './keys-types.ts'
import { pageFields } from './paging.ts'
import { reportRoute } from './report.ts'
import { type EventState, eventStates, intervals, type KeyCounts, type StatsHouse } from './stats-types.ts'
import { isoTime } from './times.ts'
import { type ApiAnswer, ApiProblem, type ApiRequest, type ApiRoute, type ApiRoutes, type ApiUser } from './types.ts'
import { readQuery } from './validation.ts'

const seconds = spanSeconds(3600)
const usageQuery = z.object({
  seconds,
  group_by: z.enum(['key', 'status', 'hour']).optional(),
  status: z.enum(eventStates).optional(),
})
const timelineQuery = z.object({ seconds, interval: z.enum(intervals).default('minute') })
const logsQuery = z.object({
  seconds,
  key_identifier: z.string().max(128).optional(),
  status: z.enum([...eventStates, 'unknown']).optional(),
  ...pageFields,
})

/** How far back single minutes and hours are known, in seconds. */
const farthest = { minute: 172_800, hour: 7_776_000, day: Number.POSITIVE_INFINITY } as const
/** Calls that can be paged through. */
const mostCalls = 100_000

const forAll = (run: (request: ApiRequest, user: ApiUser) => Promise<ApiAnswer>): ApiRoute => ({ open: false, admin: false, run })
const poolIn = ({ params }: ApiRequest) => params['pool'] ?? ''
const frame = (request: ApiRequest, period: number) => ({ pool_identifier: poolIn(request), period_seconds: period })
const ok = (json: unknown): ApiAnswer => ({ status: 200, json })

export function statsRoutes(house: StatsHouse): ApiRoutes {
  return {
    'GET /stats/{pool}/usage': forAll(async (request, user) => {
      const asked = readQuery(usageQuery, request.query)
      return ok(await usage(house, request, user, asked))
    }),
    'GET /stats/{pool}/timeline': forAll(async (request, user) => {
      const { interval, ...asked } = readQuery(timelineQuery, request.query)
      assertKnown('interval', interval, asked.seconds)
      const buckets = await house.series(user, { pool: poolIn(request), seconds: asked.seconds, interval })
      const data = buckets.map(({ at, ...counts }) => ({ timestamp: isoTime(at), summary: summaryOf(counts) }))
      return ok({ ...frame(request, asked.seconds), interval, data })
    }),
    'GET /stats/{pool}/success-rate': forAll(async (request, user) => {
      const asked = readQuery(z.object({ seconds }), request.query)
      const keys = await house.byKey(user, { pool: poolIn(request), seconds: asked.seconds })
      const all = { identifier: '__pool__', alias: null, ...sumOf(keys) }
      return ok({ ...frame(request, asked.seconds), summary: rateOf(all), by_key: keys.map(rateOf) })
    }),
    'GET /stats/{pool}/logs': forAll(async (request, user) => {
      const { page, page_size, seconds: period, key_identifier: key, status } = readQuery(logsQuery, request.query)
      const offset = (page - 1) * page_size
      if (offset >= mostCalls) throw tooFar(page, page_size)
      const asked = { pool: poolIn(request), seconds: period, key, status, offset, limit: page_size }
      const { calls, total } = await house.log(user, asked)
      const items = calls.map((call) => ({
        id: call.number,
        key_identifier: call.identifier,
        alias: call.alias,
        status: call.status,
        finished_at: isoTime(call.finishedAt),
        latency: call.latency,
        method: call.method,
      }))
      return ok({ ...frame(request, period), items, total, page, page_size })
    }),
    'POST /stats/report': forAll(reportRoute(house)),
  }
}

/** `by_key` is always there; other groupings come under a name of their own. */
async function usage(
  house: StatsHouse,
  request: ApiRequest,
  user: ApiUser,
  { seconds: period, group_by, status }: z.output<typeof usageQuery>,
): Promise<Record<string, unknown>> {
  const span = { pool: poolIn(request), seconds: period }
  if (group_by === 'hour') assertKnown('group_by', 'hour', period)
  const keys = (await house.byKey(user, span)).map((counts) => ({ ...counts, ...only(counts, status) }))
  const summary = sumOf(keys)
  const answer = { ...frame(request, period), summary: summaryOf(summary), by_key: null }
  switch (group_by) {
    case undefined:
      return answer
    case 'key':
      return { ...answer, by_key: totals(keys.map(({ identifier, total }) => [identifier, total])) }
    case 'status': {
      const { success, failed, reachLimit, total } = summary
      const unknown = total - success - failed - reachLimit
      return { ...answer, by_status: totals(Object.entries({ success, failed, reach_limit: reachLimit, unknown })) }
    }
    case 'hour': {
      const hours = await house.series(user, { ...span, interval: 'hour' })
      return { ...answer, by_hour: totals(hours.map(({ at, ...counts }) => [isoTime(at), only(counts, status).total])) }
    }
  }
}

/** Without those that were called for nothing. Names are data: one may be `__proto__`. */
function totals(entries: readonly (readonly [string, number])[]): Record<string, { total: number }> {
  return Object.fromEntries(entries.filter(([, total]) => total > 0).map(([name, total]) => [name, { total }]))
}

function only(counts: CallCounts, status: EventState | undefined): CallCounts {
  const { success, failed, reachLimit, total } = counts
  const none = { success: 0, failed: 0, reachLimit: 0 }
  switch (status) {
    case undefined:
      return { total, success, failed, reachLimit }
    case 'success':
      return { ...none, total: success, success }
    case 'failed':
      return { ...none, total: failed, failed }
    case 'reach_limit':
      return { ...none, total: reachLimit, reachLimit }
    case 'unknown':
      return { ...none, total: total - success - failed - reachLimit }
  }
}

function sumOf(list: readonly CallCounts[]): CallCounts {
  const sum = { total: 0, success: 0, failed: 0, reachLimit: 0 }
  for (const { total, success, failed, reachLimit } of list) {
    sum.total += total
    sum.success += success
    sum.failed += failed
    sum.reachLimit += reachLimit
  }
  return sum
}

function summaryOf({ total, success, failed, reachLimit }: CallCounts) {
  return { total_calls: total, success, failed, reach_limit: reachLimit }
}

function rateOf(counts: KeyCounts) {
  return {
    key_identifier: counts.identifier,
    alias: counts.alias,
    total_calls: counts.total,
    success_count: counts.success,
    failed_count: counts.failed,
    reach_limit_count: counts.reachLimit,
    success_rate: successRate(counts),
  }
}

function assertKnown(field: string, interval: keyof typeof farthest, period: number): void {
  const most = farthest[interval]
  if (period <= most) return
  const msg = `Value error, single ${interval}s are kept for ${most} seconds; ask for a shorter time or a longer interval`
  throw new ApiProblem(422, [{ type: 'value_error', loc: ['query', field], msg, input: interval }])
}

function tooFar(page: number, size: number): ApiProblem {
  const most = Math.floor(mostCalls / size)
  const msg = `Input should be less than or equal to ${most}`
  return new ApiProblem(422, [{ type: 'less_than_equal', loc: ['query', 'page'], msg, input: page, ctx: { le: most } }])
}
