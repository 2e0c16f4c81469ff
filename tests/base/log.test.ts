/** The log: whatever is thrown at it, no secret comes out, and every line is JSON. */

import { describe, expect, it } from 'vitest'
import { createLog } from '../../src-main/base/log.ts'
import { redact } from '../../src-main/base/log-redaction.ts'
import * as fc from '../support/fast-check.ts'

function logging(level?: string) {
  const lines: string[] = []
  return { lines, log: createLog(level, { to: { write: (line: string) => void lines.push(line) } }) }
}

/** Built here, so that no file holds anything that looks like a key. */
const tail = 'Zq9'.repeat(9)
const secrets = [
  `sk-${tail}`,
  `sk-proj-${tail}`,
  `sk-ant-api03-${tail}`,
  `sk-or-v1-${tail}`,
  `gsk_${tail}`,
  `xai-${tail}`,
  `nvapi-${tail}`,
  `pplx-${tail}`,
  `csk-${tail}`,
  `hf_${tail}`,
  `fw_${tail}`,
  `AIza${tail}`,
  `AQ.${tail}`,
  `kw_${tail}`,
  `eyJ${tail}.${tail}.${tail}`,
]

describe('the log', () => {
  it.each(secrets)('does not show %s', (secret) => {
    const { lines, log } = logging('trace')
    log.warn({ url: `https://api.example.com/v1?key=${secret}&alt=sse` }, `refused ${secret}`)
    log.child({ key: secret }).info({ deep: [{ er: { value: `x ${secret} y` } }] }, 'child')
    log.error(new Error(`failed with ${secret}`))
    log.error(
      { err: Object.assign(new Error('failed'), { config: { headers: { Authorization: `Bearer ${secret}` } } }) },
      'as axios does',
    )
    log.debug({ body: JSON.stringify({ key: secret }), [secret]: 1 })
    expect(lines).toHaveLength(5)
    for (const line of lines) {
      expect(line).not.toContain(tail)
      expect(() => JSON.parse(line) as unknown).not.toThrow()
    }
  })

  // Keys without a shape of their own: only the field tells.
  it.each([
    'Authorization',
    'proxy-authorization',
    'x-api-key',
    'X-Goog-Api-Key',
    'api-key',
    'apiKey',
    'cookie',
    'set-cookie',
    'passphrase',
    'password',
    'secret',
    'token',
    'client_secret',
  ])('hides what the field %s holds', (field) => {
    const { lines, log } = logging('info')
    log.info({ [field]: tail })
    log.info({ headers: { [field]: [tail, `${tail}, "quoted"`] } })
    log.info({ rawHeaders: ['accept', 'text/plain', field, tail] })
    log.info({ body: JSON.stringify({ [field]: tail }) }, 'as text')
    log.info({ a: { b: [{ [field]: `with "quotes" and \\ ${tail}` }] } })
    for (const line of lines) {
      expect(line).not.toContain(tail)
      expect(line).toContain('[redacted]')
      expect(() => JSON.parse(line) as unknown).not.toThrow()
    }
  })

  it.each([
    [`Basic ${Buffer.from(`me:${tail}`).toString('base64')}`, 'Basic [redacted]'],
    [`http://me:${tail}@proxy:3128/`, 'http://[redacted]@proxy:3128/'],
    [`/v1/models?alt=sse&key=${tail}&x=1`, '/v1/models?alt=sse&key=[redacted]&x=1'],
    [`/v1/models?api_key=${tail}`, '/v1/models?api_key=[redacted]'],
  ])('hides the credential in %s', (text, shown) => {
    expect(redact(text)).toBe(shown)
  })

  it.each([
    'Rate limit reached for gpt-4o in organization org-scripted on tokens per min (TPM): Limit 500',
    '{"level":40,"time":1,"tokens":12,"tokenCount":3,"keyId":"key-1","pool":"openai","msg":"task-runner took the risk-free way"}',
    '{"error":"ECONNREFUSED","at":["at a (file:///x/y.ts:1:2)"],"model":"claude-sonnet-4-5-20250929"}',
    'https://user-guide.example.com/a@b is an address without a password',
  ])('leaves alone: %s', (text) => {
    expect(redact(text)).toBe(text)
  })

  it('stays JSON, whatever is logged', () => {
    const { lines, log } = logging('info')
    const field = fc.oneof(fc.string(), fc.constantFrom('token', 'Authorization', 'cookie', 'secret'))
    fc.assert(
      fc.property(fc.dictionary(field, fc.jsonValue()), fc.string(), (fields, message) => {
        log.info({ fields }, message)
        expect(() => JSON.parse(lines.at(-1) ?? '') as unknown).not.toThrow()
      }),
      { numRuns: 500 },
    )
  })

  it('says what it was told to say, and what is wrong with the level', () => {
    const quiet = logging()
    quiet.log.info('not shown')
    quiet.log.warn({ pool: 'openai' }, 'shown')
    expect(quiet.lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([{ level: 40, pool: 'openai', msg: 'shown' }])
    const wrong = logging('loud')
    wrong.log.info('not shown')
    expect(wrong.lines).toHaveLength(1)
    expect(wrong.lines[0]).toContain('KEYWHEEL_LOG')
  })
})
