import { describe, expect, test } from 'vitest'
import { append } from '../../src-main/usage/append.ts'
import { get, list } from '../../src-main/usage/requests.ts'
import { retainSlice } from '../../src-main/usage/retain.ts'
import { text } from '../../src-main/usage/sql.ts'
import type { RequestQuery, RequestRow } from '../../src-preload/contract/index.ts'
import { newUsage, nothingCounted, request } from '../storage/fixtures.ts'

const now = request().at + 1000

function logOf(...rows: RequestRow[]) {
  const usage = newUsage()
  append(usage, { number: 1, rows, counted: nothingCounted })
  return (query: Partial<RequestQuery> = {}) => list(usage, { limit: 50, ...query }, now)
}

const ids = (page: { items: RequestRow[] }) => page.items.map(({ id }) => id)

test('a row comes back as it went in', () => {
  const row = request({
    streamed: true,
    clientId: null,
    status: null,
    costNanos: null,
    credits: 2.5,
    priceVersion: 'own',
    route: 'fast',
    clientFormat: 'messages',
    upstreamFormat: 'gemini',
    dropped: ['logit_bias', 'metadata["a.b"]'],
    cache: 'miss',
    attempts: [
      { keyId: 'k', keyLabel: '"quoted" ☃', outcome: 'network', status: null, ms: 1.5, billed: 'maybe', message: 'ECONNRESET' },
      { keyId: 'l', keyLabel: 'L', outcome: 'ok', status: 200, ms: 2, billed: 'yes', message: null, pool: 'two', model: 'm' },
    ],
  })
  const usage = newUsage()
  append(usage, { number: 1, rows: [row], counted: nothingCounted })
  expect(get(usage, row.id)).toEqual(row)
  expect(list(usage, { limit: 1 }, now).items).toEqual([row])
  expect(get(usage, 'another')).toBeNull()
})

test('pages follow each other, newest first, without a gap or a repetition, also within one millisecond', () => {
  const rows = Array.from({ length: 23 }, (_, index) =>
    request({ id: `r${String(index).padStart(2, '0')}`, at: now - Math.floor(index / 5) }),
  )
  const log = logOf(...rows)
  const seen: string[] = []
  let cursor: string | undefined
  do {
    const page = log({ limit: 4, cursor })
    expect(page.items.length).toBeLessThanOrEqual(4)
    seen.push(...ids(page))
    cursor = page.nextCursor ?? undefined
  } while (cursor)
  const newestFirst = rows.toSorted((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1)).map(({ id }) => id)
  expect(seen).toEqual(newestFirst)
})

test('a cursor from elsewhere is refused', () => {
  for (const cursor of ['x', '', Buffer.from('{"a":1}').toString('base64url'), Buffer.from('["1",2]').toString('base64url')])
    expect(() => logOf()({ cursor })).toThrow(/^cursor: /)
})

test('without a range only the last 24 hours are listed', () => {
  const log = logOf(request({ id: 'old', at: now - 86_400_001 }), request({ id: 'new', at: now }))
  expect(ids(log())).toEqual(['new'])
  expect(ids(log({ from: 0 }))).toEqual(['new', 'old'])
  expect(ids(log({ from: 0, to: now }))).toEqual(['old'])
})

