/** Times in logarithmic buckets: percentiles cannot be added up later, bucket counts can. */

/** Each bucket is 20 % wider than the one before, so its middle is at most 9.6 % away from anything in it. */
const ratio = 1.2
const logRatio = Math.log(ratio)
/** Holds everything from about 25 days up. */
const lastBucket = 118

/** Bucket of a time in ms: 0 holds everything below 1 ms, n holds 1.2^(n-1) up to 1.2^n ms. */
export function bucketOf(ms: number): number {
  if (!(ms >= 1)) return 0
  return Math.min(lastBucket, 1 + Math.floor(Math.log(ms) / logRatio))
}

/** The middle of a bucket in ms, in the sense of the logarithm. */
function middleOf(bucket: number): number {
  return bucket === 0 ? 0.5 : ratio ** (bucket - 0.5)
}

/**
 * The time in ms that the share `q` (0 < q ≤ 1) of all counted times does not exceed (nearest rank), at most 10 % off for
 * times of 1 ms and more; null when nothing was counted.
 */
export function percentile(counts: ReadonlyMap<number, number>, q: number): number | null {
  let total = 0
  for (const count of counts.values()) total += count
  if (total === 0) return null
  let left = Math.ceil(q * total)
  for (const bucket of [...counts.keys()].toSorted((a, b) => a - b)) {
    left -= counts.get(bucket) ?? 0
    if (left <= 0) return middleOf(bucket)
  }
  return null
}
