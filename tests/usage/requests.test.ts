import { describe, expect, test } from 'vitest'
import { append } from '../../src-main/usage/append.ts'
import { get, list } from '../../src-main/usage/requests.ts'
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
    }),
    request({
      id: 'other',
      pool: 'two',
      clientId: 'c2',
      keyId: 'k2',
      attempts: [{ ...attempt, keyId: 'k3' }],
      path: '/v1/50%_off',
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
    [{ model: 'gpt-5' }, ['plain', 'other', 'failed']],
    [{ model: 'gpt-5-2026' }, ['plain', 'other']],
    [{ q: 'econn' }, ['failed']],
    [{ q: '%_' }, ['other']],
    [{ q: 'GPT-5-2026' }, ['plain', 'other']],
    [{ q: "'; DROP TABLE requests; --" }, []],
    [{ pool: 'main', failed: true, q: 'reset' }, ['failed']],
  ])('%j', (query, expected) => {
    expect(ids(logOf(...rows)(query)).toSorted()).toEqual(expected.toSorted())
  })
})
