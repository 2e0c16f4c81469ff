/** A crash before or after every single step between database and keychain: what opens next is the state before or after, with no entry left over. */
import { describe, expect, it } from 'vitest'
import type { Keychain, SecretEntry, Vault, VaultStore } from '../../src-main/vault/types.ts'
import { type Bench, bench, key, vaultOver } from './support/bench.ts'

type When = 'before' | 'after'

/** Counts the steps that change something, dies at one of them, and stays dead. */
function mortal(made: Bench, at: number, when: When) {
  let step = 0
  let dead = false
  const alive = async <T>(work: () => Promise<T>): Promise<T> => {
    if (dead) throw new Error('dead')
    return work()
  }
  const change = (work: () => Promise<void>) =>
    alive(async () => {
      const fatal = step++ === at
      dead = fatal && when === 'before'
      if (!dead) await work()
      dead = fatal
      if (dead) throw new Error('crash')
    })
  const { store, keychain } = made
  const mortalStore: VaultStore = {
    load: () => alive(() => store.load()),
    records: () => alive(() => store.records()),
    apply: (writes) => change(() => store.apply(writes)),
  }
  const mortalKeychain: Keychain = {
    get: (account) => alive(() => keychain.get(account)),
    set: (account, value) => change(() => keychain.set(account, value)),
    delete: (account) => change(() => keychain.delete(account)),
    probe: () => alive(() => keychain.probe()),
    close: () => undefined,
  }
  return { store: mortalStore, keychain: mortalKeychain, died: () => dead }
}

interface Scenario {
  name: string
  /** Steps that change something, when nothing goes wrong. */
  steps: number
  prepare: (made: Bench) => Promise<unknown>
  act: (vault: Vault, store: VaultStore) => Promise<unknown>
  /** Keys that may be there afterwards: as before, or as after. */
  outcomes: (SecretEntry[] | 'new')[]
}

const put = (vault: Vault, store: VaultStore, ...entries: SecretEntry[]) => vault.set(entries, (writes) => store.apply(writes))
const nothing = () => Promise.resolve()
const withKey = (mode: 'keychain' | 'sealed') => async (made: Bench) => {
  await made.vault.create(mode === 'sealed' ? { mode, slot: { kind: 'key-file' } } : { mode })
  await made.add(key('a'))
}

const scenarios: Scenario[] = [
  {
    name: 'create in the keychain',
    steps: 3,
    prepare: nothing,
    act: (vault) => vault.create({ mode: 'keychain' }),
    outcomes: ['new', []],
  },
  {
    name: 'create sealed with a keychain slot',
    steps: 3,
    prepare: nothing,
    act: (vault) => vault.create({ mode: 'sealed', slot: { kind: 'keychain' } }),
    outcomes: ['new', []],
  },
  {
    name: 'add a keychain slot',
    steps: 3,
    prepare: withKey('sealed'),
    act: (vault) => vault.addSlot({ kind: 'keychain' }),
    outcomes: [[key('a')]],
  },
  {
    name: 'change the keychain slot for a new one',
    steps: 6,
    prepare: async (made) => {
      await made.vault.create({ mode: 'sealed', slot: { kind: 'keychain' } })
      await made.add(key('a'))
    },
    act: async (vault) => {
      const [old] = vault.status().slots
      await vault.addSlot({ kind: 'keychain' })
      await vault.removeSlot(old?.id ?? '')
    },
    outcomes: [[key('a')]],
  },
  {
    name: 'add two keys in the keychain',
    steps: 4,
    prepare: withKey('keychain'),
    act: (vault, store) => put(vault, store, key('b'), key('c')),
    outcomes: [[key('a')], [key('a'), key('b'), key('c')]],
  },
  {
    name: 'replace a key in the keychain',
    steps: 5,
    prepare: withKey('keychain'),
    act: (vault, store) => put(vault, store, key('a', 'sk-new')),
    outcomes: [[key('a')], [key('a', 'sk-new')]],
  },
  {
    name: 'remove a key from the keychain',
    steps: 3,
    prepare: withKey('keychain'),
    act: (vault, store) => vault.remove(['a'], (writes) => store.apply(writes)),
    outcomes: [[key('a')], []],
  },
  {
    name: 'add a sealed key',
    steps: 1,
    prepare: withKey('sealed'),
    act: (vault, store) => put(vault, store, key('b')),
    outcomes: [[key('a')], [key('a'), key('b')]],
  },
]

/** The keys of the vault as the next start finds them, after it has put everything in order. */
async function nextStart(made: Bench): Promise<SecretEntry[] | 'new'> {
  const vault = made.restart()
  const { state } = await vault.unlock({})
  if (state === 'new') return 'new'
  expect(state).toBe('unlocked')
  expect(vault.damaged()).toEqual([])
  return [...made.store.rows.keys()].toSorted().map((id) => vault.get(id))
}

/** Entries that nothing in the database stands for. */
function expectNoOrphans(made: Bench) {
  expect(made.store.intents.size).toBe(0)
  const slots = [...made.store.slots.values()].filter(({ kind }) => kind === 'keychain').length
  const entries = made.store.header?.mode === 'keychain' ? 1 + made.store.rows.size : slots
  expect(made.keychain.entries.size).toBe(entries)
}

describe.each(scenarios)('a crash while it is to $name', ({ steps, prepare, act, outcomes }) => {
  const points = Array.from({ length: steps }, (_, at) => (['before', 'after'] as const).map((when) => ({ at, when }))).flat()

  it.each(points)('$when step $at leaves the state before or after, and nothing else', async ({ at, when }) => {
    const made = await bench()
    await prepare(made)
    const world = mortal(made, at, when)
    const vault = vaultOver(world.store, world.keychain, made.dataDir)
    await vault.unlock({})
    await act(vault, world.store).catch(() => undefined)
    expect(world.died()).toBe(true)
    vault.close()
    expect(outcomes).toContainEqual(await nextStart(made))
    expectNoOrphans(made)
  })

  it('has exactly these steps', async () => {
    const made = await bench()
    await prepare(made)
    const world = mortal(made, steps, 'before')
    const vault = vaultOver(world.store, world.keychain, made.dataDir)
    await vault.unlock({})
    await act(vault, world.store)
    expect(world.died()).toBe(false)
    vault.close()
    expect(await nextStart(made)).toEqual(outcomes.at(-1))
    expectNoOrphans(made)
  })
})
