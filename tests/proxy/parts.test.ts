/** The small parts of the pipeline that are worth more cases than a socket test has: replay, scrubbing, retry rules, limits. */
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { createFailureLimiter } from '../../src-main/proxy/admit/failure-limiter.ts'
import { createMeterTap } from '../../src-main/proxy/answer/meter-tap.ts'
import { createScrubber } from '../../src-main/proxy/answer/scrub.ts'
import { startAttempt } from '../../src-main/proxy/attempt/attempt.ts'
import { createRetryBudget, type Ending, RetryPlan, retryReason } from '../../src-main/proxy/attempt/retry.ts'
import { createReplayBudget, ReplayBody } from '../../src-main/proxy/replay-body.ts'
import { requestId } from '../../src-main/proxy/request-id.ts'
import type { BodyReader, Forwarder } from '../../src-main/proxy/types.ts'
import { poolConfig } from '../../src-preload/contract/index.ts'
import * as fc from '../support/fast-check.ts'

/** A reader that a test pushes into. */
function source(length: number | null) {
  let sink: Parameters<BodyReader['start']>[0] | null = null
  const log: string[] = []
  const reader: BodyReader = {
    length,
    start: (to) => (sink = to),
    pause: () => log.push('pause'),
    resume: () => log.push('resume'),
  }
  return {
    reader,
    log,
    push: (text: string) => sink?.data(Buffer.from(text)),
    /** As a giver does that has one buffer for all it reads. */
    giveAndReuse(text: string) {
      const chunk = Buffer.from(text)
      sink?.data(chunk)
      chunk.fill('x')
    },
    end: () => sink?.end(),
    fail: () => sink?.fail('CLIENT_GONE'),
  }
}

function collect(body: ReturnType<ReplayBody['open']>) {
  let text = ''
  let state = 'open'
  if (body instanceof Uint8Array) return () => `${Buffer.from(body).toString()} whole`
  body?.start({
    data: (chunk) => (text += Buffer.from(chunk).toString()),
    end: () => (state = 'end'),
    fail: (code) => (state = code),
  })
  return () => `${text} ${state}`
}

const failed = (stage: 'connect' | 'sending' | 'waiting' | 'body', code: string, bytesSent = 0): Ending => ({
  kind: 'failed',
  failure: { stage, code, bytesSent, message: code },
})

const answered = (
  outcome: 'overloaded' | 'rate-short' | 'request-bad' | 'key-invalid',
  status: number,
  askedToRetry = false,
): Ending => ({
  kind: 'answer',
  outcome: { class: outcome },
  status,
  askedToRetry,
})

describe('a chunk that its giver uses again', () => {
  const reused = (text: string, give: (chunk: Buffer) => void) => {
    const chunk = Buffer.from(text)
    give(chunk)
    chunk.fill('x')
  }

  test('is not changed in the body that is kept for a retry', async () => {
    const from = source(null)
    const body = new ReplayBody(from.reader, createReplayBudget(1000), 1000)
    const gathered = body.gather(1000)
    from.giveAndReuse('one ')
    from.giveAndReuse('two')
    from.end()
    expect(Buffer.from((await gathered) ?? []).toString()).toBe('one two')
  })

  test('is not changed in an answer that is held back', async () => {
    const forwarder: Forwarder = {
      send(_attempt, sink) {
        setImmediate(() => {
          sink.head(429, [])
          reused('slow ', (chunk) => sink.data(chunk))
          reused('down', (chunk) => sink.data(chunk))
          sink.end()
        })
        return { resume: () => {}, abort: () => {} }
      },
      close: () => Promise.resolve(),
    }
    const limits = { connectMs: 1, firstByteMs: 1, idleMs: 1, totalMs: null }
    const attempt = {
      origin: 'http://127.0.0.1',
      method: 'GET',
      path: '/',
      headers: [],
      body: null,
      way: { proxy: null, http2: false },
      limits,
    }
    const result = await startAttempt(forwarder, attempt).result
    if (result.kind !== 'answer') throw new Error('an answer was given')
    expect(Buffer.from(result.answer.body ?? []).toString()).toBe('slow down')
  })

  test('is not changed in the packed answer that usage is read from', async () => {
    let read = ''
    const meter = { push: (bytes: Uint8Array) => (read += Buffer.from(bytes).toString()), finish: () => nothing }
    const nothing = { usage: null, error: null }
    const tap = createMeterTap(meter, 'gzip')
    const packed = gzipSync('usage')
    tap.push(packed)
    packed.fill(0)
    await tap.finish(true)
    expect(read).toBe('usage')
  })
})

