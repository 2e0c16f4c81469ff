/** What `npm run build` makes of the library, packed and installed in an empty folder as a stranger would. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

let folder = ''
let project = ''

function run(command: string, args: readonly string[], cwd: string): string {
  const env = { ...process.env, npm_config_cache: join(folder, 'cache'), npm_config_update_notifier: 'false' }
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8', env, shell: process.platform === 'win32' })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}:\n${stdout}${stderr}`)
  return stdout
}

const node = (...args: string[]) => run(process.execPath, args, project)

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'keywheel-package-'))
  project = join(folder, 'project')
  mkdirSync(project)
  const built = join(folder, 'built')
  run(process.execPath, ['scripts/build-library.ts', built], process.cwd())
  run('npm', ['pack', '--pack-destination', folder], built)
  const tarball = readdirSync(folder).find((file) => file.endsWith('.tgz')) ?? 'no tarball'
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'stranger', private: true, type: 'module' }))
  run('npm', ['install', '--offline', '--no-audit', '--no-fund', join(folder, tarball)], project)
}, 120_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const installed = () => join(project, 'node_modules/keywheel')

test('it brings nothing else along, and says what it is', () => {
  expect(readdirSync(join(project, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual(['keywheel'])
  const manifest = JSON.parse(readFileSync(join(installed(), 'package.json'), 'utf8')) as Record<string, unknown>
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
  expect(manifest).toMatchObject({ name: 'keywheel', version, type: 'module', sideEffects: false })
  expect(manifest).not.toHaveProperty('dependencies')
  expect(readdirSync(installed())).toEqual(
    expect.arrayContaining(['LICENSE', 'README.md', 'THIRD-PARTY.txt', 'index.js', 'sqlite.js']),
  )
})

test('it needs nothing but Node, and better-sqlite3 for its files; no schema library has found its way in', () => {
  const scripts = readdirSync(installed(), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.js'))
  const texts = scripts.map((name) => readFileSync(join(installed(), name), 'utf8'))
  const needed = texts.flatMap((text) =>
    [...text.matchAll(/^(?:import|export) .*from ['"]([^'".][^'"]*)['"]/gm)].map(([, name]) => name),
  )
  expect([...new Set(needed)].filter((name) => !name?.startsWith('node:'))).toEqual(['better-sqlite3'])
  expect(texts.join('')).not.toContain('ZodType')
  expect(texts.join('').length).toBeLessThan(700_000)
})

test('plain JavaScript runs it', () => {
  writeFileSync(
    join(project, 'run.js'),
    `import { ApiKey, ApiKeyManager, PoolExhaustedError } from 'keywheel'
     class Client { constructor(key) { this.key = key } coins = { price: { get: ({ ids }) => ({ [ids]: this.key.length }) } } }
     class Key extends ApiKey {
       constructor(key) { super(); this.primaryKey = key }
       createClient() { return new Client(this.primaryKey) }
       testUsability() { return true }
     }
     const manager = new ApiKeyManager({ keys: [new Key('one'), new Key('two')], strategy: 'round_robin' })
     await manager.checkUsable()
     const price = await manager.dummyclient.coins.price.get({ ids: 'bitcoin' })
     const batch = await manager.batchExec('coins.price.get', [['a', [{ ids: 'a' }]], ['b', [{ ids: 'b' }]]])
     const counts = await manager.stats.usageCountStatsInRecentNSeconds(60)
     await manager.close()
     console.log(JSON.stringify({ price, batch: batch.succeeded, keys: [...counts.keys()], error: PoolExhaustedError.name }))`,
  )
  expect(JSON.parse(node('run.js'))).toEqual({
    price: { bitcoin: 3 },
    batch: 2,
    keys: ['one', 'two'],
    error: 'PoolExhaustedError',
  })
})

test('a program ends when its calls have ended, even with a key cooling down and a refresh to come', () => {
  writeFileSync(
    join(project, 'end.js'),
    `import { ApiKey, DynamicKeyManager } from 'keywheel'
     class Key extends ApiKey {
       constructor(key) { super(); this.primaryKey = key }
       createClient() { return { call() { throw Object.assign(new Error('slow down'), { status: 429, retryAfter: 3600 }) } } }
       testUsability() { return true }
     }
     const manager = new DynamicKeyManager({ keyFetcher: () => ['a', 'b'], apiKeyFactory: (raw) => new Key(raw) })
     const first = await manager.dummyclient.call().catch((error) => error.status)
     console.log(first)`,
  )
  expect(node('end.js').trim()).toBe('429')
})

test('a program lives on while a call waits for a key or for an answer that holds nothing itself', () => {
  writeFileSync(
    join(project, 'wait.js'),
    `import { ApiKey, ApiKeyManager } from 'keywheel'
     let calls = 0
     class Key extends ApiKey {
       constructor(key) { super(); this.primaryKey = key }
       createClient() {
         return {
           call() { if (calls++ === 0) throw Object.assign(new Error('slow down'), { status: 429, retryAfter: 0.2 }); return 'ok' },
           hang: () => new Promise(() => undefined),
         }
       }
       testUsability() { return true }
     }
     const manager = new ApiKeyManager({ keys: [new Key('a')], waitForCooldown: true })
     const first = await manager.dummyclient.call().catch((error) => error.status)
     const second = await manager.dummyclient.call()
     class Hanging extends Key { testUsability() { return new Promise(() => undefined) } }
     const { unusable } = await new ApiKeyManager({ keys: [new Hanging('b')], config: { timeout: 1 } }).checkUsable()
     const third = await manager.call('hang', [], { timeout: 0.1 }).catch((error) => error.code)
     console.log(first, second, third, unusable.length)`,
  )
  expect(node('wait.js').trim()).toBe('429 ok CALL_TIMEOUT 1')
})

test('keywheel/sqlite needs better-sqlite3 and keeps its events over a restart', () => {
  const missing = spawnSync(process.execPath, ['-e', "import('keywheel/sqlite')"], { cwd: project, encoding: 'utf8' })
  expect(missing.stderr).toContain("Cannot find package 'better-sqlite3'")
  symlinkSync(resolve('node_modules/better-sqlite3'), join(project, 'node_modules/better-sqlite3'), 'junction')
  writeFileSync(
    join(project, 'keep.js'),
    `import { ApiKey, ApiKeyManager } from 'keywheel'
     import { openUsageStore } from 'keywheel/sqlite'
     class Key extends ApiKey {
       constructor(key) { super(); this.primaryKey = key }
       createClient() { return { ping: () => 'pong' } }
       testUsability() { return true }
     }
     const manager = new ApiKeyManager({ keys: [new Key('the-only-key')], stats: openUsageStore('usage.db') })
     const before = await manager.stats.usageCountInRecentNSeconds(3600)
     await manager.dummyclient.ping()
     // Not closed: what waits is written when the process ends.
     console.log(before)`,
  )
  expect([node('keep.js').trim(), node('keep.js').trim()]).toEqual(['0', '1'])
})

test('a TypeScript program type-checks against it, libraries included', () => {
  writeFileSync(
    join(project, 'user.ts'),
    `import { AixplainKey, ApiBilling, ApiKey, ApiKeyManager, type BatchResult, ChainError, DynamicKeyManager, KeyPoolManager, MemoryBillingStore, PoolConfig, PoolExhaustedError, StatusCollection, connect, connectWithStats, getKeys, login } from 'keywheel'
     import { openUsageStore, type SqliteBillingStore } from 'keywheel/sqlite'
     export type Store = SqliteBillingStore

     class Client {
       readonly coins = { price: { get: (query: { ids: string }): number => query.ids.length } }
       async ping(): Promise<string> { return 'pong' }
       close?(): void
     }
     class Key extends ApiKey<Client> {
       readonly primaryKey: string
       override readonly priority: number = 1
       constructor(key: string) { super(); this.primaryKey = key }
       createClient(): Client { return new Client() }
       async testUsability(client: Client): Promise<boolean> { return (await client.ping()) === 'pong' }
     }
     const manager = new ApiKeyManager({ keys: [new Key('a')], stats: openUsageStore('usage.db'), config: { rate_limit: 5, timeout: 3 } })
     export const price: number = await manager.dummyclient.coins.price.get({ ids: 'bitcoin' })
     export const pong: string = await manager.adummyclient.ping()
     await manager.dummyclient.close()
     export const lengths: number[] = await manager.callConcurrent<number>('coins.price.get', [[{ ids: 'a' }]])
     // @ts-expect-error there is no such method
     await manager.dummyclient.coins.price.put()
     // @ts-expect-error a class of errors or a predicate
     new ApiKeyManager({ keys: [], reachLimit: 429 })
     export const batch: BatchResult<string, string> = await manager.batchExec<string, string>('ping', [['x']], { onProgress: ({ done }) => console.log(done) })
     const events = await manager.stats.queryEventInRecentNSeconds(60, { statusId: StatusCollection.c1_Success.id })
     export const when: Date | undefined = events[0]?.finishedAt
     const dynamic = new DynamicKeyManager({ keyFetcher: async () => ['a'], apiKeyFactory: (raw) => new Key(raw) })
     export const size: number = dynamic.poolSize
     export const config: PoolConfig = PoolConfig.fromServerResponse({ pool_config: null })
     export const billing: ApiBilling = new ApiBilling(new MemoryBillingStore())
     export const aixplain: AixplainKey = AixplainKey.fromJSON({})
     export const keys: KeyPoolManager = KeyPoolManager.fromFiles('keys.json', 'state.json')
     const ann = await login('http://127.0.0.1:9', 'ann', 'secret')
     export const status: number = (await connect('http://127.0.0.1:9', 'p', ann).dummyclient.get('/x', { params: { a: 1 } })).status_code
     const kept = connectWithStats('http://127.0.0.1:9', 'p', ann, { apiKeyFactory: ({ rawKey }) => new Key(rawKey) })
     export const again: string = await kept.dummyclient.ping()
     export const raw: string[] = await getKeys('http://127.0.0.1:9', 'p', ann.accessToken)
     try { await dynamic.dummyclient.ping() } catch (error) {
       if (error instanceof PoolExhaustedError) console.log(error.retryAfter?.toFixed())
       if (error instanceof ChainError) console.log(error.path, error.step)
     }`,
  )
  const compilerOptions = {
    module: 'nodenext',
    target: 'es2022',
    strict: true,
    noEmit: true,
    skipLibCheck: false,
    types: [],
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    noPropertyAccessFromIndexSignature: true,
  }
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['user.ts'] }))
  expect(node(resolve('node_modules/typescript/bin/tsc'), '-p', project)).toBe('')
})
