/**
 * One limit over one window: how much of it is used, reserved by calls under way, announced by the upstream, and when
 * there is room again. The only place that knows how windows slide.
 */
import { Announced } from './meter-announced.ts'
import { Inferred } from './meter-inferred.ts'
import { PACE_MS, Pace } from './meter-pace.ts'
import { PeriodTally, type PeriodTools } from './meter-period.ts'
import { EXACT, SlideTally } from './meter-slide.ts'
import { type Tally, UsedForEver } from './meter-tally.ts'
import type { Limit, LimitReading, MeterView, StoredMeter } from './types.ts'

/** As the rest of the engine sees a limit. All times are mono ms unless they say wall. */
export interface Meter {
  readonly unit: Limit['unit']
  readonly window: Limit['window']
  /** Infinity = none is known, and it only counts. */
  limit: number
  readonly source: MeterView['source']
  /**
   * When `cost` more units (taken for 1 if less) fit: 0 = now; a time after `now`; -1 = only when a call under way ends;
   * Infinity = never (more than the whole limit). `reserve` in [0, 1) > 0 = asked by the background lane: so much of the
   * window is not for it, and the rest is paced evenly over the time that is left.
   */
  freeAt(cost: number, reserve: number, now: number): number
  /** A call with that estimate is on its way. */
  open(cost: number, reserve: number, now: number): void
  /** What was opened as `reserved` has been used as `used` at `now` (the moment of arrival at the latest). */
  settle(reserved: number, used: number, now: number): void
  /** Units more (or fewer) than what was settled, known only later. */
  adjust(units: number, now: number): void
  /**
   * The upstream has said where it stood when a call arrived there that was sent at `since` (absent = just now) and takes `own` units of this meter.
   * Whoever was sent earlier than what is known already may only tighten it. Negative numbers mean unknown.
   */
  announce(reading: LimitReading, now: number, since?: number, own?: number): void
  /** A refusal that named no limit: what was used in this window until now is taken to be all there is. Only where the limit is not set or announced, and the window slides. */
  infer(now: number): void
  /** Takes over what another meter of the same unit and window has counted or reserved (a key joins a bucket). */
  absorb(other: Meter, now: number): void
  used(now: number): number
  /** Nothing used, reserved, announced or inferred: it may be forgotten when it was not set. */
  idle(now: number): boolean
  view(now: number, wallOffset: number): Omit<MeterView, 'scope' | 'model'>
  /** What a restart must bring back; null = nothing. `wallOffset` = wall − mono. */
  stored(
    now: number,
    wallOffset: number,
  ): Pick<StoredMeter, 'source' | 'limit' | 'used' | 'at' | 'remaining' | 'resetsAt' | 'refills'> | null
  restore(stored: StoredMeter, now: number, wallOffset: number): void
}

/** A meter with nothing used. Throws RangeError at its first use for a calendar window of an unknown zone. */
export function createMeter(limit: Limit, source: MeterView['source'], tools: PeriodTools): Meter {
  return new WindowMeter(limit, source, tools)
}

class WindowMeter implements Meter {
  readonly unit: Limit['unit']
  readonly window: Limit['window']
  readonly source: MeterView['source']
  #limit: number
  readonly #tally: Tally
  #reserved = 0
  #announced: Announced | null = null
  /** What has been used lately; null = not kept. */
  readonly #recent: SlideTally | null
  #inferred: Inferred | null = null
  /** What was used when the last call went out, where that may be asked: by its refusal the oldest of it may have left. */
  #seen = 0
  #pace: Pace | null = null
  /** When the background lane's next call is due. */
  #due = 0

  constructor(limit: Limit, source: MeterView['source'], tools: PeriodTools) {
    this.unit = limit.unit
    this.window = limit.window
    this.source = source
    this.#limit = limit.amount
    this.#tally = tallyOf(limit, tools)
    this.#recent = source === 'announced' ? new SlideTally(RECENT_MS, true) : null
  }

  get limit(): number {
    return this.#inferred === null ? this.#limit : this.#inferred.limit
  }

  set limit(amount: number) {
    this.#limit = amount
    this.#refine()
  }

