import { describe, expect, it } from 'vitest'
import { Heap, type HeapItem } from '../../src-main/pool/heap.ts'
import * as fc from '../support/fast-check.ts'

interface Item extends HeapItem {
  score: number
  seq: number
}

const order = (a: Item, b: Item) => a.score - b.score || a.seq - b.seq
const move = fc.record({ do: fc.constantFrom('add', 'add', 'move', 'remove'), which: fc.nat(), score: fc.nat({ max: 20 }) })

describe('the heap', () => {
  it('has the least item on top through any adding, moving and removing', () => {
    fc.assert(
      fc.property(fc.array(move, { maxLength: 200, size: 'max' }), (moves) => {
        const heap = new Heap<Item>({ steps: 0 })
        const all: Item[] = []
        for (const [seq, { do: kind, which, score }] of moves.entries()) {
          const item = all[which % Math.max(1, all.length)]
          if (kind === 'add' || !item) {
            const added = { at: -1, score, seq }
            all.push(added)
            heap.add(added, score, seq)
          } else if (kind === 'move') {
            item.score = score
            heap.move(item, score)
          } else {
            all.splice(all.indexOf(item), 1)
            heap.remove(item)
          }
          const sorted = all.toSorted(order)
          expect(heap.size).toBe(all.length)
          expect(heap.top()).toBe(sorted[0])
          expect(heap.topScore()).toBe(sorted[0]?.score ?? Number.POSITIVE_INFINITY)
          expect(heap.first((one) => one.seq % 3 !== 0)).toBe(sorted.find((one) => one.seq % 3 !== 0))
        }
      }),
      { numRuns: 300 },
    )
  })

  it('takes logarithmic steps', () => {
    const work = { steps: 0 }
    const heap = new Heap<Item>(work)
    const items = Array.from({ length: 100_000 }, (_, seq) => ({ at: -1, score: seq, seq }))
    for (const item of items) heap.add(item, item.score, item.seq)
    work.steps = 0
    for (let i = 0; i < 1000; i++) heap.move(heap.top() as Item, 1e9 + i)
    // log4(100,000) = 8.3 levels.
    expect(work.steps).toBeLessThanOrEqual(9 * 1000)
  })
})
