/** Keys in the formats of other programs: read, written, and read again. */

import { describe, expect, test } from 'vitest'
import { apipoolCsv, apipoolJson, envText, geminiKeysJson, type KeyOut } from '../../src-main/services/keys/key-export.ts'
import { parseKeys, parseKeysInSlices } from '../../src-main/services/keys/key-import.ts'
import * as fc from '../support/fast-check.ts'
import { secretOf } from './house.ts'

const key = (n: number, more: Partial<KeyOut> = {}): KeyOut => ({
  identifier: `id ${n}`,
  alias: `Alias ${n}`,
  label: `Alias ${n}`,
  provider: 'gemini',
  secret: secretOf(n),
  priority: 0,
  tags: [],
  notes: '',
  enabled: true,
  expiresAt: null,
  limits: {},
  ...more,
})
const reasons = (text: string, env?: string) => parseKeys(text, env).candidates.map(({ reason }) => reason)

describe('apipool’s table', () => {
  test('in Chinese and in English, with a byte order mark, quoted commas and lines, and its state column', () => {
    const chinese = `\uFEFF标识符,别名,密钥,标签,描述,状态\r\nk1,"one, first",${secretOf(1)},"a,b","two\r\nlines",启用\r\nk2,,${secretOf(2)},,,停用\r\n`
    const english = `identifier,alias,raw_key,tags,description,is_active\nk1,"one, first",${secretOf(1)},"a,b","two\nlines",true\nk2,,${secretOf(2)},,,false\n`
    for (const text of [chinese, english]) {
      expect(parseKeys(text)).toEqual({
        format: 'apipool-csv',
        candidates: [
          {
            line: 2,
            secret: secretOf(1),
            label: 'one, first',
            reason: null,
            extras: {
              identifier: 'k1',
              tags: ['a', 'b'],
              notes: 'two\nlines',
              enabled: true,
            },
          },
          { line: 4, secret: secretOf(2), label: 'k2', reason: null, extras: { identifier: 'k2', enabled: false } },
        ],
      })
    }
  })

  test('what is no key, no name or no state is said with its line', () => {
    const text = `标识符,密钥,状态\nraw,${secretOf(1)},启用\nk2,,启用\nk3,${secretOf(3)},vielleicht\n#4,${secretOf(4)},停用\n`
    expect(parseKeys(text).candidates.map(({ line, reason }) => [line, reason?.split(':')[0] ?? null])).toEqual([
      [2, 'identifier'],
      [3, 'paste the key'],
      [4, 'enabled'],
      [5, null],
    ])
  })

  test('what spreadsheets would run is written as text, and read as it was', () => {
    const text = apipoolCsv([key(1, { identifier: '=1+1', alias: '@sum', notes: '-2', tags: ['+x', 'y,z', 'q"r'] })])
    const cells = text.split('\r\n')[1] ?? ''
    expect(cells.split(',').some((cell) => /^"?[=+\-@]/.test(cell))).toBe(false)
    expect(parseKeys(text).candidates).toMatchObject([
      { label: '@sum', extras: { identifier: '=1+1', notes: '-2', tags: ['+x', 'y,z', 'q"r'] } },
    ])
  })
})

describe('apipool’s lists', () => {
  const first = { identifier: 'k1', raw_key: secretOf(1), alias: null, tags: ['t'] }
  test.each([
    ['an import', { keys: [{ ...first, description: 'd', is_active: false, expires_at: '2030-01-01T00:00:00Z' }] }],
    ['keys/raw', { client_type: 'generic', keys: [first], total: 1 }],
    ['a page with secrets', { items: [first], total: 1, page: 1, page_size: 20 }],
  ])('%s', (_, document) => {
    const { format, candidates } = parseKeys(JSON.stringify(document))
    expect([format, candidates]).toMatchObject([
      'apipool-json',
      [{ secret: secretOf(1), label: 'k1', reason: null, extras: { identifier: 'k1', tags: ['t'] } }],
    ])
  })

  test('a page without secrets is a list of reasons', () => {
    const page = { items: [{ identifier: 'k1', alias: 'a', is_active: true }], total: 1, page: 1, page_size: 20 }
    expect(reasons(JSON.stringify(page))).toEqual(['paste the key'])
  })

  test('expiry and state come along', () => {
    const keys = [{ ...first, description: 'd', is_active: false, expires_at: '2030-01-01T00:00:00Z' }]
    expect(parseKeys(JSON.stringify({ keys })).candidates[0]?.extras).toEqual({
      identifier: 'k1',
      tags: ['t'],
      notes: 'd',
      enabled: false,
      expiresAt: Date.UTC(2030, 0, 1),
    })
  })
})

describe('keys.json', () => {
  const json = JSON.stringify(
    {
      providers: {
        gemini: {
          keys: [
            { id: 'g1', api_key: 'env:GEMINI_1', priority: 5, limits: { '*': { rpm: 15 }, 'gemini-2.5-flash': { rpd: 20 } } },
            { id: 'g2', api_key: secretOf(2), unheard_of: true },
            { id: 'g3', api_key: 'env:MISSING' },
          ],
        },
        claude: { keys: [{ id: 'c1', api_key: 'env:CLAUDE' }] },
        elsewhere: { keys: 'none' },
      },
    },
    null,
    2,
  )
  const env = `# mine\nGEMINI_1='${secretOf(1)}'\nexport CLAUDE="${secretOf(4)}"\n`
  const read = {
    format: 'keys-json',
    candidates: [
      {
        line: 1,
        secret: secretOf(1),
        label: 'g1',
        reason: null,
        extras: {
          identifier: 'g1',
          priority: 5,
          provider: 'gemini',
          limits: {
            '*': { rpm: 15 },
            'gemini-2.5-flash': { rpd: 20 },
          },
        },
      },
      { line: 2, secret: secretOf(2), label: 'g2', reason: null, extras: { identifier: 'g2', provider: 'gemini' } },
      expect.objectContaining({ line: 3, secret: '', reason: expect.stringContaining('MISSING') }),
      { line: 4, secret: secretOf(4), label: 'c1', reason: null, extras: { identifier: 'c1', provider: 'anthropic' } },
      expect.objectContaining({ line: 5, reason: expect.stringContaining('elsewhere') }),
    ],
  }

  test('with its .env beside it, below it and above it', () => {
    expect(parseKeys(json, env)).toEqual(read)
    expect(parseKeys(`${json}\n\n${env}`)).toEqual(read)
    expect(parseKeys(`${env}${json}`)).toEqual(read)
    expect(parseKeys(JSON.stringify(JSON.parse(json)) + `\n${env}`)).toEqual(read)
  })

  test('without its .env the variables are asked for, and none is taken from this machine', () => {
    process.env['GEMINI_1'] = secretOf(9)
    try {
      expect(reasons(json)).toEqual([
        expect.stringContaining('give the .env'),
        null,
        expect.stringContaining('give the .env'),
        expect.stringContaining('give the .env'),
        expect.any(String),
      ])
    } finally {
      delete process.env['GEMINI_1']
    }
  })

  test('names of variables are data', () => {
    const odd = JSON.stringify({ providers: { gemini: { keys: [{ id: 'a', api_key: 'env:__proto__' }, 7, null, 'x y'] } } })
    expect(reasons(odd, 'A=1').every((reason) => reason !== null)).toBe(true)
  })
})

test('our own document in the clear', () => {
  const keys = [{ label: 'a', secret: secretOf(1), tags: ['t'], notes: 'n', enabled: false, expiresAt: 4e12, identifier: null }]
  expect(parseKeys(JSON.stringify({ format: 'keywheel-export', version: 4, keys }))).toEqual({
    format: 'keywheel',
    candidates: [
      {
        line: 1,
        secret: secretOf(1),
        label: 'a',
        reason: null,
        extras: {
          tags: ['t'],
          notes: 'n',
          enabled: false,
          expiresAt: 4e12,
        },
      },
    ],
  })
})

describe('there and back', () => {
  const text = fc
    .string({ minLength: 1, maxLength: 30, unit: 'grapheme' })
    .map((one) => one.trim().replaceAll('\r', ''))
    .filter(Boolean)
  const name = text.filter((one) => !/[\p{Cc}\\]/u.test(one) && !one.includes('.') && !one.startsWith("'") && one !== 'raw')
  const word = fc.stringMatching(/^[a-z][a-z0-9 ,"-]{0,10}[a-z]$/)
  const keys = fc
    .uniqueArray(
      fc.record({
        identifier: name,
        alias: fc.option(name),
        tags: fc.uniqueArray(word, { maxLength: 4 }),
        notes: fc.option(name, { nil: '' }),
        enabled: fc.boolean(),
        priority: fc.integer({ min: -5, max: 5 }),
        expiresAt: fc.option(fc.integer({ min: 2e12, max: 4e12 })),
      }),
      { maxLength: 12, selector: ({ identifier }) => identifier },
    )
    .map((list) => list.map((one, n) => key(n, { ...one, label: one.alias ?? one.identifier })))

  const heard = ({ identifier, alias, secret, tags, notes, enabled }: KeyOut) => ({
    secret,
    label: (alias ?? identifier).slice(0, 128).trim(),
    identifier,
    tags,
    notes,
    enabled,
  })
  const said = (given: string) =>
    parseKeys(given).candidates.map(({ secret, label, reason, extras }) => {
      expect(reason).toBeNull()
      const { identifier, tags = [], notes = '', enabled = true } = extras ?? {}
      return { secret, label, identifier, tags, notes, enabled }
    })

  test('apipool’s table and list', () => {
    fc.assert(
      fc.property(keys, (list) => {
        expect(said(apipoolCsv(list))).toEqual(list.map(heard))
        expect(said(apipoolJson(list))).toEqual(list.map(heard))
      }),
      { numRuns: 150 },
    )
  })

  test('.env and keys.json, names of variables each their own', () => {
    fc.assert(
      fc.property(keys, (list) => {
        const env = envText(list)
        expect(parseKeys(env).candidates.map(({ secret }) => secret)).toEqual(list.map(({ secret }) => secret))
        const { candidates } = parseKeys(geminiKeysJson(list), env)
        expect(
          candidates.map(({ secret, extras }) => [secret, extras?.identifier, extras?.enabled ?? true, extras?.priority ?? 0]),
        ).toEqual(list.map(({ secret, identifier, enabled, priority }) => [secret, identifier, enabled, priority]))
      }),
      { numRuns: 150 },
    )
  })

  test('secrets of any characters survive a .env', () => {
    const secret = fc
      .stringMatching(/^[\x21-\x7e]{1,60}$/)
      .filter((one) => !one.includes(',') && !(one.includes("'") && one.includes('`')))
    fc.assert(
      fc.property(secret, (one) => {
        expect(parseKeys(envText([key(1, { secret: one })])).candidates.map((found) => found.secret)).toEqual([one])
      }),
    )
  })

  test('without secrets no format holds one', () => {
    const list = [key(1, { secret: undefined }), key(2, { secret: undefined })]
    for (const written of [apipoolCsv(list), apipoolJson(list), envText(list), geminiKeysJson(list)]) {
      expect(written).not.toContain('sk-test')
      expect(written).toMatch(/Alias|ALIAS/)
    }
  })
})

describe('noise', () => {
  test('anything at all ends in keys or reasons', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      '"',
      ',',
      '\n',
      '=',
      'env:',
      '标识符,密钥',
      'providers',
      'keys',
      ':',
      'A=b',
      '#',
      "'",
      '\uFEFF',
      '\r',
    )
    const texts = fc.oneof(
      fc.string({ maxLength: 200 }),
      fc.array(pieces, { maxLength: 60 }).map((list) => list.join('')),
    )
    fc.assert(
      fc.property(texts, fc.option(texts, { nil: undefined }), (given, env) => {
        for (const { secret, reason } of parseKeys(given, env).candidates) {
          expect(reason === null ? /^[\x21-\x7e]{1,16384}$/.test(secret) : reason !== '').toBe(true)
        }
      }),
      { numRuns: 500 },
    )
  })

  test('JSON of any shape too', () => {
    const entry = fc.dictionary(
      fc.constantFrom('id', 'api_key', 'raw_key', 'tags', 'limits', 'is_active', 'expires_at', 'priority'),
      fc.jsonValue(),
    )
    const shape = fc.constantFrom('keys', 'items', 'providers', 'gemini')
    const documents = fc.oneof(
      fc.jsonValue(),
      fc.tuple(shape, fc.array(entry)).map(([name, list]) => ({ [name]: list })),
      fc.array(entry).map((list) => ({ providers: { gemini: { keys: list } } })),
    )
    fc.assert(
      fc.property(documents, (document) => {
        for (const { reason, line } of parseKeys(JSON.stringify(document)).candidates) {
          expect(reason).not.toBe('')
          expect(line).toBeGreaterThan(0)
        }
      }),
      { numRuns: 500 },
    )
  })

  test('ten thousand keys leave turns to others', async () => {
    const list = Array.from({ length: 10_000 }, (_, n) => key(n, { tags: ['a', 'b'], notes: 'x' }))
    let turns = 0
    let over = false
    const turn = () => {
      turns += 1
      if (!over) setImmediate(turn)
    }
    setImmediate(turn)
    const { candidates } = await parseKeysInSlices(apipoolCsv(list), undefined, 100_000)
    over = true
    expect(candidates.filter(({ reason }) => reason === null)).toHaveLength(10_000)
    expect(turns).toBeGreaterThan(30)
    await expect(parseKeysInSlices(apipoolCsv(list), undefined, 9999)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  })
})
