import { describe, expect, it } from 'vitest'
import { assert, asyncProperty, nat } from '../support/fast-check.ts'
import { type Bench, bench, key, openai } from './support/bench.ts'

const withTwoKeys = async (): Promise<Bench> => {
  const made = await bench()
  await made.vault.create({ mode: 'sealed', slot: { kind: 'key-file' } })
  await made.add(key('a'), key('b'))
  return made
}

/** What the next start calls damaged; it is refused by name, and the rest works. */
const damagedOf = async (made: Bench): Promise<readonly string[]> => {
  const vault = made.restart()
  const status = await vault.unlock({})
  expect(status).toMatchObject({ state: 'unlocked', records: 2 })
  const ids = vault.damaged()
  for (const id of ids) {
    expect(status.message).toContain(id)
    expect(() => vault.secretFor(id, openai)).toThrow(
      expect.objectContaining({ code: 'KEY_NOT_FOUND', message: expect.stringContaining('enter it again') }),
    )
  }
  for (const id of ['a', 'b'].filter((other) => !ids.includes(other))) expect(vault.get(id)).toEqual(key(id))
  return ids
}

/** The same bytes with one bit turned. */
const flipped = (data: Uint8Array, position: number): Uint8Array => {
  const changed = Uint8Array.from(data)
  const at = Math.floor(position / 8) % changed.length
  changed[at] = (changed[at] ?? 0) ^ (1 << (position % 8))
  return changed
}

describe('a changed vault', () => {
  it('notices every turned bit of a record, and opens the others', async () => {
    const made = await withTwoKeys()
    const row = made.store.rows.get('a')
    if (!row) throw new Error('no record')
    await assert(
      asyncProperty(nat(row.data.length * 8 - 1), async (position) => {
        made.store.rows.set('a', { ...row, data: flipped(row.data, position) })
        expect(await damagedOf(made)).toEqual(['a'])
      }),
      { numRuns: 200 },
    )
  })

  it('notices a record that was cut at any length', async () => {
    const made = await withTwoKeys()
    const row = made.store.rows.get('a')
    if (!row) throw new Error('no record')
    for (let length = 0; length < row.data.length; length++) {
      made.store.rows.set('a', { ...row, data: row.data.slice(0, length) })
      expect(await damagedOf(made)).toEqual(['a'])
    }
  })

  it('notices swapped records, an older record put back, and another revision', async () => {
    const made = await withTwoKeys()
    const [a, b] = [made.store.rows.get('a'), made.store.rows.get('b')]
    if (!a || !b) throw new Error('no records')
    made.store.rows.set('a', { ...a, data: b.data })
    made.store.rows.set('b', { ...b, data: a.data })
    expect(await damagedOf(made)).toEqual(['a', 'b'])
    made.store.rows.set('a', a)
    made.store.rows.set('b', { ...b, revision: 2 })
    expect(await damagedOf(made)).toEqual(['b'])
    made.store.rows.set('b', b)
    await made.restart().unlock({})
    await made.add(key('a', 'sk-rotated'))
    const rotated = made.store.rows.get('a')
    if (!rotated) throw new Error('no record')
    made.store.rows.set('a', { ...rotated, data: a.data })
    expect(await damagedOf(made)).toEqual(['a'])
  })

  it('takes a damaged key again under a revision of its own', async () => {
    const made = await withTwoKeys()
    const row = made.store.rows.get('a')
    if (!row) throw new Error('no record')
    made.store.rows.set('a', { ...row, data: flipped(row.data, 100) })
    await made.restart().unlock({})
    await made.add(key('a'))
    expect(made.store.rows.get('a')?.revision).toBe(2)
    expect(await damagedOf(made)).toEqual([])
  })

  it('does not open by a slot with any turned bit or another id, kind, KDF number or vault', async () => {
    const made = await withTwoKeys()
    const [slot] = made.store.slots.values()
    const header = made.store.header
    if (!slot || !header) throw new Error('no slot')
    const refused = async () => expect(await made.restart().unlock({})).toMatchObject({ state: 'locked', reason: 'WRONG_KEY' })
    await assert(
      asyncProperty(nat(slot.wrapped.length * 8 - 1), async (position) => {
        made.store.slots.set(slot.id, { ...slot, wrapped: flipped(slot.wrapped, position) })
        await refused()
      }),
      { numRuns: 100 },
    )
    for (const params of [slot.params.replace('"generation":1', '"generation":2'), slot.params.replace('}', ' }')]) {
      made.store.slots.set(slot.id, { ...slot, params })
      await refused()
    }
    made.store.slots.set(slot.id, { ...slot, id: 'another' })
    await refused()
    made.store.slots.set(slot.id, slot)
    made.store.header = { ...header, vaultId: 'another' }
    await refused()
    made.store.header = header
    expect(await made.restart().unlock({})).toMatchObject({ state: 'unlocked' })
  })

  it('refuses KDF numbers beyond its caps before it spends memory on them', async () => {
    const made = await bench()
    await made.vault.create({ mode: 'sealed', slot: { kind: 'passphrase', passphrase: 'correct horse' } })
    const [slot] = made.store.slots.values()
    if (!slot) throw new Error('no slot')
    for (const [from, to] of [
      ['"N":131072', '"N":1099511627776'],
      ['"r":8', '"r":1000000'],
      ['"p":1', '"p":1000000'],
      ['"kdf":"scrypt"', '"kdf":"none"'],
    ] as const) {
      const params = slot.params.replace(from, to)
      expect(params).not.toBe(slot.params)
      made.store.slots.set(slot.id, { ...slot, params })
      await expect(made.restart().unlock({ passphrase: 'correct horse' })).rejects.toMatchObject({ code: 'WRONG_PASSPHRASE' })
    }
  })
})
