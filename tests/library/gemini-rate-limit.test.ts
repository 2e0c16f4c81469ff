/** Which limit a message names: the cases that loose matching got wrong, and real ones. */
import { describe, expect, test } from 'vitest'
import { parseRateLimitType, retryHintMs } from '../../src-main/library/gemini-rate-limit.ts'

const violation = (id: string) =>
  `429 RESOURCE_EXHAUSTED. {'error': {'code': 429, 'message': 'You exceeded your current quota, please check your plan and billing details.', 'details': [{'@type': 'type.googleapis.com/google.rpc.QuotaFailure', 'violations': [{'quotaId': '${id}'}]}]}}`

describe('limits are named by words', () => {
  test.each([
    [
      "Google's per-model token id is per minute, not per day",
      violation('GenerateContentInputTokensPerModelPerMinute-FreeTier'),
      'tpm',
    ],
    ["Google's request ids", violation('GenerateRequestsPerMinutePerProjectPerModel-FreeTier'), 'rpm'],
    ["Google's daily ids", violation('GenerateRequestsPerDayPerProjectPerModel-FreeTier'), 'rpd'],
    ['requests per minute with spaces', 'Rate limit: 15 requests per minute', 'rpm'],
    ['in one word', 'requestsperday limit', 'rpd'],
    ['with underscores', 'tokens_per_minute exceeded', 'tpm'],
    ['images', 'Too many images per minute', 'ipm'],
    ['short names', 'IPM limit', 'ipm'],
    ['tokens per day are a daily limit', 'tokens per day exceeded', 'rpd'],
    ['"equipment" holds no ipm', 'The equipment failed', 'unknown'],
    ['"stpmx" holds no tpm', 'error stpmx', 'unknown'],
    ['RPM and RPD named: the one that was exceeded', 'Limits: 15 RPM and 500 RPD. You have reached your RPD.', 'rpd'],
    ['RPM and RPD named, RPM exceeded', 'Limits: 500 RPD, 15 RPM. You exceeded RPM.', 'rpm'],
    ['RPM and RPD named, nothing said: a minute costs less than a day', 'See the RPD and RPM limits', 'rpm'],
    ['two violations: the one that lasts longer', `${violation('RequestsPerMinute')} ${violation('RequestsPerDay')}`, 'rpd'],
    ['"exceeded your quota, upgrade your plan" is a matter of billing', 'You exceeded your quota, upgrade your plan', 'quota'],
    ['billing to be enabled', 'Please enable billing for this project', 'quota'],
    ['an exceeded quota without a period', 'You exceeded your current quota', 'rpd'],
    ['something else', 'Internal error', 'unknown'],
    ['nothing', '', 'unknown'],
    ['no message', undefined, 'unknown'],
  ] as const)('%s', (_, message, type) => {
    expect(parseRateLimitType(message)).toBe(type)
  })
})

describe('how long to wait', () => {
  test.each([
    ['as Python prints it', "{'retryDelay': '46s'}", 46_000],
    ['as JSON', '{"retryDelay":"3600.5s"}', 3_600_500],
    ['as a sentence', 'Please retry in 10h17m5.72s.', 37_025_720],
    ['the longest of several', '{"retryDelay":"4s"} {"retryDelay":"46s"}', 46_000],
    ['nothing said', 'RPM exceeded', undefined],
  ])('%s', (_, message, ms) => {
    expect(retryHintMs(message)).toBe(ms)
  })
})
