import { describe, expect, it } from 'vitest'
import { type Bench, bench, key, openai, vaultOver } from './support/bench.ts'
import { memoryStore } from './support/memory-store.ts'

const keychainVault = async (): Promise<Bench> => {
  const made = await bench()
  await made.vault.create({ mode: 'keychain' })
  return made
}

describe('a vault in the keychain', () => {
  it('has one base64url entry per key, opens again with the same keys and fingerprints, and keeps no secret in the database', async () => {
    const made = await keychainVault()
    await made.add(key('a'), key('b'))
    const print = made.vault.fingerprint('sk-a')
    expect(made.keychain.entries.size).toBe(3)
    for (const value of made.keychain.entries.values()) expect(value).toMatch(/^[A-Za-z0-9_-]+$/)
    expect(made.store.dump()).not.toContain(key('a').secret)
    const vault = made.restart()
    expect(await vault.unlock({})).toMatchObject({ state: 'unlocked', mode: 'keychain', slots: [], records: 2 })
    expect(vault.get('b')).toEqual(key('b'))
    expect(vault.fingerprint('sk-a')).toBe(print)
  })

  it('asks the keychain nothing on the way of a request', async () => {
    const made = await keychainVault()
    await made.add(key('a'))
    made.keychain.calls.length = 0
    made.vault.secretFor('a', openai)
    made.vault.fingerprint('x')
    expect(made.keychain.calls).toEqual([])
  })

  it('replaces by a new entry and deletes the old one; a removed key leaves nothing', async () => {
    const made = await keychainVault()
    await made.add(key('a', 'sk-old'))
    const before = [...made.keychain.entries.keys()]
    await made.add(key('a', 'sk-new'))
    expect(made.keychain.entries.size).toBe(2)
    expect([...made.keychain.entries.keys()]).not.toEqual(before)
    expect(made.vault.get('a').secret).toBe('sk-new')
    await made.vault.remove(['a', 'never-there'], (writes) => made.store.apply(writes))
    expect([made.keychain.entries.size, made.store.rows.size, made.store.intents.size]).toEqual([1, 0, 0])
  })

  it('leaves nothing of a batch whose commit fails, or that the keychain refuses half-way', async () => {
    const made = await keychainVault()
    await made.add(key('a', 'sk-old'))
    const before = new Map(made.keychain.entries)
    await expect(made.vault.set([key('a', 'sk-new'), key('b')], () => Promise.reject(new Error('disk full')))).rejects.toThrow(
      'disk full',
    )
    expect(made.keychain.entries).toEqual(before)

    const set = made.keychain.set.bind(made.keychain)
    made.keychain.set = async (account, value) => {
      await set(account, value)
      made.keychain.locked = true
    }
    await expect(made.add(key('c'), key('d'))).rejects.toMatchObject({
      code: 'VAULT_LOCKED',
      message: expect.stringContaining('locked'),
    })
    made.keychain.set = set
    made.keychain.locked = false
    expect(made.keychain.entries.size).toBe(before.size + 1)
    await made.restart().unlock({})
    expect(made.keychain.entries).toEqual(before)
    expect(made.store.intents.size).toBe(0)
    expect(made.vault.get('a').secret).toBe('sk-old')
  })

  it('keeps the entries of a commit that went through although it reported a failure', async () => {
    const made = await keychainVault()
    const lostAnswer = made.vault.set([key('a')], async (writes) => {
      await made.store.apply(writes)
      throw new Error('the writer died after its commit')
    })
    await expect(lostAnswer).rejects.toThrow('the writer died')
    expect(made.vault.get('a')).toEqual(key('a'))
    await made.add(key('a', 'sk-new'))
    await made.restart().unlock({})
    expect(made.vault.get('a').secret).toBe('sk-new')
    expect(made.keychain.entries.size).toBe(2)
  })

  it('refuses a key that is too long for a keychain before anything is written', async () => {
    const made = await keychainVault()
    await expect(made.add(key('a'), key('b', 'x'.repeat(2048)))).rejects.toMatchObject({ code: 'SECRET_TOO_LONG_FOR_KEYCHAIN' })
    expect([made.keychain.entries.size, made.store.rows.size, made.store.intents.size]).toEqual([1, 0, 0])
  })

  it('names an entry that is gone, changed or another key’s; the others work', async () => {
    const made = await keychainVault()
    await made.add(key('a'), key('b'), key('c'))
    const account = (id: string) => [...made.keychain.entries.keys()].find((name) => name.includes(`:${id}:`)) ?? ''
    const a = made.keychain.entries.get(account('a')) ?? ''
    made.keychain.entries.set(account('b'), a)
    made.keychain.entries.delete(account('c'))
    const vault = made.restart()
    expect(await vault.unlock({})).toMatchObject({ state: 'unlocked', records: 3 })
    expect(vault.damaged()).toEqual(['b', 'c'])
    expect(vault.get('a')).toEqual(key('a'))
    await made.add(key('c'))
    expect(vault.damaged()).toEqual(['b'])
  })

  it('is locked, not damaged, when the keychain locks while it is being read', async () => {
    const made = await keychainVault()
    await made.add(key('a'), key('b'))
    const get = made.keychain.get.bind(made.keychain)
    made.keychain.get = (account) => {
      if (account.includes(':b:')) made.keychain.locked = true
      return get(account)
    }
    const vault = made.restart()
    expect(await vault.unlock({})).toMatchObject({ state: 'locked', reason: 'KEYCHAIN_LOCKED' })
    expect(vault.damaged()).toEqual([])
  })

  it('keeps the keys of two data folders apart', async () => {
    const made = await keychainVault()
    const otherStore = memoryStore()
    const other = vaultOver(otherStore, made.keychain, made.dataDir)
    await other.create({ mode: 'keychain' })
    await made.add(key('a', 'sk-one'))
    await other.set([key('a', 'sk-two')], (writes) => otherStore.apply(writes))
    await other.remove(['a'], (writes) => otherStore.apply(writes))
    await made.restart().unlock({})
    expect(made.vault.get('a').secret).toBe('sk-one')
    expect(other.fingerprint('x')).not.toBe(made.vault.fingerprint('x'))
    other.close()
  })

  it('has no slots and no passphrase', async () => {
    const made = await keychainVault()
    await expect(made.vault.addSlot({ kind: 'key-file' })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    await expect(made.restart().unlock({ passphrase: 'x' })).rejects.toMatchObject({ data: { fields: [{ path: 'passphrase' }] } })
  })
})
