import { describe, expect, test } from 'vitest'
import { openHouse, openPool, secretOf } from './house.ts'

const given = (n: number, ...pools: string[]) => ({ secret: secretOf(n), pools, tags: [], notes: '', weight: 1, priority: 0 })

describe('keys', () => {
  test('a known key joins another pool instead of being stored twice, bound to both addresses, in one step', async () => {
    const house = await openHouse()
    await openPool(house, 'a', 'http://127.0.0.1:7/v1')
    await openPool(house, 'b', 'http://127.0.0.1:8/v1')
    const first = await house.keys.create(given(1, 'a'), 'local')
    const linked = await house.keys.create({ ...given(1, 'b'), priority: 3 }, 'admin')
    expect(linked.id).toBe(first.id)
    expect(linked.pools).toEqual([
      { pool: 'a', priority: 0, weight: 1 },
      { pool: 'b', priority: 3, weight: 1 },
    ])
    expect(house.pools.get('b').untrustedKeys).toBe(0)
    expect(house.audit().at(-1)).toEqual({ actor: 'admin', action: 'key.link', subject: first.id })
    await expect(house.keys.create(given(1, 'b', 'a'), 'local')).rejects.toMatchObject({
      code: 'KEY_DUPLICATE',
      data: { fields: [{ path: 'secret' }] },
    })
  })

  test('a deleted key that is added again begins anew: nothing of its former pools, words and addresses comes back', async () => {
    const house = await openHouse()
    await openPool(house, 'a', 'http://127.0.0.1:7/v1')
    await openPool(house, 'b', 'http://127.0.0.1:8/v1')
    const { id } = await house.keys.create({ ...given(1, 'a'), label: 'old', notes: 'old notes', tags: ['old'] }, 'local')
    await house.keys.update(id, { enabled: false }, 'local')
    await house.keys.remove([id], 'local')
    const again = await house.keys.create({ ...given(1, 'b'), label: 'new' }, 'local')
    expect(again).toMatchObject({ label: 'new', notes: '', tags: [], enabled: true, pools: [{ pool: 'b' }] })
    await house.keys.update(again.id, { pools: ['b'] }, 'local')
    await expect(house.keys.update(again.id, { pools: ['a', 'b'] }, 'local')).rejects.toMatchObject({ code: 'AUDIENCE_MISMATCH' })
    expect((await house.keys.reveal(again.id, 'local')).secret).toBe(secretOf(1))
  })

  test('an import brings back a deleted key without the pools it was in', async () => {
    const house = await openHouse()
    await openPool(house, 'a')
    await openPool(house, 'b')
    const { id } = await house.keys.create(given(1, 'a'), 'local')
    await house.keys.remove([id], 'local')
    expect(await house.keys.import({ text: secretOf(1), pool: 'b', tags: [] }, 'local')).toMatchObject({ added: 1 })
    expect(house.keys.list({ limit: 50 }).items).toMatchObject([{ pools: [{ pool: 'b' }] }])
  })

  test('an import of several providers sends each to its own pool, the rest to the one that is left, and what is here stays', async () => {
    const house = await openHouse()
    await openPool(house, 'a')
    const claude = { slug: 'claude', name: 'Claude', provider: 'anthropic', draft: false, strategy: 'round_robin' } as const
    await house.pools.create(claude, 'local')
    await house.keys.create(given(1, 'claude'), 'local')
    const text = [
      secretOf(1),
      secretOf(2),
      `sk-ant-${'x'.repeat(20)}`,
      `sk-ant-${'y'.repeat(20)}`,
      'z'.repeat(24),
      'no key',
    ].join('\n')
    const pools = { openai: 'a', anthropic: 'claude' }
    const preview = await house.keys.preview({ text, pools })
    expect(preview).toMatchObject({ new: 4, duplicates: 1, invalid: 1 })
    expect(preview.providers).toEqual([
      { provider: 'anthropic', keys: 2, new: 2 },
      { provider: 'openai', keys: 2, new: 1 },
      { provider: null, keys: 1, new: 1 },
    ])
    expect(await house.keys.import({ text, pool: 'a', pools, tags: [] }, 'local')).toMatchObject({ added: 4, duplicates: 1 })
    const labels = house.keys.list({ limit: 50 }).items.map(({ label, pools: [first] }) => `${first?.pool}: ${label}`)
    expect(labels.toSorted()).toEqual(['a: a 1', 'a: a 2', 'claude: claude 1', 'claude: claude 2', 'claude: claude 3'])
    const gone = house.keys.import({ text, pool: 'a', pools: { openai: 'nowhere' }, tags: [] }, 'local')
    await expect(gone).rejects.toMatchObject({ code: 'POOL_NOT_FOUND' })
  })

  test('undo brings a key back as it was; once it is destroyed, it says so', async () => {
    const house = await openHouse()
    await openPool(house, 'a')
    const { id } = await house.keys.create({ ...given(1, 'a'), label: 'mine' }, 'local')
    await house.keys.remove([id], 'local')
    expect(() => house.keys.get(id)).toThrow(expect.objectContaining({ code: 'KEY_NOT_FOUND' }))
    expect(await house.keys.restore([id, id], 'local')).toEqual({ restored: 1 })
    expect(house.keys.get(id)).toMatchObject({ label: 'mine', pools: [{ pool: 'a' }] })
    expect(await house.keys.restore([id], 'local')).toEqual({ restored: 0 })
    await expect(house.keys.restore(['key_gone'], 'local')).rejects.toMatchObject({
      code: 'KEY_NOT_FOUND',
      message: expect.stringContaining('destroyed'),
    })
  })

  test('a change keeps what it does not name, and is refused whole', async () => {
    const house = await openHouse()
    await openPool(house, 'a')
    const key = await house.keys.create(
      { ...given(1, 'a'), label: 'one', tags: ['x'], notes: 'n', weight: 4, priority: 2 },
      'local',
    )
    const changed = await house.keys.update(key.id, { label: 'two', expiresAt: 5 }, 'local')
    expect(changed).toEqual({
      ...key,
      label: 'two',
      expiresAt: 5,
      state: changed.state,
      reason: changed.reason,
      until: changed.until,
    })
    expect(await house.keys.update(key.id, { expiresAt: null, weight: 7 }, 'local')).toMatchObject({
      expiresAt: null,
      label: 'two',
      pools: [{ pool: 'a', weight: 7, priority: 2 }],
    })
    await expect(house.keys.update(key.id, { label: 'three', pools: ['a', 'nowhere'] }, 'local')).rejects.toMatchObject({
      code: 'POOL_NOT_FOUND',
      data: { fields: [{ path: 'pools' }] },
    })
    expect(house.keys.get(key.id).label).toBe('two')
  })

  test('an expired key is not handed out, and is again when its end is put off', async () => {
    const house = await openHouse()
    await openPool(house, 'a')
    const { id } = await house.keys.create(given(1, 'a'), 'local')
    await house.keys.update(id, { expiresAt: Date.now() - 1000 }, 'local')
    expect(['ready', 'unchecked']).not.toContain(house.keys.get(id).state)
    await house.keys.update(id, { expiresAt: Date.now() + 60_000 }, 'local')
    expect(['ready', 'unchecked']).toContain(house.keys.get(id).state)
  })

  test('a pool in the trash keeps its keys while they are moved elsewhere', async () => {
    const house = await openHouse()
    await openPool(house, 'a')
    await openPool(house, 'b')
    const { id } = await house.keys.create(given(1, 'a', 'b'), 'local')
    await house.pools.remove('a', 'local')
    await house.keys.update(id, { pools: ['b'] }, 'local')
    await house.pools.restore('a', 'local')
    expect(
      house.keys
        .get(id)
        .pools.map(({ pool }) => pool)
        .toSorted(),
    ).toEqual(['a', 'b'])
  })

  test('demo keys hold no secret and stay where they are', async () => {
    const house = await openHouse()
    await openPool(house, 'a')
    await house.pools.demo('local')
    const id = 'demo-key-one'
    await expect(house.keys.update(id, { secret: secretOf(1) }, 'local')).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    await expect(house.keys.update(id, { pools: ['a'], confirmAudience: true }, 'local')).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    })
    await expect(house.keys.create(given(1, 'demo'), 'local')).rejects.toMatchObject({ data: { fields: [{ path: 'pools' }] } })
    await expect(house.keys.import({ text: secretOf(1), pool: 'demo', tags: [] }, 'local')).rejects.toMatchObject({
      data: { fields: [{ path: 'pool' }] },
    })
    await expect(house.keys.reveal(id, 'local')).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  })

  test('secrets are shown five times a minute, over restarts as well', async () => {
    const house = await openHouse()
    await openPool(house, 'a')
    const { id } = await house.keys.create(given(1, 'a'), 'local')
    for (let shown = 0; shown < 3; shown += 1) await house.keys.reveal(id, 'local')
    await house.close()
    const again = await openHouse({ dataDir: house.dataDir })
    await again.keys.reveal(id, 'local')
    await again.keys.reveal(id, 'local')
    await expect(again.keys.reveal(id, 'local')).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      data: { retryAfter: expect.any(Number) },
    })
    expect(again.audit().filter(({ action }) => action === 'key.reveal')).toHaveLength(5)
  })

  test('changes that come at once do not undo one another', async () => {
    const house = await openHouse()
    await openPool(house, 'a')
    const { id } = await house.keys.create(given(1, 'a'), 'local')
    const same = Promise.allSettled([1, 2, 3].map(() => house.keys.create(given(2, 'a'), 'local')))
    await Promise.all([
      house.keys.update(id, { label: 'x' }, 'local'),
      house.keys.update(id, { notes: 'y' }, 'local'),
      house.keys.enable([id], false, 'local'),
      house.keys.update(id, { tags: ['z'] }, 'local'),
    ])
    expect(house.keys.get(id)).toMatchObject({ label: 'x', notes: 'y', enabled: false, tags: ['z'] })
    expect((await same).map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected', 'rejected'])
    expect(house.keys.list({ limit: 50 }).total).toBe(2)
  })
})

