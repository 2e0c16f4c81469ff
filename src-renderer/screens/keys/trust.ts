/** Whether a key may go where its pools point to, as far as the pools tell. Pure. */
import type { Key, Pool } from '../../../src-preload/contract/index.ts'

/** `waiting`: no pool may use it until its address is trusted; `some`: this holds for some keys of its pools, maybe for this one. */
export type Trust = 'trusted' | 'some' | 'waiting'

/** Pools count their untrusted keys and do not name them, so only "all of them" is certain. */
export function trustOf(key: Key, pools: readonly Pool[]): Trust {
  const mine = doubtfulPools(key, pools)
  if (mine.length === 0) return 'trusted'
  const all = mine.length === key.pools.length && mine.every((pool) => pool.untrustedKeys >= pool.keys.total)
  return all ? 'waiting' : 'some'
}

/** The key's pools that have keys which are bound to another address. */
export function doubtfulPools(key: Key, pools: readonly Pool[]): Pool[] {
  return pools.filter(({ slug, untrustedKeys }) => untrustedKeys > 0 && key.pools.some(({ pool }) => pool === slug))
}

/** How many keys a pool could hand out now. One that was never checked is handed out like a ready one; one without trust is not. */
export function usableKeys({ keys, untrustedKeys }: Pool): number {
  return Math.max(0, keys.ready + keys.unchecked - untrustedKeys)
}
