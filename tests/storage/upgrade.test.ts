/** Databases of the first schema, brought to today's: nothing of them is lost. */
import { expect, test } from 'vitest'
import { load } from '../../src-main/storage/config.ts'
import { type Connection, connect } from '../../src-main/storage/connection.ts'
import { type Migration, migrate } from '../../src-main/storage/migrate.ts'
import { configMigrations } from '../../src-main/storage/tables.ts'
import { loadMemory } from '../../src-main/storage/usage-writes.ts'
import { get, list } from '../../src-main/usage/requests.ts'
import { usageMigrations } from '../../src-main/usage/schema.ts'
import { newFolder } from './fixtures.ts'

/** A file of the first schema (or the one told) with these rows in it, then brought up to date. */
function upgraded(migrations: readonly Migration[], rows: string, from = 1): Connection {
  const file = `${newFolder()}.db`
  const connection = connect(file)
  migrate(connection, file, migrations.slice(0, from))
  connection.exec(rows)
  migrate(connection, file, migrations)
  return connection
}

test('keys and clients of the first schema have no limits and no account, and their lane is interactive', () => {
  const config = upgraded(
    configMigrations,
    `INSERT INTO keys VALUES ('k1', 'Key', 'openai', 'sk-…1', '["t"]', '', 1, 'f', '["https://a.example"]', NULL, 5, 1, NULL);
     INSERT INTO clients VALUES ('c1', 'Editor', 'hash', 'wxyz', NULL, 1, 2);`,
  )
  expect(load(config).keys).toEqual([
    {
      id: 'k1',
      label: 'Key',
      identifier: null,
      clientConfig: null,
      provider: 'openai',
      hint: 'sk-…1',
      tags: ['t'],
      notes: '',
      enabled: true,
      fingerprint: 'f',
      audience: ['https://a.example'],
      limits: {},
      limitZone: 'UTC',
      budget: null,
      outbound: null,
      account: null,
      discovered: null,
      expiresAt: null,
      checkedAt: 5,
      createdAt: 1,
      deletedAt: null,
    },
  ])
  expect(load(config).clients).toMatchObject([{ id: 'c1', pools: null, lane: 'interactive', lastSeenAt: 2 }])
  config.close()
})

test('keys and clients of the second schema keep what they have; they have no way out of their own, no models and no end', () => {
  const config = upgraded(
    configMigrations,
    `INSERT INTO keys (id, label, provider, hint, tags, notes, enabled, fingerprint, audience, limits, limitZone, budget, account,
       discovered, createdAt)
     VALUES ('k1', 'Key', 'openai', 'sk-…1', '[]', '', 1, 'f', '[]', '{"*":{"rpm":5}}', 'Europe/Paris', '{"usd":1,"per":"day"}', 'team',
       'org', 1);
     INSERT INTO clients (id, name, tokenHash, tokenHint, pools, lane, createdAt) VALUES ('c1', 'Editor', 'hash', 'wxyz', '["main"]', 'background', 1);`,
    2,
  )
  expect(load(config)).toMatchObject({
    keys: [{ id: 'k1', limits: { '*': { rpm: 5 } }, budget: { usd: 1, per: 'day' }, account: 'team', outbound: null }],
    clients: [
      { id: 'c1', pools: ['main'], lane: 'background', models: null, budget: null, quotas: [], expiresAt: null, revokedAt: null },
    ],
    routes: [],
    prompts: [],
    promptVersions: [],
  })
  config.close()
})

test('notices of the sixth schema go on, each for its own key', () => {
  const config = upgraded(
    configMigrations,
    `INSERT INTO notices (id, at, kind, subject, "values") VALUES
       ('n1', 1, 'key-invalid', 'k1', '{"label":"Key"}'), ('n2', 2, 'budget-spent', 'main', '{"of":"pool"}'),
       ('n3', 3, 'backup-failed', NULL, '{}');`,
    6,
  )
  expect(load(config).notices).toMatchObject([
    { subject: 'k1', members: ['k1'], values: { label: 'Key', key: 'k1' } },
    { subject: 'main', members: ['main'], values: { of: 'pool' } },
    { subject: null, members: [], values: {} },
  ])
  config.close()
})

test('marks of the first schema stay with the key where it is to blame, and go to its account otherwise', () => {
  const usage = upgraded(
    usageMigrations,
    `INSERT INTO marks VALUES ('k1', '', 'key-invalid', NULL, 'refused', 1, 10);
     INSERT INTO marks VALUES ('k1', 'gpt-5', 'model-unavailable', 99, NULL, 2, 11);
     INSERT INTO marks VALUES ('k2', 'gpt-5', 'rate-daily', 98, 'tomorrow', 3, 12);
     INSERT INTO marks VALUES ('k2', '', 'no-credit', 97, NULL, 1, 13);`,
  )
  const mark = (scope: string, owner: string, model: string, outcome: string, rest: object) => ({
    scope,
    owner,
    model,
    outcome,
    ...rest,
  })
  expect(loadMemory(usage)).toEqual({
    marks: [
      mark('key', 'k1', '', 'key-invalid', { until: null, reason: 'refused', strikes: 1, at: 10 }),
      mark('key', 'k1', 'gpt-5', 'model-unavailable', { until: 99, reason: null, strikes: 2, at: 11 }),
      mark('bucket', 'k2', 'gpt-5', 'rate-daily', { until: 98, reason: 'tomorrow', strikes: 3, at: 12 }),
      mark('bucket', 'k2', '', 'no-credit', { until: 97, reason: null, strikes: 1, at: 13 }),
    ],
    meters: [],
    spent: [],
    quotas: [],
    clientDays: [],
  })
  usage.close()
})

test('requests of the first schema were interactive, and nobody knows what they were estimated at', () => {
  const usage = upgraded(
    usageMigrations,
    `INSERT INTO requests (id, at, pool, method, path, outcome, attempts, streamed, msQueued, msTotal, bytesIn, bytesOut)
     VALUES ('r1', 1, 'main', 'GET', '/x', 'ok', '[]', 0, 0, 1, 2, 3);`,
  )
  expect(get(usage, 'r1')).toMatchObject({ id: 'r1', lane: 'interactive', estimatedTokens: null, credits: null, bytesOut: 3 })
  usage.close()
})

test('requests of the first schema say nothing of prices, routes, formats and kept answers', () => {
  const usage = upgraded(
    usageMigrations,
    `INSERT INTO requests (id, at, pool, method, path, outcome, attempts, streamed, msQueued, msTotal, bytesIn, bytesOut)
     VALUES ('r1', 1, 'main', 'GET', '/x', 'ok', '[{"keyId":"k1"}]', 0, 0, 1, 2, 3);`,
  )
  expect(list(usage, { key: 'k1', from: 0, limit: 5 }, 2).items.map(({ id }) => id)).toEqual(['r1'])
  expect(get(usage, 'r1')).toMatchObject({
    attempts: [{ keyId: 'k1' }],
    priceVersion: null,
    route: null,
    clientFormat: null,
    upstreamFormat: null,
    dropped: [],
    cache: null,
  })
  usage.close()
})
