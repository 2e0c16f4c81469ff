/** Statistics and reports of the apipool-server, on the wire, over calls that went through the real proxy. */
import { describe, expect, test } from 'vitest'
import { openRig, type Rig, secretOf } from './rig.ts'

const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/)

const call = (rig: Rig, pool = 'main') =>
  rig.admin('POST', `/proxy/${pool}/invoke`, { attr_path: ['get'], args: ['/x'], kwargs: {} })
const report = (rig: Rig, events: object[], more: object = {}) =>
  rig.admin('POST', '/stats/report', { pool_identifier: 'main', client_id: 'host:1', events, ...more })

/** As programs write them: in the time of this machine, without a zone, to the microsecond. */
const localTime = (ms: number, micro = '000') => {
  const at = new Date(ms - new Date(ms).getTimezoneOffset() * 60_000)
  return `${at.toISOString().slice(0, 23)}${micro}`
}
const event = (key_identifier: string, ago = 1000, more: object = {}) => ({
  key_identifier,
  status: 'success',
  latency: 0.25,
  method: 'get',
  finished_at: localTime(Date.now() - ago, '123'),
  ...more,
})

/** Key 1 meets its limit once, key 2 serves; then both know a failure that is nobody's. */
async function used(): Promise<{ rig: Rig; one: string; two: string }> {
  const rig = await openRig()
  const [one = '', two = ''] = await rig.addPool('main', [1, 2])
  rig.upstream.says(({ headers }) =>
    headers.authorization?.endsWith(secretOf(1))
      ? { status: 429, headers: { 'retry-after': '600' }, body: '{}' }
      : { body: '{}' },
  )
  // Round robin comes to key 1 within two calls.
  await call(rig)
  await call(rig)
  rig.upstream.says(() => ({ status: 404, body: '{}' }))
  await call(rig)
  return { rig, one, two }
}