test('ids sort by time and do not repeat', () => {
  const ids = Array.from({ length: 1000 }, (_, i) => requestId(1_700_000_000_000 + i))
  expect(ids.toSorted()).toEqual(ids)
  expect(new Set(Array.from({ length: 1000 }, () => requestId(5))).size).toBe(1000)
})

describe('scrubbing', () => {
  const secret = 'sk-aab-aab-aac'
  test('property: however an answer is cut, the key is blanked, the rest and the length are kept', () => {
    const part = fc.oneof(
      fc.constant(secret),
      fc.constantFrom('sk-aab-aab', 'sk-aab-', 's', 'sk-aab-aab-aa', 'c'),
      fc.string({ maxLength: 8 }),
    )
    fc.assert(
      fc.property(
        fc.array(part, { maxLength: 12 }),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
        (parts, cuts) => {
          const text = Buffer.from(parts.join(''))
          const scrubber = createScrubber(secret)
          const out: Buffer[] = []
          for (let at = 0, i = 0; at < text.length; i++) {
            const size = cuts[i % cuts.length] ?? 1
            out.push(Buffer.from(scrubber.push(text.subarray(at, at + size))))
            at += size
          }
          out.push(Buffer.from(scrubber.flush()))
          expect(Buffer.concat(out).toString('latin1')).toBe(
            text.toString('latin1').replaceAll(secret, '*'.repeat(secret.length)),
          )
        },
      ),
      { numRuns: 5000 },
    )
  })

  test('a piece that cannot be part of the key is not kept back', () => {
    const scrubber = createScrubber(secret)
    expect(Buffer.from(scrubber.push(Buffer.from('data: {}\n\n'))).toString()).toBe('data: {}\n\n')
    expect(Buffer.from(scrubber.push(Buffer.from('x sk-aab'))).toString()).toBe('x ')
    expect(Buffer.from(scrubber.push(Buffer.from('y'))).toString()).toBe('sk-aaby')
  })
})

describe('the replay of a body', () => {
  test('what was gathered first and what comes later make one body, and the next attempt has all of it', async () => {
    const { reader, push, end } = source(null)
    const body = new ReplayBody(reader, createReplayBudget(100), 50)
    const gathering = body.gather(3)
    push('1234')
    expect(await gathering).toBeNull()
    const first = collect(body.open())
    push('56')
    expect(first()).toBe('123456 open')
    const rewound = body.rewind()
    push('78')
    end()
    expect(await rewound).toBe(true)
    expect(first()).toBe('123456 open')
    expect(collect(body.open())()).toBe('12345678 whole')
    expect(body.length).toBe(8)
  })

  test('too long for the buffer: everything is sent once, and it cannot be rewound', async () => {
    const { reader, push, end } = source(null)
    const budget = createReplayBudget(10)
    const body = new ReplayBody(reader, budget, 5)
    const gathering = body.gather(4)
    push('123456789')
    expect(await gathering).toBeNull()
    const sent = collect(body.open())
    push('abc')
    end()
    expect(sent()).toBe('123456789abc end')
    expect(await body.rewind()).toBe(false)
    body.release()
    expect(budget.take(10)).toBe(true)
  })

  test('nothing was read yet: it can be sent from the start', async () => {
    const { reader, push, end } = source(9)
    const body = new ReplayBody(reader, createReplayBudget(100), 50)
    body.open()
    expect(await body.rewind()).toBe(true)
    const sent = collect(body.open())
    push('123456789')
    end()
    expect(sent()).toBe('123456789 end')
  })

  test('a client that leaves ends the waiting', async () => {
    const { reader, push, fail } = source(9)
    const body = new ReplayBody(reader, createReplayBudget(100), 50)
    const gathering = body.gather(50)
    push('12')
    fail()
    expect(await gathering).toBeNull()
    expect(body.failure).toBe('CLIENT_GONE')
    expect(await body.rewind()).toBe(false)
  })

  test('memory is given back however it ends', async () => {
    const budget = createReplayBudget(20)
    for (let i = 0; i < 50; i++) {
      const { reader, push, end } = source(null)
      const body = new ReplayBody(reader, budget, 15)
      const gathering = body.gather(15)
      push('x'.repeat(i % 20))
      if (i % 3 === 0) end()
      if (i % 3 !== 0) body.release()
      await gathering
      collect(body.open())
      body.release()
      push('late')
    }
    expect(budget.take(20)).toBe(true)
  })
})

