/** The assembly of the apipool-server: what is matched, what is read, what is said of failures. */
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { matcherOf } from '../../../src-main/remote/server/matching.ts'
import { flag, wholeNumber } from '../../../src-main/remote/server/query-fields.ts'
import { createApipoolServer } from '../../../src-main/remote/server/server.ts'
import { isoTime, isoTimeOrNull } from '../../../src-main/remote/server/times.ts'
import { ApiProblem, type ApiRoute, type ApiRoutes, type ServerRequest } from '../../../src-main/remote/server/types.ts'
import { readBody, readQuery } from '../../../src-main/remote/server/validation.ts'
import { KeywheelError } from '../../../src-preload/contract/index.ts'

const open = (run: () => unknown): ApiRoute => ({ open: true, run: async () => ({ status: 200, json: run() }) })
const nothing = open(() => null)

describe('an address', () => {
  const match = matcherOf([
    { 'GET /keys/{identifier}': nothing, 'DELETE /keys/{identifier}': nothing, 'GET /keys/{identifier}/raw': nothing },
    { 'GET /keys/raw': nothing, 'POST /keys': nothing, 'GET /pools/{id}/members/{key}': nothing },
  ])

  test('that is fixed goes before one with a name, and a name is decoded after the split', () => {
    expect(match('GET', '/keys/raw')).toMatchObject({ kind: 'route', params: {} })
    expect(match('GET', '/keys/a%2Fb%20%C3%BC')).toMatchObject({ kind: 'route', params: { identifier: 'a/b ü' } })
    expect(match('GET', '/keys/raw/raw')).toMatchObject({ params: { identifier: 'raw' } })
    expect(match('GET', '/pools/p/members/k')).toMatchObject({ params: { id: 'p', key: 'k' } })
    expect(match('DELETE', '/keys/raw')).toMatchObject({ kind: 'route', params: { identifier: 'raw' } })
  })

  test('that is none is none, and one for other methods names them', () => {
    for (const path of ['/', '', '/keys/', '/keys/a/b', '/keys/%ff', '/keys/%', '/nothing', '/KEYS']) {
      expect(match('GET', path)).toEqual({ kind: 'none' })
    }
    expect(match('PATCH', '/keys/x')).toEqual({ kind: 'other-methods', allowed: ['DELETE', 'GET'] })
  })

  test('with two routes is refused at once', () => {
    expect(() => matcherOf([{ 'GET /a/{x}': nothing }, { 'GET /a/{y}': nothing }])).toThrow('two routes')
  })
})

describe('a body', () => {
  const schema = z.object({
    name: z.string().min(2).max(3),
    raw_key: z.string().min(5),
    list: z.array(z.string()).max(1),
    on: z.boolean(),
  })
  const detailOf = (body: unknown): { type: string; loc: unknown[]; input: unknown }[] => {
    try {
      readBody(schema, body)
    } catch (error) {
      if (error instanceof ApiProblem) return error.detail as never
    }
    throw new Error('it was taken')
  }

  test('has each field refused once, with its place', () => {
    expect(detailOf({ name: 'abcd', raw_key: 'x', list: ['a', 'b'], on: 'yes' })).toEqual([
      {
        type: 'string_too_long',
        loc: ['body', 'name'],
        msg: 'String should have at most 3 characters',
        input: 'abcd',
        ctx: { max_length: 3 },
      },
      {
        type: 'string_too_short',
        loc: ['body', 'raw_key'],
        msg: 'String should have at least 5 characters',
        input: '**********',
        ctx: { min_length: 5 },
      },
      {
        type: 'too_long',
        loc: ['body', 'list'],
        msg: 'List should have at most 1 item after validation, not 2',
        input: ['a', 'b'],
        ctx: { field_type: 'List', max_length: 1, actual_length: 2 },
      },
      { type: 'bool_type', loc: ['body', 'on'], msg: 'Input should be a valid boolean', input: 'yes' },
    ])
    expect(detailOf([]).map(({ type, loc }) => [type, loc])).toEqual([['model_attributes_type', ['body']]])
    expect(detailOf(null)[0]).toMatchObject({ type: 'model_attributes_type', input: null })
  })

  test('never shows a secret again, however deep it lies', () => {
    const body = {
      raw_key: 'secret-1',
      nested: { password: 'secret-2', list: [{ new_raw_key: 'secret-3' }] },
      refresh_token: 'secret-4',
    }
    expect(JSON.stringify(detailOf(body))).not.toContain('secret')
    let deep: unknown = 'end'
    for (let n = 0; n < 5000; n += 1) deep = { deep }
    expect(JSON.stringify(detailOf({ deep })).length).toBeLessThan(2000)
  })

  test('with very many faults has a hundred of them said', () => {
    const many = z.object({ keys: z.array(z.object({ identifier: z.string() })) })
    const bad = () => readBody(many, { keys: Array.from({ length: 5000 }, () => ({})) })
    expect(bad).toThrow(expect.objectContaining({ status: 422, detail: expect.objectContaining({ length: 100 }) }))
  })
})