describe('statistics', () => {
  test('usage: sums, and by key, status and hour; each attempt is a call, and no secret is in any', async () => {
    const { rig, one, two } = await used()
    const usage = (query: string) => rig.admin('GET', `/stats/main/usage${query}`)
    const { status, json } = await usage('')
    const summary = { total_calls: 4, success: 2, failed: 1, reach_limit: 1 }
    expect([status, json]).toEqual([200, { pool_identifier: 'main', period_seconds: 3600, summary, by_key: null }])
    const byKey = await usage('?group_by=key&seconds=60')
    expect(byKey.json).toEqual({
      pool_identifier: 'main',
      period_seconds: 60,
      summary,
      by_key: {
        [one]: { total: 1 },
        [two]: { total: 3 },
      },
    })
    expect((await usage('?group_by=status')).json.by_status).toEqual({
      success: { total: 2 },
      failed: { total: 1 },
      reach_limit: { total: 1 },
    })
    const byHour = (await usage('?group_by=hour')).json.by_hour as Record<string, { total: number }>
    expect(Object.keys(byHour).every((hour) => /T\d\d:00:00$/.test(hour))).toBe(true)
    expect(Object.values(byHour).reduce((sum, { total }) => sum + total, 0)).toBe(4)
    const limited = (await usage('?group_by=key&status=reach_limit')).json
    expect(limited).toMatchObject({ summary: { total_calls: 1, success: 0, failed: 0, reach_limit: 1 } })
    expect(limited.by_key).toEqual({ [one]: { total: 1 } })
    for (const refused of ['?seconds=0', '?group_by=moon', '?status=fine', '?seconds=1.5', '?seconds=400000000'])
      expect((await usage(refused)).status).toBe(422)
    expect((await usage('?seconds=9000000&group_by=hour')).json.detail).toMatchObject([{ loc: ['query', 'group_by'] }])
    expect(JSON.stringify([json, byKey.json, byHour, limited])).not.toContain('sk-test')
  })

  test('success-rate: the pool and each key, the busiest first', async () => {
    const { rig, one, two } = await used()
    await report(rig, [event(one, 1000, { status: 'failed' })])
    const { status, json } = await rig.admin('GET', '/stats/main/success-rate?seconds=600')
    const counts = (total: number, success: number, failed: number, limited: number, rate: number) => ({
      total_calls: total,
      success_count: success,
      failed_count: failed,
      reach_limit_count: limited,
      success_rate: rate,
    })
    expect([status, json]).toEqual([
      200,
      {
        pool_identifier: 'main',
        period_seconds: 600,
        summary: { key_identifier: '__pool__', alias: null, ...counts(5, 2, 2, 1, 40) },
        by_key: [
          { key_identifier: two, alias: 'key 2', ...counts(3, 2, 1, 0, 66.67) },
          { key_identifier: one, alias: 'key 1', ...counts(2, 0, 1, 1, 0) },
        ],
      },
    ])
    // A key that has gone keeps its calls.
    await rig.keys.remove([one], 'local')
    expect((await rig.admin('GET', '/stats/main/success-rate')).json.by_key).toMatchObject([{}, { key_identifier: one }])
    await rig.addPool('idle')
    const idle = (await rig.admin('GET', '/stats/idle/success-rate')).json
    expect(idle).toMatchObject({ summary: counts(0, 0, 0, 0, 0), by_key: [] })
  })

  test('timeline: every bucket of every width, the empty ones too', async () => {
    const { rig, two } = await used()
    await report(rig, [event(two, 1000)])
    for (const [interval, seconds, width, apart] of [
      ['minute', 600, 10, 60_000],
      ['hour', 7200, 2, 3_600_000],
      ['day', 259_200, 3, 86_400_000],
    ] as const) {
      const { status, json } = await rig.admin('GET', `/stats/main/timeline?seconds=${seconds}&interval=${interval}`)
      expect([status, json]).toMatchObject([200, { pool_identifier: 'main', period_seconds: seconds, interval }])
      const data = json.data as { timestamp: string; summary: Record<string, number> }[]
      // Both ends of a span may lie inside a bucket.
      expect([width, width + 1]).toContain(data.length)
      const starts = data.map(({ timestamp }) => Date.parse(`${timestamp}Z`))
      expect(starts.slice(1).every((start, index) => start - (starts[index] ?? 0) === apart)).toBe(true)
      expect(data[0]).toEqual({ timestamp: time, summary: { total_calls: 0, success: 0, failed: 0, reach_limit: 0 } })
      const sum = (name: string) => data.reduce((all, { summary }) => all + (summary[name] ?? 0), 0)
      expect(['total_calls', 'success', 'failed', 'reach_limit'].map(sum)).toEqual([5, 3, 1, 1])
    }
  })

  test('a timeline of more minutes than are kept is refused', async () => {
    const rig = await openRig()
    await rig.addPool('main')
    const { status, json } = await rig.admin('GET', '/stats/main/timeline?seconds=172801&interval=minute')
    expect([status, json.detail]).toMatchObject([422, [{ type: 'value_error', loc: ['query', 'interval'], input: 'minute' }]])
    expect((await rig.admin('GET', '/stats/main/timeline?seconds=172800')).json.data.length).toBeGreaterThanOrEqual(2880)
  })

  test('logs: each call with its time, latency and method, in pages, by key and by status', async () => {
    const { rig, one, two } = await used()
    await report(rig, [event(two, 60_000, { method: 'chat.create' }), event('someone else', 90_000)])
    const logs = (query = '') => rig.admin('GET', `/stats/main/logs${query}`)
    const { status, json } = await logs()
    expect([status, json]).toMatchObject([
      200,
      { pool_identifier: 'main', period_seconds: 3600, total: 6, page: 1, page_size: 20 },
    ])
    const item = { id: expect.any(Number), alias: expect.anything(), finished_at: time, latency: expect.any(Number) }
    expect(json.items[0]).toEqual({ ...item, key_identifier: two, status: 'failed', method: 'GET /x' })
    expect(json.items.slice(4)).toEqual([
      { ...item, key_identifier: two, status: 'success', method: 'chat.create', latency: 0.25 },
      { ...item, alias: null, key_identifier: 'someone else', status: 'success', method: 'get', latency: 0.25 },
    ])
    expect(new Set(json.items.map(({ id }: { id: number }) => id)).size).toBe(6)
    const second = (await logs('?page=2&page_size=4')).json
    expect(second).toMatchObject({ total: 6, page: 2, page_size: 4 })
    expect(second.items).toEqual(json.items.slice(4))
    const of = async (query: string) => {
      const { items, total } = (await logs(query)).json
      return [total, items.map(({ key_identifier, status: ended }: Record<string, string>) => `${key_identifier} ${ended}`)]
    }
    expect(await of(`?key_identifier=${one}`)).toEqual([1, [`${one} reach_limit`]])
    expect(await of(`?key_identifier=${two}&status=success`)).toEqual([3, Array(3).fill(`${two} success`)])
    expect(await of('?status=failed')).toEqual([1, [`${two} failed`]])
    expect(await of('?key_identifier=nobody')).toEqual([0, []])
    expect(await of('?key_identifier=%27%20OR%201%3D1--')).toEqual([0, []])
    expect(await of('?seconds=30')).toMatchObject([4, expect.anything()])
    for (const refused of ['?page=0', '?page_size=101', '?page=1001&page_size=100', '?status=fine'])
      expect((await logs(refused)).status).toBe(422)
  })

  test('a pool that is not there, or not the user’s: 404, and nothing is made', async () => {
    const { rig } = await used()
    await rig.addUser('ada', { pools: [(await rig.addPool('other'), 'other')] })
    const token = (await rig.login('ada')).access_token
    for (const pool of ['main', 'nowhere', 'a/b', "x'--", '__proto__']) {
      for (const route of ['usage', 'timeline', 'success-rate', 'logs']) {
        const answer = await rig.call('GET', `/api/v1/stats/${encodeURIComponent(pool)}/${route}`, { token })
        expect([pool, answer.status, answer.json.detail]).toEqual([pool, 404, `Pool '${pool}' not found`])
      }
      const told = await rig.call('POST', '/api/v1/stats/report', {
        token,
        body: { pool_identifier: pool, client_id: 'c', events: [event('k')] },
      })
      expect([told.status, told.json]).toEqual([404, { detail: `Pool '${pool}' not found` }])
    }
    expect((await rig.admin('GET', '/pools')).json.total).toBe(2)
    expect((await rig.admin('GET', '/stats/main/usage')).json.summary.total_calls).toBe(4)
  })
})

