/** What people see of a key, and who is told when it changes. */
import { type Agenda, agendaItem } from './agenda.ts'
import type { Meter } from './meter.ts'
import { isExpired } from './readiness.ts'
import type { Cell, KeyState, Mark, Owner } from './state.ts'
import type { Clock, KeyHealth, OutcomeClass, Unit } from './types.ts'

interface HealthNote {
  health: KeyHealth
  reason: string | null
  /** '' = all models. */
  model: string
  /** Mono ms; null = not by itself. */
  until: number | null
}

const READY: HealthNote = { health: 'ready', reason: null, model: '', until: null }

const healthBy: Record<OutcomeClass, KeyHealth> = {
  ok: 'ready',
  'rate-short': 'cooling',
  'rate-daily': 'exhausted',
  'no-credit': 'exhausted',
  'key-invalid': 'invalid',
  // A model that this account does not have says nothing about the key.
  'model-unavailable': 'ready',
  overloaded: 'ready',
  'request-bad': 'ready',
  network: 'ready',
  aborted: 'ready',
}

/** The worst that holds now: the key's own state before its bucket's. */
export function healthOf(key: KeyState, now: number, clock: Clock): HealthNote {
  const own = noteOn(key, now, clock)
  return own.health === 'ready' ? noteOn(key.bucket, now, clock) : own
}

/** Switched off or expired, then a mark of the whole, then a full quota of the whole, then the longest rate limit of a model. */
function noteOn(owner: Owner, now: number, clock: Clock): HealthNote {
  if (owner.scope === 'key') {
    if (!owner.enabled) return { ...READY, health: 'disabled' }
    if (isExpired(owner, clock)) return { ...READY, health: 'disabled', reason: 'expired' }
  }
  const { whole } = owner
  if (whole?.mark && whole.mark.until > now) return noteOf(whole.mark)
  // A limit of none, which no midnight ends.
  const none = owner.limits['']?.find(({ amount }) => amount === 0)
  if (none) return { ...READY, health: 'exhausted', reason: `limit of ${limitWords({ unit: none.unit, limit: 0 })}` }
  if (whole?.quota) {
    const full = fullQuota(whole, now)
    if (full) return quotaNote(full, now, clock)
  }
  let worst: Mark | null = null
  for (const { mark } of owner.models?.values() ?? []) {
    if (!mark || mark.until <= now || healthBy[mark.outcome] === 'ready') continue
    if (worst === null || mark.until > worst.until) worst = mark
  }
  return worst ? noteOf(worst) : READY
}

function noteOf(mark: Mark): HealthNote {
  return {
    health: healthBy[mark.outcome],
    reason: mark.reason ?? mark.outcome,
    model: mark.cell.model,
    until: Number.isFinite(mark.until) ? mark.until : null,
  }
}

/** A used-up limit of calendar days, months or for ever; what slides shows as waiting, not as exhausted. */
function fullQuota(cell: Cell, now: number): Meter | undefined {
  return cell.meters.find((meter) => (meter.window === 'forever' || 'calendar' in meter.window) && meter.used(now) >= meter.limit)
}

function quotaNote(meter: Meter, now: number, clock: Clock): HealthNote {
  const wall = clock.now() - now
  const { resetsAt } = meter.view(now, wall)
  const used = Math.floor(meter.used(now))
  const words = `${meter.unit === 'nanos' ? dollars(used) : used} of ${limitWords(meter)}`
  return { ...READY, health: 'exhausted', reason: `${words} ${spanOf(meter)}`, until: resetsAt === null ? null : resetsAt - wall }
}

const unitWords: Record<Exclude<Unit, 'nanos'>, string> = {
  requests: 'requests',
  input: 'input tokens',
  output: 'output tokens',
  total: 'tokens',
}

function limitWords({ unit, limit }: Pick<Meter, 'unit' | 'limit'>): string {
  return unit === 'nanos' ? dollars(limit) : `${limit} ${unitWords[unit]}`
}

function dollars(nanos: number): string {
  return `$${(nanos / 1e9).toFixed(2)}`
}

function spanOf({ window }: Meter): string {
  if (window === 'forever' || 'slideMs' in window) return 'in all'
  return window.calendar === 'day' ? 'today' : 'this month'
}

export class HealthBoard {
  readonly #clock: Clock
  readonly #agenda: Agenda
  readonly #listeners = new Set<(keyId: string) => void>()
  readonly #changed = new Set<Owner>()
  readonly #revive: (owner: Owner, now: number) => void

  /** `revive` is called when a full quota has started anew. */
  constructor(clock: Clock, agenda: Agenda, revive: (owner: Owner, now: number) => void) {
    this.#clock = clock
    this.#agenda = agenda
    this.#revive = revive
  }

  /** Brings a key's or bucket's own part of the health, and the counts of the pools, up to date. */
  refresh(owner: Owner, now: number): void {
    const { health, until } = noteOn(owner, now, this.#clock)
    if (health === 'exhausted' && owner.whole?.quota && until !== null) this.#reviewAt(owner, until)
    if (health === owner.health) return
    const step = Number(health === 'ready') - Number(owner.health === 'ready')
    if (owner.scope === 'key') this.#countKey(owner, step)
    else for (const share of owner.shares) share.pool.ready += step * share.ready
    owner.health = health
    this.changed(owner)
  }

  /** To be called after calls have ended: notices a quota that is full now. */
  spent(owner: Owner, now: number): void {
    if (!owner.whole?.quota || owner.health !== 'ready') return
    if (fullQuota(owner.whole, now)) this.refresh(owner, now)
  }

  /** Something that people see of this key, or of all keys of this bucket, is new; they are told by the next `publish`. */
  changed(owner: Owner): void {
    if (this.#listeners.size > 0) this.#changed.add(owner)
  }

  /** Tells the listeners; called when the engine is at rest, so that they may call it. */
  publish(): void {
    if (this.#changed.size === 0) return
    const ids = new Set<string>()
    for (const owner of this.#changed) {
      if (owner.scope === 'key') ids.add(owner.id)
      else for (const key of owner.keys) if (key.present) ids.add(key.id)
    }
    this.#changed.clear()
    for (const id of ids) for (const listener of this.#listeners) listener(id)
  }

  subscribe(listener: (keyId: string) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #countKey(key: KeyState, step: number): void {
    if (step === 0) return
    for (const { pool } of key.members) {
      const share = key.bucket.shares.find((one) => one.pool === pool)
      if (share) share.ready += step
      if (key.bucket.health === 'ready') pool.ready += step
    }
  }

  #reviewAt(owner: Owner, at: number): void {
    owner.review ??= agendaItem((now) => {
      this.refresh(owner, now)
      this.#revive(owner, now)
    })
    this.#agenda.schedule(owner.review, at)
  }
}
