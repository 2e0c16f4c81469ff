/** Long imports go slice by slice: told, stopped, failed on the way, and nobody waits for them. */
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import type { ExportDocument, LiveEvent } from '../../src-preload/contract/index.ts'
import { type House, openHouse, openPool, secretOf } from './house.ts'

const count = 2000
const text = (keys: number) => Array.from({ length: keys }, (_, n) => secretOf(n)).join('\n')
const lines = (keys = count) => ({ text: text(keys), pool: 'a', tags: [], task: 'mine' })

const key = (n: number, more: Partial<ExportDocument['keys'][number]> = {}): ExportDocument['keys'][number] => ({
  label: `key ${n}`,
  provider: 'openai',
  hint: 'sk-…',
  tags: [],
  notes: '',
  enabled: true,
  expiresAt: null,
  pools: [{ pool: 'a', priority: 0, weight: 1 }],
  fingerprint: null,
  secret: secretOf(n),
  audience: ['http://127.0.0.1:9'],
  ...more,
})
const documentOf = (keys: ExportDocument['keys']) => ({
  document: { format: 'keywheel-export', version: 4, createdAt: '2026-01-01', appVersion: '0.0.0', keys },
  mode: 'apply' as const,
  task: 'mine',
})
const documentWith = (keys: number) => documentOf(Array.from({ length: keys }, (_, n) => key(n)))

async function openWithPool(): Promise<House> {
  const house = await openHouse()
  await openPool(house, 'a')
  return house
}

/** What is told of the call, and what `then` does when it is told so much of it for the first time. */
function follow(house: House, { from = Number.POSITIVE_INFINITY, then = () => {} }: { from?: number; then?: () => void } = {}) {
  const told: Extract<LiveEvent, { type: 'progress' }>[] = []
  let begun = false
  house.subscribe((event) => {
    if (event.type !== 'progress') return
    told.push(event)
    if (begun || event.done < from) return
    begun = true
    then()
  })
  return told
}

const total = (house: House) => house.pools.get('a').keys.total
const run = {
  'an import of lines': (house: House, keys = count) => house.keys.import(lines(keys), 'local'),
  'an import of a document': (house: House, keys = count) => house.transfer.import(documentWith(keys), 'local'),
}
const left = (answer: { left: number } | { keys: { left: number } }) => ('keys' in answer ? answer.keys.left : answer.left)

test.for(Object.entries(run))('%s tells how far it is, and others have their turn between two slices', async ([, begin]) => {
  const house = await openWithPool()
  const order: string[] = []
  const told = follow(house, {
    from: 500,
    then: () =>
      void house.pools
        .update('a', { name: 'Changed meanwhile' }, 'local')
        .then(({ keys }) => order.push(`changed at ${keys.total}`)),
  })
  expect(left(await begin(house))).toBe(0)
  order.push('imported')
  expect(order).toEqual(['changed at 500', 'imported'])
  expect(told.map(({ task, done, total: all }) => [task, done, all])).toEqual(
    Array.from({ length: count / 500 }, (__, slice) => ['mine', slice * 500, count]),
  )
  expect(total(house)).toBe(count)
  expect(house.audit().filter(({ action }) => action.endsWith('import'))).toHaveLength(1)
})

test.for(Object.entries(run))(
  '%s that is stopped keeps what it has written, says how much is left, and the next one goes on',
  async ([, begin]) => {
    const house = await openWithPool()
    follow(house, { from: 750, then: () => expect(house.tasks.stop('mine')).toEqual({ stopped: true }) })
    expect(left(await begin(house))).toBe(count - 1000)
    expect(total(house)).toBe(1000)
    expect(house.tasks.stop('mine')).toEqual({ stopped: false })
    await house.close()
    const again = await openHouse({ dataDir: house.dataDir })
    expect(total(again)).toBe(1000)
    expect((await again.keys.reveal((await again.keys.import(lines(1001), 'local')).ids[0] ?? '', 'local')).secret).toBe(
      secretOf(1000),
    )
    expect(left(await begin(again))).toBe(0)
    expect(total(again)).toBe(count)
  },
)

