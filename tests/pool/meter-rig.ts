/** A meter on a clock that stands still, and calls through it. */
import { periodEnd } from '../../src-main/base/calendar.ts'
import { createMeter, type Meter } from '../../src-main/pool/meter.ts'
import type { Limit, LimitReading, MeterView, StoredMeter, Unit, Window } from '../../src-main/pool/types.ts'
import { nameOf } from '../../src-main/pool/window-name.ts'
import { VirtualClock } from '../support/clock.ts'

export const MINUTE = 60_000
export const minute: Window = { slideMs: MINUTE }
export const losAngeles: Window = { calendar: 'day', zone: 'America/Los_Angeles' }

export class MeterRig {
  readonly clock: VirtualClock
  readonly meter: Meter

  constructor(limit: Partial<Limit> & { amount: number }, source: MeterView['source'] = 'set', clock = new VirtualClock()) {
    this.clock = clock
    this.meter = createMeter({ unit: 'requests', window: minute, ...limit }, source, { clock, calendar: { periodEnd } })
  }

  get offset(): number {
    return this.clock.now() - this.clock.mono()
  }

  /** As `freeAt`, but in ms from now where it is a time. */
  free(cost = 1, reserve = 0): number {
    const at = this.meter.freeAt(cost, reserve, this.clock.mono())
    return at > 0 ? at - this.clock.mono() : at
  }

  open(cost = 1, reserve = 0): void {
    this.meter.open(cost, reserve, this.clock.mono())
  }

  settle(reserved = 1, used = reserved): void {
    this.meter.settle(reserved, used, this.clock.mono())
  }

  /** A call that arrives at once. */
  call(cost = 1, used = cost, reserve = 0): void {
    this.open(cost, reserve)
    this.settle(cost, used)
  }

  /** Calls as long as they fit; how many there were. */
  drain(cost = 1, reserve = 0): number {
    let calls = 0
    for (; this.free(cost, reserve) === 0; calls++) this.call(cost, cost, reserve)
    return calls
  }

  /** In the answer to a call of one unit sent at `since`. */
  announce(reading: Partial<LimitReading>, since?: number): void {
    const unit = this.meter.unit as Exclude<Unit, 'nanos'>
    const whole = {
      unit,
      window: this.meter.window,
      limit: null,
      remaining: null,
      resetMs: null,
      refills: false,
      scope: 'model' as const,
    }
    this.meter.announce({ ...whole, ...reading }, this.clock.mono(), since, since === undefined ? 0 : 1)
  }

  view() {
    return this.meter.view(this.clock.mono(), this.offset)
  }

  stored(): StoredMeter | null {
    const { unit, window } = this.meter
    const stored = this.meter.stored(this.clock.mono(), this.offset)
    return stored && { scope: 'key', owner: 'k', model: '', unit, window: nameOf(window), ...stored }
  }

  restore(stored: StoredMeter | null): void {
    if (stored) this.meter.restore(stored, this.clock.mono(), this.offset)
  }
}
