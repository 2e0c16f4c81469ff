/** A data folder of a large installation: made once by the application itself, then copied. */
import { createHash } from 'node:crypto'
import { constants, cpSync, globSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { connect } from '../../../src-main/storage/connection.ts'
import { text } from '../../../src-main/usage/sql.ts'
import type { ClientCreated } from '../../../src-preload/contract/index.ts'
import { type Host, temporaryFolder } from '../host.ts'
import { startUnlockedHost } from '../unlocked-host.ts'
import type { Cast } from './requests.ts'
import { seedUsageFile } from './usage.ts'

export interface SeedSize {
  /** Spread evenly over the pools. */
  keys: number
  pools: number
  /** Over the last 30 days. */
  requests: number
}

const days = 30
/** After so many the same calls come again. */
const ownDays = 3
/** A copy that is older than this has nothing in its last hour. */
const freshMs = 6 * 3_600_000
const cache = resolve('node_modules/.cache/seeds')
const marker = 'seeded'

/** A folder of its own that is removed with the process. Needs a build. Takes 20 s for a million rows, a second after that. */
export async function seededFolder(size: SeedSize): Promise<string> {
  const folder = temporaryFolder()
  const made = join(cache, hashOf(size))
  if (!isFresh(made)) {
    rmSync(made, { recursive: true, force: true })
    // What is old or was cut short takes gigabytes after a while.
    for (const old of globSync(`${cache}/*`))
      if (Date.now() - statSync(old).mtimeMs > freshMs) rmSync(old, { recursive: true, force: true })
    const unfinished = `${made}.${process.pid}`
    mkdirSync(unfinished, { recursive: true, mode: 0o700 })
    await seed(unfinished, size)
    writeFileSync(join(unfinished, marker), '')
    renameSync(unfinished, made)
  }
  cpSync(made, folder, { recursive: true, mode: constants.COPYFILE_FICLONE })
  return folder
}

function hashOf(size: SeedSize): string {
  const hash = createHash('sha256').update(JSON.stringify(size))
  const files = ['tests/support/seed/*.ts', 'src-main/usage/{schema,fold,plan,append}.ts', 'src-main/storage/tables.ts']
  for (const file of globSync(files).toSorted()) hash.update(readFileSync(file))
  return hash.digest('hex').slice(0, 16)
}

function isFresh(made: string): boolean {
  const stats = statSync(join(made, marker), { throwIfNoEntry: false })
  return stats !== undefined && Date.now() - stats.mtimeMs < freshMs
}

async function seed(folder: string, size: SeedSize): Promise<void> {
  const host = await startUnlockedHost({ dataDir: folder })
  const cast = await seedConfig(host, size)
  await host.stop()
  const file = join(folder, 'usage.db')
  const now = Date.now()
  seedUsageFile(file, { count: size.requests, days, ownDays, cast, now })
  markKeys(file, cast, now)
}

/** Pools, their keys and clients, by the same calls as anybody. */
async function seedConfig({ rest, dataDir }: Host, size: SeedSize): Promise<Cast> {
  const done = async (method: string, path: string, body?: unknown) => {
    const answer = await rest(method, path, body)
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
    return answer.body
  }
  for (let number = 1; number <= size.pools; number += 1) {
    const slug = `pool-${number}`
    // Nothing answers there, and nothing calls it.
    await done('POST', '/pools', { slug, name: `Pool ${number}`, provider: 'openai', baseUrl: 'http://127.0.0.1:9/v1' })
    const lines = Array.from({ length: size.keys / size.pools }, (_, key) => {
      const label = `${slug} key ${key + 1}`
      return `sk-seed-${slug}-${String(key).padStart(40, '0')},${label},${key % 7 === 0 ? 'team' : ''}`
    })
    await done('POST', '/keys/import', { pool: slug, text: ['secret,label,tags', ...lines].join('\n') })
  }
  const pools = [...keysOf(dataDir)].map(([slug, keys]) => ({ slug, keys }))
  const off = pools.flatMap(({ keys }) => keys.filter((_, index) => index % 25 === 9).map(({ id }) => id))
  await done('POST', '/keys/enable', { ids: off, enabled: false })
  const clients: { id: string; name: string }[] = []
  for (let number = 1; number <= 12; number += 1) {
    const { id, name } = (await done('POST', '/clients', { name: `Program ${number}` })) as ClientCreated
    clients.push({ id, name })
  }
  return { pools, clients }
}

/** As they lie in the file: fifty pages of them would take longer than to make them. */
function keysOf(folder: string): Map<string, { id: string; label: string }[]> {
  const connection = connect(join(folder, 'keywheel.db'), { readonly: true })
  const rows = connection.all(text<{ pool: string; id: string; label: string }>`
    SELECT pool, id, label FROM keys JOIN memberships ON keyId = id ORDER BY pool, keys.rowid`)
  connection.close()
  return Map.groupBy(rows, ({ pool }) => pool)
}

/** Some keys of each pool are refused, some wait, some have used up their day. */
function markKeys(file: string, { pools }: Cast, now: number): void {
  const connection = connect(file)
  const hour = 3_600_000
  const marks = [
    { every: 40, scope: 'key', outcome: 'key-invalid', until: null, reason: 'Incorrect API key provided' },
    { every: 30, scope: 'bucket', outcome: 'rate-daily', until: now + 12 * hour, reason: 'You exceeded your current quota' },
    { every: 15, scope: 'bucket', outcome: 'rate-short', until: now + 2 * hour, reason: 'Rate limit reached' },
  ]
  connection.transaction(() => {
    for (const { every, scope, outcome, until, reason } of marks) {
      for (const { id } of pools.flatMap(({ keys }) => keys.filter((_, index) => index % every === 1)))
        connection.run({
          sql: `INSERT OR IGNORE INTO marks (scope, owner, model, outcome, until, reason, strikes, at) VALUES (?, ?, '', ?, ?, ?, 1, ?)`,
          parameters: [scope, id, outcome, until, reason, now],
        })
    }
  })
  connection.close()
}
