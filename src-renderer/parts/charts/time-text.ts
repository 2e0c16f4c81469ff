/** Instants on a chart's axis and in its lists, in the language and zone of the person; days as the log was asked for them. */
import { dateFormat } from '../../formatters.ts'
import type { Grid } from './grid.ts'

type Days = Pick<Grid, 'bucket' | 'zone'>

/** The shortest text that tells one step from its neighbours. */
export function timeTick(at: number, { bucket, zone }: Days, language: string): string {
  const date = { month: 'short', day: 'numeric' } as const
  if (bucket === 'day') return dateFormat(language, { ...date, timeZone: zone }).format(at)
  const midnight = new Date(at).getHours() === 0 && new Date(at).getMinutes() === 0
  const time = bucket === 'hour' ? ({ hour: 'numeric' } as const) : ({ hour: 'numeric', minute: '2-digit' } as const)
  return dateFormat(language, midnight ? date : time).format(at)
}

/** A step in full, from its start to its end. */
export function timeLabel({ at, end }: { at: number; end: number }, { bucket, zone }: Days, language: string): string {
  if (bucket !== 'day') {
    const format = { month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit' } as const
    return dateFormat(language, format).formatRange(at, end)
  }
  // The last moment that is still in it: a step ends where the next day begins.
  return dateFormat(language, { dateStyle: 'medium', timeZone: zone }).formatRange(at, end - 1)
}