  freeAt(cost: number, reserve: number, now: number): number {
    const need = cost > 1 ? cost : 1
    this.#forget(now)
    const { limit } = this
    if (need > limit) return Number.POSITIVE_INFINITY
    // A share in which a call would never fit is as large as that call.
    const most = reserve > 0 ? Math.max(limit * (1 - reserve), need) : limit
    let at = this.#roomAt(need, most, now)
    if (this.#announced !== null) {
      const kept = Number.isFinite(limit) ? limit - most : 0
      at = later(at, this.#announced.freeAt(need + kept, now))
    }
    if (this.#inferred !== null) at = later(at, this.#inferred.freeAt(need, this.#taken(now), this.#reserved, now))
    if (reserve > 0 && this.#due > now) at = later(at, this.#due)
    return at
  }

  open(cost: number, reserve: number, now: number): void {
    if (reserve > 0) this.#space(cost, reserve, now)
    this.#reserved += cost
    this.#announced?.spend(cost)
    if (this.source === 'inferred') this.#seen = this.#tally.used(now)
    if (this.#inferred !== null) {
      this.#inferred.opened(this.#taken(now), now)
      this.#refine()
    }
  }

  settle(reserved: number, used: number, now: number): void {
    this.#reserved = Math.max(0, this.#reserved - reserved)
    this.#announced?.spend(used - reserved)
    if (used <= 0) return
    this.#use(used, now)
    this.#inferred?.taken(this.#tally.used(now), now)
  }

  adjust(units: number, now: number): void {
    this.#announced?.spend(units)
    if (units > 0) this.#use(units, now)
    else if (units < 0) this.#tally.take(-units, now)
  }

  announce(reading: LimitReading, now: number, since = Number.POSITIVE_INFINITY, own = 0): void {
    const [limit, remaining, resetMs] = [known(reading.limit), known(reading.remaining), known(reading.resetMs)]
    if (limit !== null && this.source === 'announced') this.limit = limit
    if (remaining === null) return
    const resetAt = resetMs === null ? this.#wholeAt(now) : now + resetMs
    const most = limit ?? this.#limit
    this.#forget(now)
    // Whether calls that are still out, or have ended since, were counted before that one nobody knows.
    const others = Math.max(0, this.#reserved + (this.#recent?.usedAfter(since) ?? 0) - own)
    // What was known before stays true as long as nobody else draws on the account, which more left than now announced would show.
    const before = this.#announced?.left(now) ?? Number.POSITIVE_INFINITY
    const agrees = before <= remaining
    if (agrees && this.#announced !== null && since < this.#announced.at) return
    const left = agrees ? Math.max(before, remaining - others) : remaining - others
    this.#announced = new Announced(left, most, reading.refills, now, resetAt)
  }

  infer(now: number): void {
    if (this.source !== 'inferred' || !isSlide(this.window)) return
    this.#forget(now)
    const used = Math.max(this.#seen, this.#tally.used(now))
    if (this.#inferred === null && used < FEWEST_TO_INFER) return
    this.#inferred ??= new Inferred(this.window.slideMs, Math.max(1, used), now)
    this.#inferred.refused(used, now)
    this.#refine()
  }

  absorb(other: Meter, now: number): void {
    if (!(other instanceof WindowMeter)) return
    this.#tally.absorb(other.#tally, now)
    if (other.#reserved > 0) this.#tally.add(other.#reserved, now)
    if (this.source === 'inferred' && isSlide(this.window) && other.#inferred !== null)
      this.#inferred ??= new Inferred(this.window.slideMs, other.limit, now)
    if (this.source === 'announced' && other.#announced !== null)
      this.#announced = Announced.tighter(this.#announced, other.#announced.copy(now), now)
    this.#refine()
  }

  used(now: number): number {
    return this.#tally.used(now)
  }

  idle(now: number): boolean {
    this.#forget(now)
    if (this.#reserved > 0 || this.#announced !== null || this.#inferred !== null || this.#tally.used(now) > 0) return false
    this.#pace = null
    return true
  }

  view(now: number, wallOffset: number): Omit<MeterView, 'scope' | 'model'> {
    this.#forget(now)
    const { unit, window, source, limit } = this
    const left = this.#left(now)
    const used = Number.isFinite(limit) ? Math.max(this.#tally.used(now), limit - left - this.#reserved) : this.#tally.used(now)
    const resetAt = this.#announced?.resetAt ?? this.#tally.endsAt(now)
    const pace = this.#paceAt(now)
    return {
      unit,
      window,
      source,
      limit,
      used,
      reserved: this.#reserved,
      resetsAt: wallOf(resetAt, wallOffset),
      pace,
      endsAt: wallOf(this.#emptyAt(left, pace, resetAt, now), wallOffset),
    }
  }

  stored(now: number, wallOffset: number): ReturnType<Meter['stored']> {
    if (this.idle(now)) return null
    const { source, limit } = this
    return {
      source,
      limit,
      // Calls that a crash cuts off may have been counted by the upstream.
      used: this.#tally.used(now) + this.#reserved,
      at: now + wallOffset,
      remaining: this.#announced === null ? null : this.#announced.left(now),
      resetsAt: this.#announced === null ? null : wallOf(this.#announced.resetAt, wallOffset),
      refills: this.#announced?.refills ?? false,
    }
  }

  restore(stored: StoredMeter, now: number, wallOffset: number): void {
    const at = Math.min(now, stored.at - wallOffset)
    if (stored.used > 0) this.#tally.recall(stored.used, at, now)
    const limited = Number.isFinite(stored.limit)
    if (this.source === 'announced' && limited) this.#limit = stored.limit
    if (this.source === 'inferred' && limited && isSlide(this.window)) {
      this.#inferred = new Inferred(this.window.slideMs, Math.max(1, stored.limit), at)
    }
    if (stored.remaining !== null) {
      const resetAt = stored.resetsAt === null ? Number.POSITIVE_INFINITY : stored.resetsAt - wallOffset
      this.#announced = Announced.tighter(
        this.#announced,
        new Announced(stored.remaining, this.#limit, stored.refills, at, resetAt),
        now,
      )
    }
    this.#refine()
    this.#forget(now)
  }

  #roomAt(need: number, most: number, now: number): number {
    const room = most - this.#reserved - need
    if (room < 0) return this.#reserved > 0 ? -1 : Number.POSITIVE_INFINITY
    return this.#tally.fallsTo(room, now)
  }

  #taken(now: number): number {
    return this.#tally.used(now) + this.#reserved
  }

  /** Units that fit now. */
  #left(now: number): number {
    const own = this.limit - this.#taken(now)
    return this.#announced === null ? own : Math.min(own, this.#announced.left(now))
  }

  #use(units: number, now: number): void {
    this.#tally.add(units, now)
    this.#recent?.add(units, now)
    if (isShort(this.window)) return
    this.#pace ??= new Pace(now)
    this.#pace.add(units, now)
  }

  /** The next background call is due when its share of the time has passed. */
  #space(cost: number, reserve: number, now: number): void {
    const share = this.limit * (1 - reserve)
    const end = this.#announced?.resetAt ?? this.#tally.endsAt(now)
    // A sliding window is always whole: its share is spread over all of it.
    const [units, ms] =
      end < Number.POSITIVE_INFINITY ? [this.#left(now) - this.limit * reserve, end - now] : [share, slideOf(this.window)]
    if (Number.isFinite(ms) && Number.isFinite(units)) this.#due = now + Math.min(ms, (cost * ms) / Math.max(1, units))
  }

  /** Units per hour. What a short window holds is its pace. */
  #paceAt(now: number): number {
    if (isShort(this.window)) return this.#tally.used(now) * (HOUR_MS / this.window.slideMs)
    return this.#pace?.perHour(now) ?? 0
  }

  /** When it is used up at this pace; Infinity = not before its reset, or before what was used has left the window. */
  #emptyAt(left: number, pace: number, resetAt: number, now: number): number {
    if (left <= 0) return now
    const perMs = pace / HOUR_MS
    if (perMs === 0 || (resetAt === Number.POSITIVE_INFINITY && perMs * slideOf(this.window) <= this.limit))
      return Number.POSITIVE_INFINITY
    const at = now + left / perMs
    return at < resetAt ? at : Number.POSITIVE_INFINITY
  }

  /** When the window is whole again at the latest, if nobody says. */
  #wholeAt(now: number): number {
    return isSlide(this.window) ? now + this.window.slideMs : this.#tally.endsAt(now)
  }

  #forget(now: number): void {
    if (this.#announced?.isOver(now)) this.#announced = null
    if (this.#inferred?.isOver(now)) {
      this.#inferred = null
      this.#refine()
    }
  }

  #refine(): void {
    if (this.#tally instanceof SlideTally) this.#tally.fine = this.unit === 'requests' && this.limit <= EXACT
  }
}

const HOUR_MS = 3_600_000
/** One that refuses earlier does so for other reasons than how much was asked of it; then backing off is all there is to do. */
const FEWEST_TO_INFER = 2
/** Hardly any answer begins later. */
const RECENT_MS = 60_000

function tallyOf({ unit, window, amount }: Limit, tools: PeriodTools): Tally {
  if (window === 'forever') return new UsedForEver()
  if (isSlide(window)) return new SlideTally(window.slideMs, unit === 'requests' && amount <= EXACT)
  return new PeriodTally(window.calendar, window.zone, tools)
}

function isSlide(window: Limit['window']): window is { slideMs: number } {
  return window !== 'forever' && 'slideMs' in window
}

function isShort(window: Limit['window']): window is { slideMs: number } {
  return isSlide(window) && window.slideMs <= PACE_MS
}

function slideOf(window: Limit['window']): number {
  return isSlide(window) ? window.slideMs : Number.POSITIVE_INFINITY
}

/** Of two answers of `freeAt` the one that holds for both: a time is worse than a call's end, which is worse than now. */
function later(one: number, other: number): number {
  return one > 0 || other > 0 ? Math.max(one, other) : Math.min(one, other)
}

/** An upstream that does not know its own limits says -1. */
function known(value: number | null): number | null {
  return value !== null && value >= 0 ? value : null
}

function wallOf(mono: number, wallOffset: number): number | null {
  return Number.isFinite(mono) ? mono + wallOffset : null
}