describe('a query', () => {
  const schema = z.object({ n: wholeNumber({ min: 1, max: 100, start: 20 }), on: flag })
  const read = (text: string) => readQuery(schema, new URLSearchParams(text))

  test('has whole numbers and flags as FastAPI takes them; of two the last counts', () => {
    expect(read('')).toEqual({ n: 20 })
    expect(read('n=1&n=7&on=True')).toEqual({ n: 7, on: true })
    expect(read('n=%2B3&on=off')).toEqual({ n: 3, on: false })
  })

  test.each(['n=', 'n=1.5', 'n=1e3', 'n=0', 'n=101', 'n=99999999999999999999', 'n=Infinity', 'on=maybe', 'on='])(
    '%s is refused',
    (text) => {
      expect(() => read(text)).toThrow(expect.objectContaining({ status: 422 }))
    },
  )
})

describe('a failure', () => {
  const logged: object[] = []
  const ask = async (routes: ApiRoutes, path = '/api/v1/x') => {
    const server = createApipoolServer([routes], {
      userOf: () => Promise.reject(new ApiProblem(401, 'no')),
      log: { warn: (fields, message) => void logged.push({ ...fields, message }) },
    })
    const request: ServerRequest = {
      method: 'GET',
      path,
      query: new URLSearchParams(),
      header: () => undefined,
      body: new Uint8Array(),
      peer: { address: '127.0.0.1', port: 1 },
      gone: new AbortController().signal,
    }
    const { status, headers, body } = await server.answer(request)
    return { status, headers, json: JSON.parse(new TextDecoder().decode(body)) as unknown }
  }
  const failing = (error: unknown) =>
    ask({
      'GET /x': open(() => {
        throw error
      }),
    })

  test('nobody expected is 500 without a word of it, and a line in the log without its message', async () => {
    const { status, json } = await failing(new TypeError('sk-secret was refused'))
    expect([status, json]).toEqual([500, { detail: 'Internal Server Error' }])
    expect(logged.at(-1)).toMatchObject({ call: 'GET /api/v1/x', error: 'TypeError', stack: expect.any(Array) })
    expect(JSON.stringify(logged)).not.toContain('sk-secret')
    expect((await failing('text')).status).toBe(500)
  })

  test("of Keywheel's own has its status and words", async () => {
    expect(await failing(new KeywheelError('STORAGE_FAILED'))).toMatchObject({
      status: 503,
      json: { detail: 'The database could not be written.' },
    })
    expect(await failing(new KeywheelError('VAULT_LOCKED', 'x', { retryAfter: 5 }))).toMatchObject({
      status: 503,
      headers: expect.arrayContaining(['retry-after', '5']),
    })
    const fields = [{ path: 'config.timeout', message: 'too long' }]
    expect(await failing(new KeywheelError('INVALID_INPUT', 'x', { fields }))).toMatchObject({
      status: 422,
      json: { detail: [{ type: 'value_error', loc: ['body', 'config', 'timeout'], msg: 'too long', input: null }] },
    })
  })

  test('outside of /api/v1 is 404', async () => {
    for (const path of ['/x', '/api/v2/x', '/api/v1x', '/']) expect((await ask({ 'GET /x': nothing }, path)).status).toBe(404)
  })
})

test('times are UTC without a zone', () => {
  expect(isoTime(Date.UTC(2026, 10, 21, 3, 8, 51, 999))).toBe('2026-11-21T03:08:51')
  expect([isoTimeOrNull(null), isoTimeOrNull(0)]).toEqual([null, '1970-01-01T00:00:00'])
})