describe('filters', () => {
  const attempt = { keyLabel: 'Key', outcome: 'rate-short', status: 429, ms: 1, message: 'says "keyId":"k9"' } as const
  const rows = [
    request({ id: 'plain', cache: 'hit' }),
    request({
      id: 'failed',
      route: 'fast',
      cache: 'miss',
      outcome: 'network',
      status: null,
      errorCode: 'ECONNRESET',
      modelServed: null,
      costNanos: null,
    }),
    request({
      id: 'other',
      pool: 'two',
      clientId: 'c2',
      keyId: 'k2',
      attempts: [{ ...attempt, keyId: 'k3' }],
      path: '/v1/50%_off',
      costNanos: null,
    }),
  ]
  test.each<[Partial<RequestQuery>, string[]]>([
    [{ pool: 'two' }, ['other']],
    [{ outcome: 'network' }, ['failed']],
    [{ failed: true }, ['failed']],
    [{ failed: false }, ['plain', 'other']],
    [{ status: 200 }, ['plain', 'other']],
    [{ client: 'c2' }, ['other']],
    [{ key: 'k2' }, ['other']],
    [{ key: 'k3' }, ['other']],
    [{ key: 'k9' }, []],
    [{ key: 'k' }, []],
    [{ route: 'fast' }, ['failed']],
    [{ cache: 'hit' }, ['plain']],
    [{ cache: 'miss', route: 'fast' }, ['failed']],
    [{ cache: 'miss', route: 'slow' }, []],
    [{ cost: 'known' }, ['plain']],
    // What was not answered cost nothing that anybody misses.
    [{ cost: 'unknown' }, ['other']],
    [{ cost: 'unknown', pool: 'main' }, []],
    [{ model: 'gpt-5' }, ['plain', 'other', 'failed']],
    [{ model: 'gpt-5-2026' }, ['plain', 'other']],
    [{ q: 'econn' }, ['failed']],
    [{ q: '%_' }, ['other']],
    [{ q: 'GPT-5-2026' }, ['plain', 'other']],
    [{ q: "'; DROP TABLE requests; --" }, []],
    [{ pool: 'main', failed: true, q: 'reset' }, ['failed']],
    [{ outcome: 'ok', failed: true }, []],
    [{ key: 'key-1', failed: true }, ['failed']],
    [{ key: 'key-1', q: 'completions' }, ['plain', 'failed']],
    [{ minMs: 120 }, ['plain', 'other', 'failed']],
    [{ minMs: 121 }, []],
    [{ retried: true }, []],
    [{ retried: false, pool: 'two' }, ['other']],
  ])('%j', (query, expected) => {
    expect(ids(logOf(...rows)(query)).toSorted()).toEqual(expected.toSorted())
  })
})

test('a call is retried when more than one attempt was made', () => {
  const [attempt] = request().attempts
  const log = logOf(
    request({ id: 'once' }),
    request({ id: 'twice', attempts: [attempt, attempt].filter((each) => each !== undefined) }),
    request({ id: 'never', attempts: [] }),
  )
  expect(ids(log({ retried: true }))).toEqual(['twice'])
  expect(ids(log({ retried: false })).toSorted()).toEqual(['never', 'once'])
})

test('a page looks through so many rows and no more: it can be short, and the pages together have every row that fits', () => {
  const usage = newUsage()
  const rows = Array.from({ length: 100 }, (_, index) =>
    request({
      id: `r${index}`,
      at: now - index,
      outcome: index % 30 === 29 ? 'network' : 'ok',
      status: index === 70 ? 418 : 200,
    }),
  )
  append(usage, { number: 1, rows, counted: nothingCounted })
  const pages = (query: Partial<RequestQuery>) => {
    const found: { ids: string[]; lookedTo: number | null }[] = []
    let cursor: string | undefined
    do {
      const page = list(usage, { limit: 2, cursor, ...query }, now, 25)
      found.push({ ids: ids(page), lookedTo: page.lookedTo })
      cursor = page.nextCursor ?? undefined
    } while (cursor)
    return found
  }
  expect(pages({ status: 418 })).toEqual([
    { ids: [], lookedTo: now - 24 },
    { ids: [], lookedTo: now - 49 },
    { ids: ['r70'], lookedTo: now - 74 },
    { ids: [], lookedTo: now - 99 },
    { ids: [], lookedTo: null },
  ])
  expect(pages({ failed: true })).toEqual([
    { ids: ['r29', 'r59'], lookedTo: null },
    { ids: ['r89'], lookedTo: null },
  ])
  // Nothing is asked for but the range: then every row fits.
  expect(pages({ from: now - 4 })).toEqual([
    { ids: ['r0', 'r1'], lookedTo: null },
    { ids: ['r2', 'r3'], lookedTo: null },
    { ids: ['r4'], lookedTo: null },
  ])
})

test('what is deleted is not found by its key any more', () => {
  const usage = newUsage()
  append(usage, { number: 1, rows: [request()], counted: nothingCounted })
  expect(ids(list(usage, { key: 'key-1', limit: 5 }, now))).toEqual(['request-1'])
  expect(retainSlice(usage, { days: 1, megabytes: 100 }, now + 2 * 86_400_000)).toBeGreaterThan(0)
  expect(usage.all(text`SELECT * FROM requestKeys`)).toEqual([])
})
