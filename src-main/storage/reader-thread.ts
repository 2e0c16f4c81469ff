/** The thread that answers lists and dashboards. It may be abandoned in the middle of a query, so it can only read. */
import { parentPort, workerData } from 'node:worker_threads'
import { eventPage } from '../usage/event-log.ts'
import { eventSeries, eventsByKey } from '../usage/events.ts'
import { follow } from '../usage/follow.ts'
import { keyHours } from '../usage/key-hours.ts'
import { keyModels } from '../usage/key-models.ts'
import { keys, models, series, summary } from '../usage/queries.ts'
import { count, get, list } from '../usage/requests.ts'
import { shares } from '../usage/shares.ts'
import { type ReaderCalls, serve } from './calls.ts'
import { daysOf } from './client-days.ts'
import { connect } from './connection.ts'
import { filesIn } from './files.ts'
import { eventsOf } from './key-events.ts'

function open(folder: string): ReaderCalls {
  const usage = connect(filesIn(folder).usage, { readonly: true })
  return {
    summary: ({ query, now }) => summary(usage, query, now),
    series: ({ query, now }) => series(usage, query, now),
    models: ({ query, now }) => models(usage, query, now),
    keys: ({ query, now }) => keys(usage, query, now),
    shares: ({ query, now }) => shares(usage, query, now),
    keyModels: (query) => keyModels(usage, query),
    keyHours: (query) => keyHours(usage, query),
    count: ({ query, now }) => count(usage, query, now),
    list: ({ query, now }) => list(usage, query, now),
    get: ({ id }) => get(usage, id),
    eventsByKey: ({ query, now }) => eventsByKey(usage, query, now),
    eventSeries: ({ query, now }) => eventSeries(usage, query, now),
    events: ({ query, now }) => eventPage(usage, query, now),
    clientDays: (query) => daysOf(usage, query),
    follow: (query) => follow(usage, query),
    keyEvents: (keyId) => eventsOf(usage, keyId),
    close: () => usage.close(),
  }
}

serve<ReaderCalls>(parentPort, () => open((workerData as { folder: string }).folder))
