/** Work on many keys, and what it says of tags. */
import { describe, expect, it } from 'vitest'
import { inLanes, runBatch } from '../../src-renderer/screens/keys/batch.ts'
import { tagChanges, tagsOf } from '../../src-renderer/screens/keys/key-tags.ts'
import { tasks } from '../../src-renderer/tasks/tasks.ts'

const items = (count: number) => Array.from({ length: count }, (_, n) => n)

describe('a batch', () => {
  it('does each item once, four at a time', async () => {
    let under = 0
    let most = 0
    const done: number[] = []
    await inLanes(items(30), async (n) => {
      most = Math.max(most, (under += 1))
      await Promise.resolve()
      under -= 1
      done.push(n)
    })
    expect(done.toSorted((a, b) => a - b)).toEqual(items(30))
    expect(most).toBe(4)
  })

  it('ends at the first failure: what is under way is finished, nothing more is begun', async () => {
    const begun: number[] = []
    const work = async (n: number) => {
      begun.push(n)
      await Promise.resolve()
      if (n === 5) throw new Error('no')
    }
    await expect(inLanes(items(100), work)).rejects.toThrow('no')
    expect(begun.length).toBeLessThan(12)
  })

  it('of few items is no task and throws; of many is one that tells its failure itself', async () => {
    const failing = (count: number) => ({
      title: () => `${count}`,
      items: items(count),
      work: () => Promise.reject(new Error('no')),
      summary: () => 'done',
    })
    const before = tasks.get().length
    await expect(runBatch(failing(3))).rejects.toThrow('no')
    expect(tasks.get()).toHaveLength(before)
    await runBatch(failing(50))
    expect(tasks.get().at(-1)).toMatchObject({ state: 'failed', total: 50 })
    expect(tasks.get().at(-1)?.title()).toBe('50')
    await runBatch({ ...failing(50), work: () => Promise.resolve() })
    expect(tasks.get().at(-1)).toMatchObject({ state: 'done', done: 50 })
    expect(tasks.get().at(-1)?.summary?.()).toBe('done')
  })
})

describe('tags of many keys', () => {
  const keys = [
    { id: '1', tags: ['b', 'a'] },
    { id: '2', tags: ['a'] },
    { id: '3', tags: [] },
  ]
  it('are all that one of them has', () => expect(tagsOf(keys)).toEqual(['a', 'b']))

  it('change only where something would be different', () => {
    expect(tagChanges(keys, ['a'], []).map(({ id, tags }) => [id, tags])).toEqual([['3', ['a']]])
    expect(tagChanges(keys, [], ['b']).map(({ id, tags }) => [id, tags])).toEqual([['1', ['a']]])
    expect(tagChanges(keys, ['c'], ['a'])).toEqual([
      { id: '1', tags: ['b', 'c'], before: ['b', 'a'] },
      { id: '2', tags: ['c'], before: ['a'] },
      { id: '3', tags: ['c'], before: [] },
    ])
    expect(tagChanges(keys, [], [])).toEqual([])
  })

  it('that are both added and taken away stay', () => expect(tagChanges(keys, ['a'], ['a']).map(({ id }) => id)).toEqual(['3']))
})