describe('the retry rules', () => {
  test.each<[Ending, string, string]>([
    [failed('connect', 'ECONNREFUSED'), 'POST', 'unsent'],
    [failed('connect', 'UND_ERR_CONNECT_TIMEOUT'), 'POST', 'unsent'],
    [failed('connect', 'CERT_HAS_EXPIRED'), 'GET', 'never'],
    [failed('connect', 'ERR_TLS_CERT_ALTNAME_INVALID'), 'GET', 'never'],
    [failed('sending', 'ECONNRESET', 0), 'POST', 'unsent'],
    [failed('sending', 'ECONNRESET', 5), 'POST', 'processed'],
    [failed('waiting', 'UND_ERR_SOCKET'), 'GET', 'unsent'],
    [failed('waiting', 'UND_ERR_SOCKET'), 'POST', 'processed'],
    [failed('waiting', 'UND_ERR_HEADERS_TIMEOUT'), 'GET', 'processed'],
    [answered('rate-short', 429), 'POST', 'key'],
    [answered('key-invalid', 401), 'POST', 'key'],
    [answered('overloaded', 503, true), 'POST', 'asked'],
    [answered('overloaded', 529, true), 'POST', 'asked'],
    [answered('overloaded', 500, true), 'POST', 'processed'],
    [answered('overloaded', 503), 'POST', 'processed'],
    [answered('request-bad', 400), 'GET', 'never'],
  ])('%j, %s: %s', (ending, method, reason) => {
    expect(retryReason(ending, method)).toBe(reason)
  })

  const clock = { mono: () => 0 }
  const plan = (method: string, config: object) =>
    new RetryPlan(method, { ...poolConfig.parse({}), ...config }, createRetryBudget(clock))
  const early = { elapsed: 0, attempts: [1] }
  const overloaded = answered('overloaded', 500)

  test('a processed failure: GET once, POST only as often as the pool says', () => {
    const get = plan('GET', {})
    expect([get.allow('processed', overloaded, early), get.allow('processed', overloaded, early)]).toEqual([250, null])
    expect(plan('POST', {}).allow('processed', overloaded, early)).toBeNull()
    expect(plan('POST', { maxRetries: 5 }).allow('processed', overloaded, early)).toBeNull()
    const post = plan('POST', { retryOnFailure: true, maxRetries: 2 })
    expect([1, 2, 3].map(() => post.allow('processed', overloaded, early))).toEqual([250, 250, null])
  })

  test('not beyond the attempts or the time of the pool', () => {
    expect(plan('GET', { maxAttempts: 2 }).allow('key', overloaded, { elapsed: 0, attempts: [1, 2] })).toBeNull()
    expect(plan('GET', { attemptBudget: 10 }).allow('key', overloaded, { elapsed: 10_000, attempts: [1] })).toBeNull()
    expect(plan('GET', { attemptBudget: 10 }).allow('key', overloaded, { elapsed: 9_999, attempts: [1] })).toBe(0)
  })

  test('an upstream that wants a long pause is not waited for', () => {
    const busy = { kind: 'answer' as const, status: 503, askedToRetry: true }
    expect(plan('POST', {}).allow('asked', { ...busy, outcome: { class: 'overloaded', holdMs: 2000 } }, early)).toBe(2000)
    expect(plan('POST', {}).allow('asked', { ...busy, outcome: { class: 'overloaded', holdMs: 60_000 } }, early)).toBeNull()
  })

  test('the budget is a fifth of the calls, and comes back with time', () => {
    let now = 0
    const budget = createRetryBudget({ mono: () => now })
    const spend = () => {
      let spent = 0
      while (budget.withdraw()) spent++
      return spent
    }
    expect(spend()).toBe(3)
    for (let i = 0; i < 100; i++) budget.deposit()
    expect(spend()).toBeGreaterThanOrEqual(19)
    expect(spend()).toBe(0)
    now = 10_000
    expect(spend()).toBe(3)
  })
})

test('failures are counted per address, within a minute', () => {
  let now = 0
  const limiter = createFailureLimiter({ mono: () => now })
  for (let i = 0; i < 20; i++) expect(limiter.fail('a')).toBe(false)
  expect(limiter.fail('a')).toBe(true)
  expect(limiter.fail('b')).toBe(false)
  now = 59_999
  expect(limiter.fail('a')).toBe(true)
  now = 60_000
  expect(limiter.fail('a')).toBe(false)
})
