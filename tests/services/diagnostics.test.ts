/** Diagnostics: enough to find a fault, and nothing that says whose they are. */
import { homedir } from 'node:os'
import { describe, expect, test } from 'vitest'
import { createLog } from '../../src-main/base/log.ts'
import { createLogRing } from '../../src-main/base/log-ring.ts'
import { nameless } from '../../src-main/services/nameless.ts'
import { client } from './estate.ts'
import { openHouse, openPool, secretOf } from './house.ts'

describe('a text without names', () => {
  const hide = nameless([
    ['acme', 'pool'],
    ['Büro (2)', 'key'],
    ['a', 'client'],
    ['', 'nothing'],
  ])
  test.each([
    ['pool acme has no key', 'pool <pool> has no key'],
    ['ACME-fallback and acmeville', '<pool>-fallback and acmeville'],
    ['the key "Büro (2)" of a', 'the key "<key>" of <client>'],
    ['connect ECONNREFUSED 10.1.2.3:443 from 127.0.0.1', 'connect ECONNREFUSED <address> from 127.0.0.1'],
    ['getaddrinfo ENOTFOUND llm.corp.example', 'getaddrinfo ENOTFOUND <address>'],
    ['GET https://llm.corp.example/v1?x=1 failed', 'GET <address> failed'],
    ['fe80::1 and 2001:db8::ff00:42:8329 are down', '<address> and <address> are down'],
    ['mail bob@corp.example now', 'mail <address> now'],
    ['open /home/bob/keys/keywheel.db: no', 'open <path>: no'],
    ['open C:\\Users\\bob\\keywheel.db: no', 'open <path>: no'],
    ['at run (/home/bob/keywheel/out/main/app.js:12:3)', 'at run (…/app.js:12:3)'],
    ['at file:///home/bob/keywheel/src-main/app.ts:12:3', 'at …/app.ts:12:3'],
    ['keywheel.db was damaged at 12:30:05, 3/4 of it', 'keywheel.db was damaged at 12:30:05, 3/4 of it'],
  ])('%s', (text, shown) => expect(hide(text)).toBe(shown))
})

test('the log keeps its last warnings, without what is less and without secrets', () => {
  const ring = createLogRing(3)
  const log = createLog('info', { to: { write: () => undefined }, ring })
  for (let n = 1; n <= 5; n += 1) log.warn({ n }, `used sk-${'x'.repeat(30)}`)
  log.info('nothing')
  const kept = ring.lines().map((line) => JSON.parse(line) as { n: number; msg: string })
  expect(kept.map(({ n, msg }) => [n, msg])).toEqual([3, 4, 5].map((n) => [n, 'used [redacted]']))
})

test('count everything and name nothing', async () => {
  const ring = createLogRing()
  const house = await openHouse({ recentWarnings: ring.lines })
  const log = createLog('warn', { to: { write: () => undefined }, ring })
  await openPool(house, 'acme', 'https://llm.corp.example/v1')
  await house.pools.update('acme', { name: 'Acme GmbH', config: { models: ['secret-model'], custom: { who: 'bob' } } }, 'local')
  const key = await house.keys.create(
    { secret: secretOf(1), label: 'Bob at work', pools: ['acme'], tags: ['payroll'], notes: 'call bob', weight: 1, priority: 0 },
    'local',
  )
  await house.clients.create(client('Bobs editor'), 'local')
  await house.settings.update(
    { proxyOrigins: ['http://intranet.corp.example'], outbound: 'http://squid.corp.example:3128', noProxy: 'corp.example' },
    'local',
  )
  log.warn(
    { pool: 'acme', url: 'https://llm.corp.example/v1/x', err: new Error(`no ${house.dataDir}/vault.key`) },
    'Bob at work failed',
  )

  const report = await house.system.diagnostics()
  expect(report).toMatchObject({
    keywheel: { version: '0.0.0', shell: 'headless' },
    storage: { schema: { configuration: expect.any(Number), usage: expect.any(Number) } },
    proxy: { state: 'on', port: expect.any(Number) },
    vault: { mode: 'sealed', state: 'unlocked' },
    settings: { outbound: 'a proxy', noProxy: true, proxyOrigins: 1, retentionDays: 30 },
    pools: { total: 1, shown: [{ provider: 'openai', chosen: ['models', 'custom'], keys: { total: 1 } }] },
    keys: { total: 1, states: { openai: { unchecked: 1 } } },
    counts: { clients: 1, routes: 0 },
    warnings: [{ msg: '<key> failed', pool: '<pool>', url: '<address>', err: { message: 'no <path>' } }],
  })
  const text = JSON.stringify(report)
  const names = ['acme', 'bob', 'corp.example', 'secret-model', 'payroll', key.hint, secretOf(1), house.dataDir, homedir()]
  for (const name of names) expect(text.toLowerCase()).not.toContain(name.toLowerCase())
})