test('whoever hangs up stops it as well', async () => {
  const house = await openWithPool()
  const gone = new AbortController()
  follow(house, { from: 250, then: () => gone.abort() })
  expect(await house.keys.import(lines(), 'local', gone.signal)).toMatchObject({ added: 500, left: count - 500 })
})

test.for(Object.entries(run))('%s that fails on the way says what stays', async ([, begin]) => {
  const house = await openWithPool()
  const database = new Database(join(house.dataDir, 'keywheel.db'))
  const isFull = `(select count(*) from keys) > 600`
  database.exec(`create trigger full before insert on keys when ${isFull} begin select raise(abort, 'no more'); end`)
  await expect(begin(house)).rejects.toMatchObject({ code: 'STORAGE_FAILED', data: { kept: 500 } })
  expect(total(house)).toBe(500)
  database.exec('drop trigger full')
  database.close()
  expect(left(await begin(house))).toBe(0)
  expect(total(house)).toBe(count)
})

test('a pool that is deleted meanwhile takes no more keys', async () => {
  const house = await openWithPool()
  follow(house, { from: 500, then: () => void house.pools.remove('a', 'local') })
  const refusal = { code: 'POOL_NOT_FOUND', data: { kept: 500, fields: [{ path: 'pool' }] } }
  await expect(house.keys.import(lines(), 'local')).rejects.toMatchObject(refusal)
  await house.pools.restore('a', 'local')
  expect(total(house)).toBe(500)
})

test('the list shows the keys of all slices in the order of the text, and names them on', async () => {
  const house = await openWithPool()
  const { ids } = await house.keys.import(lines(600), 'local')
  const shown: string[] = []
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = house.keys.list({ limit: 200, ...(cursor === undefined ? {} : { cursor }) })
    shown.push(...page.items.map(({ id }) => id))
    cursor = page.nextCursor
  }
  expect(shown).toEqual(ids)
  expect([ids[0], ids[599]].map((id) => house.keys.get(id ?? '').label)).toEqual(['a 1', 'a 600'])
})

test('what is twice in the text or document is found across slices', async () => {
  const house = await openWithPool()
  expect(await house.keys.import({ ...lines(), text: `${text(600)}\n${text(700)}\nno key` }, 'local')).toMatchObject({
    added: 700,
    duplicates: 600,
    invalid: [{ line: 1301 }],
  })
  const twice = [...Array.from({ length: 400 }, (_, n) => key(n + 1000)), key(1000), key(0)]
  expect((await house.transfer.import(documentOf(twice), 'local')).keys.counts).toEqual({ add: 400, refused: 1, same: 1 })
})

test('a document is refused as a whole, with all that is wrong in the order of the file', async () => {
  const house = await openWithPool()
  const wrong = { ...documentOf([key(1), key(2, { label: 'x'.repeat(129) })]), mode: 'preview' as const }
  const document = { ...wrong.document, pools: [{ slug: 'A!' }], colour: 'red' }
  const refusal = await house.transfer.import({ ...wrong, document }, 'local').catch((error: unknown) => error)
  const { fields } = (refusal as { data: { fields: { path: string }[] } }).data
  const paths = fields.map(({ path }) => path)
  expect(paths.at(0)).toBe('document.pools.0.slug')
  expect(paths.slice(-2)).toEqual(['document.keys.1.label', 'document'])
  expect(total(house)).toBe(0)
})

test('two calls cannot have one name at a time', async () => {
  const house = await openWithPool()
  const first = house.keys.import(lines(600), 'local')
  await expect(house.keys.import(lines(1), 'local')).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    data: { fields: [{ path: 'task' }] },
  })
  await first
})
