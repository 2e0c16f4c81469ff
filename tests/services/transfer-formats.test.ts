/** Exports for other programs and imports of theirs, through the whole house. */
import { expect, test } from 'vitest'
import * as age from '../../src-main/services/transfer/age.ts'
import { type ExportInput, exportFormats } from '../../src-preload/contract/index.ts'
import { type House, openHouse, openPool, secretOf } from './house.ts'

const formats = exportFormats.filter((format) => format !== 'keywheel')
const keyIn = (n: number, more: object = {}) => ({
  secret: secretOf(n),
  label: `key ${n}`,
  pools: ['main'],
  tags: [],
  notes: '',
  weight: 1,
  priority: 0,
  ...more,
})
async function files(house: House, input: Partial<ExportInput>, actor: 'local' | 'admin' = 'local') {
  const exported = await house.transfer.export({ what: 'all', secrets: 'none', ...input }, actor)
  if (!('files' in exported)) throw new Error('this is a document')
  return exported.files
}
const everyKey = (house: House) =>
  house.keys
    .list({ limit: 200 })
    .items.map(({ label, identifier, tags, notes, enabled, expiresAt, limits }) => ({
      label,
      identifier,
      tags,
      notes,
      enabled,
      expiresAt,
      limits,
    }))
    .toSorted((a, b) => (a.label < b.label ? -1 : 1))

test('keys go to another Keywheel by every format, with all that it can hold', async () => {
  const from = await openHouse()
  await openPool(from, 'main')
  await from.keys.create(keyIn(1, { identifier: 'k,1', tags: ['a', 'b,c'], notes: 'two\nlines', priority: 7 }), 'local')
  await from.keys.create(keyIn(2, { identifier: 'k2', expiresAt: 4e12, limits: { '*': { rpm: 5 } } }), 'local')
  const off = await from.keys.create(keyIn(3, { identifier: 'k3' }), 'local')
  await from.keys.enable([off.id], false, 'local')
  const to = await openHouse()
  const original = everyKey(from)
  for (const [index, format] of formats.entries()) {
    const pool = `pool-${index}`
    await openPool(to, pool)
    const [first, env] = await files(from, { format, secrets: 'clear' })
    const text = first?.text ?? ''
    const input = { text, ...(env ? { env: env.text } : {}), pool }
    const preview = await to.keys.preview(input)
    expect([format, preview.new, preview.invalid, preview.provider]).toEqual([format, 3, 0, preview.provider])
    expect((await to.keys.preview(input)).new).toBe(3)
    expect(await to.keys.import({ ...input, tags: [] }, 'local')).toMatchObject({ added: 3, duplicates: 0, invalid: [] })
    expect((await to.keys.preview(input)).duplicates).toBe(3)
    const kept = everyKey(to)
    const held = {
      'apipool-csv': ['label', 'identifier', 'tags', 'notes', 'enabled'],
      'apipool-json': ['label', 'identifier', 'tags', 'notes', 'enabled', 'expiresAt'],
      env: [],
      'keys-json': ['identifier', 'limits', 'enabled'],
    }[format] as (keyof (typeof kept)[number])[]
    for (const field of held) {
      const told = (list: typeof kept) => list.map((one) => JSON.stringify(one[field])).toSorted()
      expect([format, field, told(kept)]).toEqual([format, field, told(original)])
    }
    expect(kept).toHaveLength(3)
    const { items } = to.keys.list({ limit: 200 })
    const priorities = items.flatMap(({ pools }) => pools.map(({ priority }) => priority)).toSorted((a, b) => a - b)
    expect([format, priorities]).toEqual([format, format === 'keys-json' ? [0, 0, 7] : [0, 0, 0]])
    const ids = items.map(({ id }) => id)
    await to.keys.remove(ids, 'local')
  }
})

