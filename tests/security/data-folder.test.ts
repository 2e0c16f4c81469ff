/** T4-3, T9: what lies on the disk and in the log after a day's work has no secret in it, in any writing. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openRig, password, secretOf } from '../remote/server/rig.ts'
import { plainly } from '../services/approvals-desk.ts'
import { tokenOf } from '../services/remotes-house.ts'
import { serverKey, startApipoolServer } from '../support/apipool-server.ts'

function writings(secret: string): string[] {
  const bytes = Buffer.from(secret)
  const base64 = [0, 1, 2].map((skip) => bytes.subarray(skip).toString('base64').slice(0, -4).replaceAll('=', ''))
  const forms = [secret, encodeURIComponent(secret), bytes.toString('hex'), ...base64]
  return [...new Set([...forms, ...base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'))])]
}

test('keys, passwords, tokens, polls: of users, clients, programs that ask, and other servers', async () => {
  const rig = await openRig()
  await rig.addPool('main', [1])
  const { access_token, refresh_token } = await rig.login((await rig.addUser('ann', { mayReveal: true })) && 'ann')
  const did: number[] = []
  const admin = async (path: string, body: object) => did.push((await rig.admin('POST', path, body)).status)
  await admin('/keys', { identifier: 'made', raw_key: secretOf(2), client_config: { base_url: rig.upstream.url } })
  await admin('/proxy/main/invoke', { attr_path: ['get'], args: ['/x'], kwargs: { params: { key: secretOf(3) } } })
  const event = { key_identifier: secretOf(1), status: 'success', latency: 1, method: `GET /?key=${secretOf(4)}` }
  const events = [{ ...event, finished_at: new Date().toISOString() }]
  await admin('/stats/report', { pool_identifier: 'main', client_id: 'x', events })
  await rig.call('GET', '/api/v1/keys/raw?pool_identifier=main', { token: access_token })
  await rig.call('POST', '/api/v1/auth/login', { body: { username: 'ann', password: 'a wrong password' } })
  const renewed = (await rig.call('POST', '/api/v1/auth/refresh', { body: { refresh_token } })).json

  const server = await startApipoolServer()
  server.addPool('there', { keys: [{ ...serverKey(7), raw_key: secretOf(7) }] })
  const remote = await rig.remotes.create({ url: server.url, username: 'ann', password: server.password }, 'local')
  const link = { identifier: 'there', interval: 3600, report: true, mode: 'sync', provider: 'openai' } as const
  await rig.remotes.link(remote.id, { ...link, baseUrl: `${rig.upstream.url}/v1` }, 'local')
  server.misbehave('/auth/login', { status: 401, body: { detail: `not ${server.password}` } })
  await rig.remotes.update(remote.id, { username: 'eve' }, 'local').catch(() => undefined)

  const clientToken = await tokenOf(rig)
  const asked = (await rig.call('POST', '/connect', { body: { name: 'Program' } })).json as { poll: string }
  const [approval] = rig.approvals.list()
  await rig.approvals.approve(approval?.id ?? '', plainly, 'local')
  const { token: given } = (await rig.call('GET', asked.poll)).json as { token: string }
  const waiting = (await rig.call('POST', '/connect', { body: { name: 'Other' } })).json as { poll: string }
  expect(did).toEqual([201, 200, 200])
  expect(rig.upstream.asked).toHaveLength(1)
  expect(rig.keys.list({ pool: 'there', limit: 9 }).items).toHaveLength(1)
  await rig.close()

  const files = readdirSync(rig.dataDir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const disk = Buffer.concat(files.map(({ parentPath, name }) => readFileSync(join(parentPath, name)))).toString('latin1')
  expect(disk).toContain('ann')
  const polls = [asked, waiting].map(({ poll }) => poll.split('/').at(-1) ?? '')
  const tokens = [access_token, refresh_token, renewed.access_token, renewed.refresh_token, clientToken, given, ...polls]
  const passwords = [password, 'a wrong password', server.password]
  const secrets = [...tokens, ...passwords, ...[1, 2, 3, 4, 7].map(secretOf)] as string[]
  for (const [at, secret] of secrets.entries()) {
    expect([at, secret.length > 10]).toEqual([at, true])
    for (const text of writings(secret)) {
      expect([at, text, disk.includes(text), rig.log().includes(text)]).toEqual([at, text, false, false])
    }
  }
})
