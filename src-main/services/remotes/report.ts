/** Calls that were made here with a server's keys are told to it: in order, by the keys' names there, each as long as it takes to arrive. */
import { createHash, randomBytes } from 'node:crypto'
import type { Attempt } from '../../../src-preload/contract/index.ts'
import { type ApipoolClient, type CallEvent, reportTime } from '../../remote/client/index.ts'
import type { LinkRow, Storage } from '../../storage/types.ts'
import type { Followed } from '../../usage/types.ts'
import type { Catalog } from '../catalog.ts'

export interface ReportDeps {
  catalog: Catalog
  storage: Pick<Storage, 'followRequests'>
}

/** The server takes no more at once. */
const eventsMax = 500
const methodMax = 128

/** How much of the request log was told of. */
export const reportedName = (pool: string) => `state.remote-reported.${pool}`
const reporterName = 'state.remote-reporter'

/**
 * Tells everything that is new. Where it stopped is written down after each answer; an answer that is lost has the same events sent
 * again, alike to the letter, so that a server which looks for duplicates finds them.
 */
export async function reportCalls(link: LinkRow, client: ApipoolClient, deps: ReportDeps, signal: AbortSignal): Promise<void> {
  const { catalog, storage } = deps
  const reporter = await reporterOf(catalog)
  for (let more = true; more && catalog.links.get(link.pool) === link; ) {
    const told = catalog.remembered(reportedName(link.pool))
    const after = typeof told === 'number' ? told : null
    const followed = await storage.followRequests({ pool: link.pool, after })
    for (const batch of batchesOf(link.pool, followed, namesOf(link.pool, catalog))) {
      signal.throwIfAborted()
      if (batch.events.length > 0) await client.report(link.identifier, reporter, batch.events, { signal })
      if (batch.to !== after) await catalog.commit({ putSettings: { [reportedName(link.pool)]: batch.to } })
    }
    more = followed.more
  }
}

/** As it calls itself: the same after a restart, or what was sent before it would look new. */
async function reporterOf(catalog: Catalog): Promise<string> {
  const known = catalog.remembered(reporterName)
  if (typeof known === 'string') return known
  const made = `keywheel:${randomBytes(6).toString('hex')}`
  await catalog.commit({ putSettings: { [reporterName]: made } })
  return made
}

function namesOf(pool: string, catalog: Catalog): ReadonlyMap<string, string> {
  return new Map([...catalog.linkKeysOf(pool).values()].map(({ keyId, identifier }) => [keyId, identifier]))
}

type Row = Followed['rows'][number]

/** Whole requests in each, and the last one ends where the log does. */
function batchesOf(
  pool: string,
  { rows, to }: Followed,
  names: ReadonlyMap<string, string>,
): { events: CallEvent[]; to: number }[] {
  const batches: { events: CallEvent[]; to: number }[] = []
  let open: CallEvent[] = []
  let at = 0
  for (const row of rows) {
    const events = eventsOf(row, pool, names)
    if (open.length + events.length > eventsMax) {
      batches.push({ events: open, to: at })
      open = []
    }
    open.push(...events)
    at = row.number
  }
  return [...batches, { events: open, to }]
}

function eventsOf(row: Row, pool: string, names: ReadonlyMap<string, string>): CallEvent[] {
  let at = row.at + row.msQueued
  return row.attempts.flatMap((attempt, index) => {
    at += attempt.ms
    const key = names.get(attempt.keyId)
    if ((attempt.pool ?? row.pool) !== pool || key === undefined) return []
    const latency = Math.round(attempt.ms) / 1000
    const method = `${row.method} ${row.path}`.slice(0, methodMax)
    const status = statusOf(attempt)
    return [{ key, status, latency, method, finishedAt: reportTime(Math.round(at), microsOf(row.id, index)) }]
  })
}

/** Two calls of one key that ended in the same millisecond are two: each has microseconds of its own, the same ones every time. */
function microsOf(requestId: string, attempt: number): number {
  return createHash('sha256').update(`${requestId} ${attempt}`).digest().readUInt32BE() % 1000
}

function statusOf({ outcome }: Attempt): CallEvent['status'] {
  switch (outcome) {
    case 'ok':
      return 'success'
    case 'rate-short':
    case 'rate-daily':
    case 'no-credit':
      return 'reach limit'
    case 'key-invalid':
    case 'model-unavailable':
    case 'overloaded':
    case 'request-bad':
    case 'network':
    case 'aborted':
    case 'no-key':
      return 'failed'
  }
}
