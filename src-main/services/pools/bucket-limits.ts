/** Keeps each account's limits what its keys' pools say; where several pools say something, the smallest counts. */
import type { Limits, PoolEngine } from '../../pool/types.ts'
import type { KeyRow, PoolRow } from '../../storage/types.ts'
import type { Catalog } from '../catalog.ts'
import { bucketOf } from '../keys/account.ts'
import { smallest } from '../keys/limit-rules.ts'
import { accountLimitsOf } from './pool-rules.ts'

export interface BucketLimits {
  /** Notes which account a key is of. */
  place(key: KeyRow): void
  /** Forgets a key that is gone. */
  forget(keyId: string): void
  /** Something that the limits of this key's account follow from has changed. */
  touch(keyId: string): void
  /** Tells the engine the limits of every account touched since the last time. */
  settle(): void
}

const unlimited: Limits = {}

export function keepBucketLimits(engine: Pick<PoolEngine, 'setBucket'>, catalog: Catalog): BucketLimits {
  const bucketOfKey = new Map<string, string>()
  const keysOfBucket = new Map<string, Set<string>>()
  const told = new Map<string, Limits>()
  const touched = new Set<string>()
  // Rows are replaced, never changed: what was made of one stays true.
  const limitsOfPool = new WeakMap<PoolRow, Limits>()

  const leave = (keyId: string) => {
    const bucket = bucketOfKey.get(keyId)
    if (bucket === undefined) return
    bucketOfKey.delete(keyId)
    const keys = keysOfBucket.get(bucket)
    keys?.delete(keyId)
    touched.add(bucket)
    if (keys?.size !== 0) return
    // The engine forgets an account with its last key.
    keysOfBucket.delete(bucket)
    told.delete(bucket)
    touched.delete(bucket)
  }
  const poolLimits = (row: PoolRow): Limits => {
    const limits = limitsOfPool.get(row) ?? accountLimitsOf(row)
    limitsOfPool.set(row, limits)
    return limits
  }
  const limitsOf = (keys: ReadonlySet<string>): Limits => {
    const pools = new Set<PoolRow>()
    for (const id of keys) {
      if (catalog.keys.get(id)?.deletedAt !== null) continue
      for (const slug of catalog.poolsOf(id).keys()) {
        const row = catalog.pools.get(slug)
        if (row?.deletedAt === null) pools.add(row)
      }
    }
    const limits = [...pools].map(poolLimits).filter((each) => Object.keys(each).length > 0)
    return limits.length === 0 ? unlimited : smallest(limits)
  }

  return {
    place(key) {
      const bucket = bucketOf(key)
      if (bucketOfKey.get(key.id) !== bucket) {
        leave(key.id)
        bucketOfKey.set(key.id, bucket)
        keysOfBucket.set(bucket, (keysOfBucket.get(bucket) ?? new Set()).add(key.id))
      }
      touched.add(bucket)
    },
    forget: leave,
    touch(keyId) {
      const bucket = bucketOfKey.get(keyId)
      if (bucket !== undefined) touched.add(bucket)
    },
    settle() {
      for (const bucket of touched) {
        const limits = limitsOf(keysOfBucket.get(bucket) ?? new Set())
        if ((told.get(bucket) ?? unlimited) === limits) continue
        engine.setBucket(bucket, limits)
        told.set(bucket, limits)
      }
      touched.clear()
    },
  }
}
