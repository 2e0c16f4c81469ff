import { describe, expect, test } from 'vitest'
import { parseKeys } from '../../src-main/services/keys/key-import.ts'

const a = 'sk-aaaaaaaaaaaaaaaaaaaaaaaa'
const b = 'sk-bbbbbbbbbbbbbbbbbbbbbbbb'
const secrets = (text: string) =>
  parseKeys(text)
    .candidates.filter(({ reason }) => reason === null)
    .map(({ secret, label }) => [secret, label])

describe('reading pasted keys', () => {
  test('plain lines, with comments and blank lines left out and labels in front', () => {
    expect(parseKeys(`# mine\n${a}\n\n  ${b}  \nwork, ${a}x\r\n`)).toEqual({
      format: 'lines',
      candidates: [
        { line: 2, secret: a, label: null, reason: null },
        { line: 4, secret: b, label: null, reason: null },
        { line: 5, secret: `${a}x`, label: 'work', reason: null },
      ],
    })
  })

  test('a line that is no key is reported with its number, and the others are taken', () => {
    const { candidates } = parseKeys(`${a}\nnot a key\n${b}\nsk-ünicode`)
    expect(candidates.map(({ line, reason }) => [line, reason === null])).toEqual([
      [1, true],
      [2, false],
      [3, true],
      [4, false],
    ])
  })

  test('.env, with quotes, export and comma lists', () => {
    expect(secrets(`OPENAI_API_KEY="${a}"\n# other\nexport KEYS=${b},${a}z`)).toEqual([
      [a, 'OPENAI_API_KEY'],
      [b, 'KEYS'],
      [`${a}z`, 'KEYS'],
    ])
  })

  test('an assignment among plain lines is taken apart', () => {
    expect(secrets(`${a}\nOPENAI_API_KEY=${b}`)).toEqual([
      [a, null],
      [b, 'OPENAI_API_KEY'],
    ])
    expect(secrets(`${a}\nc2VjcmV0LWluLWJhc2U2NA==`)).toEqual([
      [a, null],
      ['c2VjcmV0LWluLWJhc2U2NA==', null],
    ])
  })

  test('CSV with a heading, whatever the order of its columns', () => {
    expect(secrets(`name,notes,api_key\n"one, two",x,${a}\nthree,,${b}`)).toEqual([
      [a, 'one, two'],
      [b, 'three'],
    ])
  })

  test.each([
    [
      'a list of texts',
      JSON.stringify([a, b]),
      [
        [a, null],
        [b, null],
      ],
    ],
    [
      'a list of objects',
      JSON.stringify([
        { label: 'x', secret: a },
        { alias: 'y', raw_key: b },
      ]),
      [
        [a, 'x'],
        [b, 'y'],
      ],
    ],
    ['an object under "keys"', JSON.stringify({ keys: [{ name: 'n', key: a }] }), [[a, 'n']]],
    [
      'names and keys',
      JSON.stringify({ first: a, second: b }),
      [
        [a, 'first'],
        [b, 'second'],
      ],
    ],
  ])('JSON: %s', (_, text, expected) => {
    expect(secrets(text)).toEqual(expected)
  })

  test('broken JSON is one bad line, not a crash', () => {
    expect(parseKeys('[{"secret": ').candidates).toEqual([
      { line: 1, secret: '', label: null, reason: expect.stringContaining('not valid JSON') },
    ])
  })

  test.each(['Authorization: Bearer', 'x-api-key:', 'x-goog-api-key:'])('a cURL command with %s', (header) => {
    expect(secrets(`curl https://api.example.com/v1/models -H "${header} ${a}" -d '{}'`)).toEqual([[a, null]])
  })

  test('a hundred thousand lines of noise end in reasons', () => {
    const { candidates } = parseKeys('x y z\n'.repeat(100_000))
    expect(candidates).toHaveLength(100_000)
    expect(candidates.every(({ reason }) => reason !== null)).toBe(true)
  })
})

describe('what is no key is said, not dropped', () => {
  const judged = (text: string) => parseKeys(text).candidates.map(({ line, secret, reason }) => [line, secret, reason === null])

  test('a .env line without a value', () => {
    expect(judged(`A=${a}\nB=\n\nC=${b}`)).toEqual([
      [1, a, true],
      [2, '', false],
      [4, b, true],
    ])
  })

  test('CSV: a comment before the heading, blank lines and quoted line breaks keep their line numbers', () => {
    expect(judged(`# from the wiki\n\nname;key\n"one\ntwo";${a}\n\nthree;\nfour;${b}\n`)).toEqual([
      [4, a, true],
      [7, '', false],
      [8, b, true],
    ])
  })

  test('a label of any length becomes one that fits, an empty one none', () => {
    expect(
      parseKeys(JSON.stringify({ ['x'.repeat(5000)]: a, ' ': b })).candidates.map(({ label }) => label?.length ?? null),
    ).toEqual([128, null])
  })

  test('JSON that nests without end is one bad entry', () => {
    expect(
      parseKeys(`${'{"keys":'.repeat(50_000)}[]${'}'.repeat(50_000)}`).candidates.every(({ reason }) => reason !== null),
    ).toBe(true)
  })
})
