/** A client's days: without gaps for a chart, and as a file. Pure. */
import Papa from 'papaparse'
import type { ClientDay } from '../../../../src-preload/contract/index.ts'
import type { Range } from '../../../parts/range.ts'

const dayMs = 86_400_000

/**
 * Every day of the last `count`, with zeros where nothing was called, and whatever days are known before and after them. Days are
 * calendar names (YYYY-MM-DD), so no zone plays a part; `today` is one too.
 */
export function withoutGaps(days: readonly ClientDay[], today: string, count: number): ClientDay[] {
  const known = new Map(days.map((day) => [day.day, day]))
  const at = (day: string) => Date.parse(`${day}T00:00:00Z`)
  const instants = [...known.keys()].map(at)
  const first = Math.min(at(today) - (count - 1) * dayMs, ...instants)
  const last = Math.max(at(today), ...instants)
  return Array.from({ length: Math.round((last - first) / dayMs) + 1 }, (_, index) => {
    const day = new Date(first + index * dayMs).toISOString().slice(0, 10)
    return known.get(day) ?? { day, calls: 0, credits: 0 }
  })
}

/** From the midnight that begins a day (YYYY-MM-DD) of this machine to the next one. */
export function rangeOfDay(day: string): Range {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number)
  return { kind: 'custom', from: new Date(year, month - 1, date).getTime(), to: new Date(year, month - 1, date + 1).getTime() }
}

/** CSV (RFC 4180) with a header line. */
export function daysCsv(days: readonly ClientDay[]): string {
  return Papa.unparse({
    fields: ['day', 'calls', 'credits'],
    data: days.map(({ day, calls, credits }) => ({ day, calls, credits })),
  })
}