test('secrets are sealed, or in the clear for who may have them; each export is written down', async () => {
  const house = await openHouse({ allowReveal: false })
  await openPool(house, 'main')
  await openPool(house, 'other')
  await house.keys.create(keyIn(1), 'local')
  await house.keys.create(keyIn(2, { pools: ['other'] }), 'local')
  for (const format of formats) {
    const without = await files(house, { format })
    expect(JSON.stringify(without)).not.toContain('sk-test')
    for (const asked of [{ format }, { what: 'all' as const }]) {
      const clear = house.transfer.export({ what: 'all', secrets: 'clear', ...asked }, 'admin')
      await expect(clear).rejects.toMatchObject({ code: 'REVEAL_DISABLED' })
    }
  }
  const sealed = await files(house, { format: 'keys-json', secrets: 'sealed', passphrase: 'a long passphrase' })
  expect(JSON.stringify(sealed)).not.toContain('sk-test')
  expect(sealed.map(({ name }) => name)).toEqual(['keys.json.age', '.env.age'])
  expect(await age.open(sealed[1]?.text ?? '', 'a long passphrase')).toContain(secretOf(1))
  const [table] = await files(house, { format: 'apipool-csv', secrets: 'clear', pool: 'other' })
  expect(table).toMatchObject({ name: 'apikeys.csv', text: expect.stringContaining(secretOf(2)) })
  expect(table?.text).not.toContain(secretOf(1))
  expect(
    house
      .audit()
      .filter(({ action }) => action === 'export')
      .map(({ subject }) => subject),
  ).toEqual([
    ...formats.map((format) => `${format}, secrets none`),
    'keys-json, secrets sealed',
    'apipool-csv of other, secrets clear',
  ])
  await expect(files(house, { format: 'env', secrets: 'sealed' })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  await expect(files(house, { format: 'env', pool: 'nowhere' })).rejects.toMatchObject({ code: 'POOL_NOT_FOUND' })
  await expect(files(house, { pool: 'main' })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  // Five a minute, as with showing one key.
  for (let n = 0; n < 4; n += 1) await files(house, { format: 'env', secrets: 'clear' })
  await expect(files(house, { format: 'env', secrets: 'clear' })).rejects.toMatchObject({ code: 'RATE_LIMITED' })
})

test('a preview says what would be left out: names that are taken, keys of another provider, missing variables', async () => {
  const house = await openHouse()
  await openPool(house, 'main')
  await house.keys.create(keyIn(1, { identifier: 'taken' }), 'local')
  const json = JSON.stringify({
    providers: {
      openai: {
        keys: [
          { id: 'taken', api_key: secretOf(2) },
          { id: 'new', api_key: 'env:HERE' },
          { id: 'new', api_key: secretOf(4) },
          { id: 'same', api_key: secretOf(1) },
          { id: 'lost', api_key: 'env:NOWHERE' },
        ],
      },
      gemini: { keys: [{ id: 'foreign', api_key: secretOf(5) }] },
    },
  })
  const input = { text: json, env: `HERE=${secretOf(3)}`, pool: 'main' }
  const preview = await house.keys.preview(input)
  expect(preview.rows.map(({ status, reason }) => [status, reason])).toEqual([
    ['duplicate', 'another key is called "taken"'],
    ['new', null],
    ['duplicate', 'another key is called "new"'],
    ['duplicate', null],
    ['invalid', expect.stringContaining('NOWHERE')],
    ['invalid', 'this is a key of gemini, and the pool is one of openai'],
  ])
  expect(preview).toMatchObject({ format: 'keys-json', new: 1, duplicates: 3, invalid: 2, provider: 'openai' })
  expect(await house.keys.import({ ...input, tags: ['mine'] }, 'local')).toMatchObject({ added: 1, duplicates: 3 })
  expect(everyKey(house)).toMatchObject([{ label: 'key 1' }, { label: 'new', identifier: 'new', tags: ['mine'] }])
  await expect(house.keys.preview({ text: secretOf(9), env: 'A=1', pool: 'main' })).rejects.toMatchObject({
    code: 'INVALID_INPUT',
  })
  expect(JSON.stringify(preview) + house.log()).not.toContain(secretOf(3))
})

test('ten thousand keys at once: all of them are there, and others had their turns meanwhile', async () => {
  const house = await openHouse()
  await openPool(house, 'main')
  const rows = Array.from(
    { length: 10_000 },
    (_, n) => `key ${n},Alias ${n},${secretOf(n)},"a,b",text,${n % 2 === 0 ? '启用' : '停用'}`,
  )
  const text = `标识符,别名,密钥,标签,描述,状态\r\n${rows.join('\r\n')}\r\n`
  let turns = 0
  let over = false
  const turn = () => {
    turns += 1
    if (!over) setImmediate(turn)
  }
  setImmediate(turn)
  expect((await house.keys.preview({ text, pool: 'main' })).new).toBe(10_000)
  expect(await house.keys.import({ text, pool: 'main', tags: [] }, 'local')).toMatchObject({
    added: 10_000,
    duplicates: 0,
    invalid: [],
  })
  over = true
  expect(turns).toBeGreaterThan(200)
  const { total, counts } = house.keys.list({ pool: 'main', limit: 1 })
  expect([total, counts.disabled]).toEqual([10_000, 5000])
  const [table] = await files(house, { format: 'apipool-csv', secrets: 'clear' })
  expect(table?.text.split('\r\n').slice(1).toSorted()).toEqual(['', ...rows].toSorted())
})

test('only the keys that are named, by every format; our own document then holds nothing else', async () => {
  const house = await openHouse()
  await openPool(house, 'main')
  const made = []
  for (const n of [1, 2, 3]) made.push(await house.keys.create(keyIn(n, { identifier: `k${n}` }), 'local'))
  const keys = made.slice(0, 2).map(({ id }) => id)
  for (const format of formats) {
    const text = (await files(house, { format, keys, secrets: 'clear' })).map((file) => file.text).join()
    expect([1, 2, 3].map((n) => text.includes(secretOf(n)))).toEqual([true, true, false])
  }
  const document = await house.transfer.export({ what: 'keys', secrets: 'none', keys }, 'local')
  expect(document).toMatchObject({ pools: [], keys: [{ label: 'key 1' }, { label: 'key 2' }] })
  await expect(house.transfer.export({ what: 'all', secrets: 'none', keys }, 'local')).rejects.toMatchObject({
    code: 'INVALID_INPUT',
  })
})
