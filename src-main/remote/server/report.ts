/** POST /stats/report: calls that a program made by itself, with keys that it has from here. */
import { z } from 'zod'
import type { EventState, StatsHouse } from './stats-types.ts'
import type { ApiAnswer, ApiRequest, ApiUser } from './types.ts'
import { readBody } from './validation.ts'

const statuses: ReadonlyMap<string, EventState> = new Map([
  ['success', 'success'],
  ['failed', 'failed'],
  ['reach limit', 'reach_limit'],
  ['reach_limit', 'reach_limit'],
  ['unknown', 'unknown'],
])

/** Date and time of ISO 8601, with or without a zone. */
const isoDateTime = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?$/

const event = z.object({
  // The key itself, where the program's maker had no better name for it: longer than any identifier.
  key_identifier: z.string().min(1).max(16_384),
  status: z
    .string()
    .max(16)
    .refine((text) => statuses.has(text), 'status is one of success, failed, reach limit, unknown'),
  latency: z.number().min(0).max(1e9).nullish(),
  method: z.string().max(128).nullish(),
  finished_at: z
    .string()
    .max(64)
    .refine(
      (text) => isoDateTime.test(text) && Number.isFinite(momentOf(text)),
      'give a time such as 2026-11-21T03:09:24.383534',
    ),
})
const reportBody = z.object({
  pool_identifier: z.string().min(1).max(128),
  client_id: z.string().max(64),
  events: z.array(event).max(500),
})

/** Wall ms. Without a zone it is the program's own time, and that is taken to be this machine's. */
export function momentOf(text: string): number {
  return Date.parse(text.replace(' ', 'T'))
}

export function reportRoute(house: Pick<StatsHouse, 'report'>) {
  return async ({ body }: ApiRequest, user: ApiUser): Promise<ApiAnswer> => {
    const { pool_identifier: pool, client_id: reporter, events } = readBody(reportBody, body)
    const calls = events.map((told) => ({
      key: told.key_identifier,
      status: statuses.get(told.status) ?? 'unknown',
      latency: told.latency ?? null,
      method: told.method ?? null,
      finishedAt: told.finished_at,
    }))
    return { status: 200, json: await house.report(user, { pool, reporter, calls }) }
  }
}
