/** What a program written only from the protocol does, from the login to its own statistics; and what its users may not. */
import { expect, test } from 'vitest'
import { openRig, secretOf } from './rig.ts'

test('a program logs in, reads keys and settings, calls through the pool past a 429, reports, and sees all of it', async () => {
  const rig = await openRig()
  await rig.addPool('maps', [1, 2])
  await rig.settings.update({ apipoolReveal: true }, 'local')
  await rig.addUser('robot', { pools: ['maps'], mayReveal: true })
  const { access_token: token, refresh_token } = await rig.login('robot')
  const get = (path: string) => rig.call('GET', `/api/v1${path}`, { token })
  const post = (path: string, body: unknown) => rig.call('POST', `/api/v1${path}`, { token, body })

  const raw = await get('/keys/raw?pool_identifier=maps')
  expect(raw.status).toBe(200)
  expect(raw.json).toMatchObject({ client_type: 'generic', total: 2 })
  expect(raw.json.keys.map(({ raw_key }: { raw_key: string }) => raw_key).toSorted()).toEqual([secretOf(1), secretOf(2)])
  const config = await get('/pools/maps/config')
  expect(config.json).toEqual({
    pool_identifier: 'maps',
    client_type: 'generic',
    reach_limit_exception: null,
    rotation_strategy: 'round_robin',
    pool_config: null,
  })

  rig.upstream.says(({ headers, method }) =>
    headers.authorization === `Bearer ${secretOf(1)}`
      ? { status: 429, headers: { 'retry-after': '30' }, body: '{"error":"slow down"}' }
      : { body: JSON.stringify({ method }) },
  )
  for (const verb of ['get', 'post', 'get', 'post']) {
    const { json } = await post('/proxy/maps/invoke', {
      attr_path: [verb],
      args: ['/geocode'],
      kwargs: verb === 'post' ? { json: { q: 1 } } : {},
    })
    expect(json).toMatchObject({ success: true, data: { status_code: 200, data: { method: verb.toUpperCase() } } })
  }
  expect(rig.upstream.asked.filter(({ headers }) => headers.authorization === `Bearer ${secretOf(1)}`)).toHaveLength(1)

  const identifier = raw.json.keys[0].identifier as string
  const event = { key_identifier: identifier, status: 'success', latency: 0.25, method: 'geocode' }
  const finished = new Date().toLocaleString('sv').replace(' ', 'T')
  const report = { pool_identifier: 'maps', client_id: 'host:1', events: [{ ...event, finished_at: `${finished}.123456` }] }
  expect((await post('/stats/report', report)).json).toEqual({ accepted: 1, duplicates: 0 })
  const { json: usage } = await get('/stats/maps/usage?seconds=3600')
  expect(usage.summary).toMatchObject({ success: 5 })
  const logs = await get('/stats/maps/logs?seconds=3600&page_size=100')
  expect(logs.json.items.map(({ status }: { status: string }) => status)).toContain('success')
  for (const text of [usage, logs.json, (await get('/stats/maps/success-rate')).json].map((json) => JSON.stringify(json))) {
    expect(text).not.toContain('sk-test-')
  }

  const again = await rig.call('POST', '/api/v1/auth/refresh', { body: { refresh_token } })
  expect((await rig.call('GET', '/api/v1/auth/me', { token: again.json.access_token })).json.username).toBe('robot')
  expect(rig.log()).not.toMatch(/sk-test-|correct horse/)
})

test('raw keys need the right and the setting, each on its own', async () => {
  const rig = await openRig()
  await rig.addPool('maps', [1])
  await rig.addUser('plain')
  const { access_token: token } = await rig.login('plain')
  const { status, json, text } = await rig.call('GET', '/api/v1/keys/raw?pool_identifier=maps', { token })
  expect([status, typeof json.detail]).toEqual([403, 'string'])
  expect(text).not.toContain('sk-test-')
})