describe('a report', () => {
  test('is stored once, however often, in whatever order and how many at once', async () => {
    const rig = await openRig()
    await rig.addPool('main')
    const now = Date.now()
    const at = (ms: number) => event('k', 0, { finished_at: localTime(ms) })
    const events = Array.from({ length: 300 }, (_, n) => at(now - 1000 - n))
    expect((await report(rig, events)).json).toEqual({ accepted: 300, duplicates: 0 })
    expect((await report(rig, events.toReversed())).json).toEqual({ accepted: 0, duplicates: 300 })
    const more = Array.from({ length: 100 }, (_, n) => at(now - 5000 - n))
    const answers = await Promise.all(Array.from({ length: 8 }, (_, n) => report(rig, n % 2 === 0 ? more : more.toReversed())))
    expect(answers.reduce((sum, { json }) => sum + json.accepted, 0)).toBe(100)
    expect(answers.every(({ json }) => json.accepted + json.duplicates === 100)).toBe(true)
    const [first] = events
    const other = [
      { ...first, status: 'failed' },
      { ...first, latency: null },
      { ...first, method: null },
      { ...first, finished_at: `${first?.finished_at.slice(0, -1)}4` },
    ]
    expect((await report(rig, other)).json).toEqual({ accepted: 4, duplicates: 0 })
    expect((await report(rig, [first ?? {}], { client_id: 'host:2' })).json).toEqual({ accepted: 1, duplicates: 0 })
    expect((await rig.admin('GET', '/stats/main/usage')).json.summary.total_calls).toBe(405)
    expect((await report(rig, [])).json).toEqual({ accepted: 0, duplicates: 0 })
  })

  test('names keys by their identifiers, never by their secrets', async () => {
    const rig = await openRig()
    const [id = ''] = await rig.addPool('main', [1])
    const stranger = `sk-proj-${'a1B2'.repeat(12)}`
    const unshaped = 'Zx81Qp7'.repeat(5)
    const long = `name ${'of a key '.repeat(40)}`
    await report(rig, [event(secretOf(1)), event(id, 2000), event(stranger), event(unshaped), event(long), event('my own name')])
    const { json, text } = await rig.admin('GET', '/stats/main/usage?group_by=key')
    expect(json.by_key).toEqual({
      [id]: { total: 2 },
      'redacted-sk-proj-…a1B2': { total: 1 },
      'redacted-…1Qp7': { total: 1 },
      [`redacted-…${long.slice(-4)}`]: { total: 1 },
      'my own name': { total: 1 },
    })
    const logs = (await rig.admin('GET', '/stats/main/logs')).text
    for (const secret of [secretOf(1), stranger, unshaped]) {
      expect(text + logs + rig.log()).not.toContain(secret)
    }
    expect((await rig.admin('GET', `/keys/${id}/stats`)).json).toMatchObject({ total_calls: 2, success_count: 2 })
    // Told again by the other name it is the same event.
    const once = event(secretOf(1), 3000)
    await report(rig, [once])
    expect((await report(rig, [{ ...once, key_identifier: id }])).json).toEqual({ accepted: 0, duplicates: 1 })
  })

  test('takes both spellings, times with and without a zone, and a clock that is ahead', async () => {
    const rig = await openRig()
    await rig.addPool('main')
    const utc = new Date(Date.now() - 2000).toISOString()
    const answer = await report(rig, [
      event('a', 1000, { status: 'reach limit' }),
      event('a', 2000, { status: 'reach_limit' }),
      event('a', 3000, { status: 'unknown', latency: undefined, method: undefined }),
      event('a', 0, { finished_at: utc }),
      event('a', 0, { finished_at: utc.replace('T', ' ').replace('Z', '+00:00') }),
      event('a', -3_600_000),
      event('a', 3_700_000),
    ])
    expect(answer.json).toEqual({ accepted: 7, duplicates: 0 })
    const { summary } = (await rig.admin('GET', '/stats/main/usage?seconds=600')).json
    expect(summary).toEqual({ total_calls: 6, success: 3, failed: 0, reach_limit: 2 })
  })

  test('says what does not fit, field by field, without the key’s name', async () => {
    const rig = await openRig()
    await rig.addPool('main')
    for (const [field, value] of [
      ['status', 'fine'],
      ['status', 'x'.repeat(17)],
      ['latency', -1],
      ['latency', 'fast'],
      ['method', 'm'.repeat(129)],
      ['finished_at', 'yesterday'],
      ['finished_at', '2026-13-45T99:99:99'],
      ['key_identifier', ''],
    ] as const) {
      const { status, json } = await report(rig, [event('k'), event('k', 2000, { [field]: value })])
      expect([field, status, json.detail?.[0]?.loc]).toEqual([field, 422, ['body', 'events', 1, field]])
    }
    const without = { ...event(secretOf(1)), finished_at: undefined }
    const missing = await report(rig, [without])
    expect([missing.status, missing.json.detail[0].type]).toEqual([422, 'missing'])
    expect(missing.text).not.toContain(secretOf(1))
    expect((await report(rig, [], { client_id: 'x'.repeat(65) })).json.detail).toMatchObject([{ loc: ['body', 'client_id'] }])
    const many = Array.from({ length: 501 }, (_, n) => event('k', n))
    expect((await report(rig, many)).json.detail).toMatchObject([{ type: 'too_long', loc: ['body', 'events'] }])
    expect((await rig.admin('GET', '/stats/main/usage')).json.summary.total_calls).toBe(0)
  })

  test('is taken from users of the pool, and is there after a restart', async () => {
    const rig = await openRig()
    await rig.addPool('main')
    await rig.addUser('ada', { pools: ['main'] })
    const token = (await rig.login('ada')).access_token
    const body = { pool_identifier: 'main', client_id: 'host:1', events: [event('k')] }
    expect((await rig.call('POST', '/api/v1/stats/report', { token, body })).json).toEqual({ accepted: 1, duplicates: 0 })
    await rig.close()
    const again = await openRig({ dataDir: rig.dataDir })
    const told = await again.admin('POST', '/stats/report', body)
    expect(told.json).toEqual({ accepted: 0, duplicates: 1 })
    expect((await again.admin('GET', '/stats/main/usage')).json.summary.total_calls).toBe(1)
  })
})