describe('pages of keys', () => {
  test('every key is on one page once, while others are added and taken away', async () => {
    const house = await openHouse()
    await openPool(house, 'a')
    await house.keys.import({ text: Array.from({ length: 45 }, (_, n) => secretOf(n)).join('\n'), pool: 'a', tags: [] }, 'local')
    const wanted = new Set(house.keys.list({ limit: 200 }).items.map(({ id }) => id))
    const seen: string[] = []
    let cursor: string | undefined
    for (let page = 0; page < 10; page += 1) {
      const { items, nextCursor } = house.keys.list({ limit: 10, ...(cursor === undefined ? {} : { cursor }) })
      seen.push(...items.map(({ id }) => id))
      if (nextCursor === null) break
      cursor = nextCursor
      // The row that the cursor stands on goes, and a newer one comes.
      const last = items.at(-1)
      if (page === 0 && last) await house.keys.remove([last.id], 'local')
      await house.keys.create(given(1000 + page, 'a'), 'local')
    }
    expect(seen.filter((id) => wanted.has(id))).toHaveLength(45)
    expect(new Set(seen).size).toBe(seen.length)
  })

  test('a cursor that is none is refused', async () => {
    const house = await openHouse({ lock: 'nothing' })
    expect(() => house.keys.list({ limit: 10, cursor: 'zzz' })).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }))
  })
})
