/**
 * One limit over one window: how much of it is used, reserved by calls under way, announced by the upstream, and when
 * there is room again. The only place that knows how windows slide.
 */
import type { Calendar, LimitReading, Limit, MeterView, StoredMeter } from './types.ts'

/** As the rest of the engine sees a limit. All times are mono ms unless they say wall. */
export interface Meter {
  readonly unit: Limit['unit']
  readonly window: Limit['window']
  limit: number
  source: MeterView['source']
  /**
   * When `cost` more units fit: 0 = now; a time after `now`; -1 = only when a call under way ends; Infinity = never (more
   * than the whole limit). `reserve` in [0, 1) > 0 = asked by the background lane: so much of the window is not for it,
   * and the rest is paced evenly over the time that is left.
   */
  freeAt(cost: number, reserve: number, now: number): number
  /** A call with that estimate is on its way. */
  open(cost: number, reserve: number, now: number): void
  /** What was opened as `reserved` has been used as `used` at `now` (the moment of arrival at the latest). */
  settle(reserved: number, used: number, now: number): void
  /** Units more (or fewer) than what was settled, known only later. */
  adjust(units: number, now: number): void
  /** The upstream has said where it stands, in an answer to a call that is settled already. */
  announce(reading: LimitReading, now: number): void
  /** A refusal that named no limit: what was used in this window until now is taken to be all there is. */
  infer(now: number): void
  /** Takes over what another meter of the same unit and window has counted (a key joins a bucket). */
  absorb(other: Meter, now: number): void
  used(now: number): number
  /** Nothing used, reserved or announced: it may be forgotten when it was not set. */
  idle(now: number): boolean
  view(now: number, wallOffset: number): Omit<MeterView, 'scope' | 'model'>
  /** What a restart must bring back; null = nothing. `wallOffset` = wall − mono. */
  stored(now: number, wallOffset: number): Pick<StoredMeter, 'source' | 'limit' | 'used' | 'at' | 'remaining' | 'resetsAt'> | null
  restore(stored: StoredMeter, now: number, wallOffset: number): void
}

export type MakeMeter = (limit: Limit, source: MeterView['source'], tools: { calendar: Calendar; wallOffset: number }) => Meter
