/** One timer for all who wait for a socket. */
import { expect, it } from 'vitest'
import { QueueWatch, type Waiting } from '../../src-main/proxy/forward/queue-watch.ts'

function waiting(cut: () => void): Waiting {
  return { prev: null, next: null, due: 0, cut }
}

it('cuts who has waited too long, in any order, and none whose wait has ended', async () => {
  const watch = new QueueWatch()
  const cuts: string[] = []
  const ended = waiting(() => cuts.push('ended'))
  const late = waiting(() => cuts.push('late'))
  const all = new Promise<void>((resolve) => {
    const long = waiting(() => {
      cuts.push('long')
      watch.end(long)
      resolve()
    })
    const short = waiting(() => {
      cuts.push('short')
      watch.end(short)
      // A new wait may begin while the others are looked at.
      watch.begin(late, 1_000_000)
    })
    watch.begin(long, 400)
    watch.begin(ended, 10)
    watch.begin(short, 10)
    watch.end(ended)
  })
  await all
  expect(cuts).toEqual(['short', 'long'])
})

it('goes on after all waits have ended', async () => {
  const watch = new QueueWatch()
  const first = waiting(() => expect.unreachable())
  watch.begin(first, 5)
  watch.end(first)
  await new Promise((resolve) => setTimeout(resolve, 20))
  await new Promise<void>((resolve) => {
    const second = waiting(() => {
      watch.end(second)
      resolve()
    })
    watch.begin(second, 5)
  })
})
