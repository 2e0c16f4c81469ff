/** The columns of the log beside the time, which is always there. */
import { type Column, columnCodec } from '../../parts/columns/columns.ts'

export type TrafficColumn =
  | 'client'
  | 'model'
  | 'path'
  | 'key'
  | 'attempts'
  | 'status'
  | 'queued'
  | 'timing'
  | 'tokens'
  | 'size'
  | 'cost'
  | 'error'

export const trafficColumns: readonly Column<TrafficColumn>[] = [
  { name: 'client', width: 116, grow: 0, rank: 7 },
  { name: 'model', width: 120, grow: 1, rank: 3 },
  { name: 'path', width: 150, grow: 1, rank: 9, extra: true },
  { name: 'key', width: 130, grow: 1, rank: 2 },
  { name: 'attempts', width: 78, grow: 0, rank: 5 },
  { name: 'status', width: 70, grow: 0, rank: 1 },
  { name: 'queued', width: 92, grow: 0, rank: 9, extra: true },
  { name: 'timing', width: 132, grow: 0, rank: 4 },
  { name: 'tokens', width: 122, grow: 0, rank: 6 },
  { name: 'size', width: 132, grow: 0, rank: 9, extra: true },
  { name: 'cost', width: 92, grow: 0, rank: 8 },
  { name: 'error', width: 150, grow: 0, rank: 9, extra: true },
]

export const trafficColumnCodec = columnCodec(trafficColumns)

/** Columns of numbers stand at the right. */
export const numberColumns: ReadonlySet<TrafficColumn> = new Set(['queued', 'timing', 'tokens', 'size', 'cost'])

/** Of the time, in px: "Nov 21, 11:19:30 PM". */
export const timeWidth = 156
