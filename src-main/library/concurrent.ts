/** Runs many things, a few at a time. */
import { ConcurrentCallError, PoolError } from './errors.ts'

/** Calls `work` once per item, at most `limit` (≥ 1; Infinity = all) at once, in order of the input. Rejects as soon as one call does. */
export async function eachLimited<Item>(
  items: readonly Item[],
  limit: number,
  work: (item: Item, index: number) => Promise<void>,
): Promise<void> {
  let next = 0
  const worker = async () => {
    while (next < items.length) {
      const index = next++
      await work(items[index] as Item, index)
    }
  }
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker))
}

/** All results in the order of the input; throws ConcurrentCallError, which holds every result, when any call failed. */
export async function callAll<Item, Value>(
  items: readonly Item[],
  limit: number,
  call: (item: Item) => Promise<Value>,
): Promise<Value[]> {
  const settled: PromiseSettledResult<Value>[] = []
  await eachLimited(items, limit, async (item, index) => {
    try {
      settled[index] = { status: 'fulfilled', value: await call(item) }
    } catch (reason) {
      settled[index] = { status: 'rejected', reason }
    }
  })
  const fulfilled = settled.filter((result) => result.status === 'fulfilled')
  if (fulfilled.length < settled.length) throw new ConcurrentCallError(settled)
  return fulfilled.map(({ value }) => value)
}

/** Arguments and options of each call as one list. Throws INVALID_ARGUMENT when the two lists differ in length. */
export function joinArgs(argsList: readonly (readonly unknown[])[], kwargsList?: readonly object[]): (readonly unknown[])[] {
  if (kwargsList === undefined) return [...argsList]
  if (kwargsList.length !== argsList.length) {
    const sizes = `${argsList.length} argument lists and ${kwargsList.length} option objects`
    throw new PoolError('INVALID_ARGUMENT', `kwargsList: there are ${sizes}; give as many of each.`, { field: 'kwargsList' })
  }
  return argsList.map((args, index) => [...args, kwargsList[index]])
}
