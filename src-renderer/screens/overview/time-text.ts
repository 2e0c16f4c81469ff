/** Instants on a chart's axis and in its tooltip. Whole days are the log's own: they begin at 00:00 UTC. */
import { bucketMs } from './series.ts'

/** The shortest text that tells one step from its neighbours; `step` in ms. */
export function timeTick(at: number, step: number, language: string): string {
  if (step >= bucketMs.day)
    return new Intl.DateTimeFormat(language, { month: 'short', day: 'numeric', timeZone: 'UTC' }).format(at)
  const midnight = new Date(at).getHours() === 0 && new Date(at).getMinutes() === 0
  const parts = midnight ? ({ month: 'short', day: 'numeric' } as const) : ({ hour: '2-digit', minute: '2-digit' } as const)
  return new Intl.DateTimeFormat(language, parts).format(at)
}

/** A step in full, from its start to its end. */
export function timeLabel(at: number, step: number, language: string): string {
  const format =
    step >= bucketMs.day
      ? new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: 'UTC' })
      : new Intl.DateTimeFormat(language, { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' })
  return step === bucketMs.day ? format.format(at) : format.formatRange(at, at + step)
}
