/** The steps of time that charts are drawn in: minutes, hours, or days as the person has them. Pure. */
import type { SeriesQuery } from '../../../src-preload/contract/index.ts'

type Bucket = SeriesQuery['bucket']

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const lengths: Record<Bucket, number> = { minute, hour, day }

/** What the log keeps, a little less: a question asked at the very edge is answered in coarser steps. */
const minutesKept = 47 * hour
const hoursKept = 89 * day

/** Bars in one chart at most. */
const maxBars = 31
const niceCounts: Record<Bucket, readonly number[]> = { minute: [1, 5, 15, 60], hour: [1, 3, 6, 12, 24], day: [1, 7, 14, 28] }

export interface Grid {
  bucket: Bucket
  /** So many buckets are one step; the last step may be shorter, and so may a day's. */
  every: number
  /** Whose midnights begin the days: the person's, or `UTC` further back than hours are kept. */
  zone: string
  /** Starts of the steps, ascending; the first holds the beginning of the range. Wall ms. */
  starts: readonly number[]
  /** Where the last step ends. */
  end: number
}

/** The grid that gives 24 to 190 points of the range from `from` to `end`; `now` in wall ms, `zone` the zone that this machine's clock shows. */
export function gridOf({ from, end }: { from: number; end: number }, now: number, zone: string): Grid {
  const bucket = bucketOf(from, end, now)
  if (bucket !== 'day') return plainGrid(from, end, bucket, zone)
  return from >= now - hoursKept ? localDays(from, end, zone) : utcDays({ from, end })
}

/** Days as the log has them. */
export function utcDays({ from, end }: { from: number; end: number }): Grid {
  return plainGrid(from, end, 'day', 'UTC')
}

function plainGrid(from: number, end: number, bucket: Bucket, zone: string): Grid {
  const length = lengths[bucket]
  const first = Math.floor(from / length)
  const count = Math.max(1, Math.ceil(end / length) - first)
  const starts = Array.from({ length: count }, (_, index) => (first + index) * length)
  return { bucket, every: 1, zone, starts, end: (first + count) * length }
}

function bucketOf(from: number, end: number, now: number): Bucket {
  if (end - from <= 3 * hour && from >= now - minutesKept) return 'minute'
  return end - from <= 8 * day && from >= now - hoursKept ? 'hour' : 'day'
}

function localDays(from: number, end: number, zone: string): Grid {
  const starts: number[] = []
  const begun = new Date(from)
  const midnight = (offset: number) => new Date(begun.getFullYear(), begun.getMonth(), begun.getDate() + offset).getTime()
  let offset = 0
  for (; midnight(offset) < end; offset += 1) if (midnight(offset) !== starts.at(-1)) starts.push(midnight(offset))
  return { bucket: 'day', every: 1, zone, starts, end: midnight(offset) }
}

/** The same stretch in at most 31 steps of so many minutes or hours from midnight on, the first of them whole; days are taken by the week. */
export function coarser(grid: Grid): Grid {
  const counts = niceCounts[grid.bucket]
  const every = counts.find((count) => startsBy(grid, count).length <= maxBars) ?? Math.ceil(grid.starts.length / maxBars)
  return { ...grid, every, starts: startsBy(grid, every) }
}

function startsBy({ bucket, starts }: Grid, count: number): number[] {
  const [first = 0, ...others] = starts
  const begun = first - (placeIn(bucket, first, 0) % count) * lengths[bucket]
  return [begun, ...others.filter((at, index) => placeIn(bucket, at, index + 1) % count === 0)]
}

/** How many buckets lie between a step and the midnight before it; days are counted from the first. */
function placeIn(bucket: Bucket, at: number, index: number): number {
  return bucket === 'day' ? index : Math.floor((at - new Date(at).setHours(0, 0, 0, 0)) / lengths[bucket])
}

const tickCounts: Record<Bucket, readonly number[]> = {
  minute: [1, 5, 10, 15, 30, 60],
  hour: [1, 2, 3, 6, 12, 24, 48, 96],
  day: [1, 2, 4, 7, 14, 28, 56],
}

/** The steps that are named on an axis, at most so many: full quarters, hours and days rather than any. */
export function ticksOf({ bucket, starts }: Grid, most: number): number[] {
  const at = (count: number) => starts.filter((start, index) => tickPlace(bucket, start, starts.length - 1 - index) % count === 0)
  const counts = tickCounts[bucket]
  return at(counts.find((count) => at(count).length <= most) ?? counts.at(-1) ?? 1)
}

function tickPlace(bucket: Bucket, at: number, fromLast: number): number {
  if (bucket === 'day') return fromLast
  const place = placeIn(bucket, at, 0)
  // Beyond a day the days themselves are counted, from today back.
  if (bucket === 'hour' && place === 0) return 24 * Math.round((new Date().setHours(0, 0, 0, 0) - at) / day)
  return place
}

/** From when on a range is counted: its beginning, to the full minute, hour or day that is still kept of it. */
export function countedFrom(from: number, now: number): number {
  const length = from >= now - minutesKept ? minute : from >= now - hoursKept ? hour : day
  return Math.floor(from / length) * length
}

/** Where step `index` ends. */
export function endOf({ starts, end }: Grid, index: number): number {
  return starts[index + 1] ?? end
}

/** The step that holds an instant; -1 = none. */
export function stepOf({ starts, end }: Grid, at: number): number {
  return at >= end ? -1 : starts.findLastIndex((start) => start <= at)
}
