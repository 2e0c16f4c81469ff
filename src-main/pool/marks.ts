/** Cool-downs and other marks: given by outcomes, ended by time, success or a person, carried over restarts. */
import type { Agenda } from './agenda.ts'
import { type CooldownRules, holdMs, scopeOf } from './cooldown.ts'
import type { HealthBoard } from './health.ts'
import type { KeyState, Mark } from './state.ts'
import type { Clock, KeyMark, Outcome, OutcomeClass, Random } from './types.ts'

/** A client may invent model names; more marks than this a key do not pile up. */
const MODELS_PER_KEY = 64

interface MarkTools {
  clock: Clock
  random: Random
  agenda: Agenda
  health: HealthBoard
}

export class MarkBook {
  readonly #tools: MarkTools
  readonly #counts = new Map<string, number>()
  /** Models marked or unmarked since the last `take`, by key id. */
  readonly #dirty = new Map<string, Map<string, KeyState>>()

  constructor(tools: MarkTools) {
    this.#tools = tools
  }

  /** How many keys have a mark for a model. */
  get models(): ReadonlyMap<string, number> {
    return this.#counts
  }

  /** Applies an outcome of a call that began at `since` (mono ms). */
  apply(key: KeyState, model: string, outcome: Outcome, since: number, now: number, rules: CooldownRules): void {
    if (outcome.class === 'ok') this.#endStrikes(key, model, since)
    const scope = scopeOf(outcome.class, model)
    if (scope === 'none') return
    const target = scope === 'key' ? '' : model
    const old = find(key, target)
    const strikes = strikesAfter(old, outcome.class, since)
    const until = now + holdMs(outcome, strikes, rules, this.#tools.random)
    // A shorter time never replaces a longer one.
    if (old && old.until > now && old.until >= until) return
    this.#soil(key, target)
    this.#write(key, target, {
      outcome: outcome.class,
      until,
      reason: outcome.message ?? null,
      strikes,
      givenAt: now,
    })
    this.#tools.health.refresh(key, now)
  }

  /** Ends the mark of a model ('' = the whole key), if there is one. */
  end(key: KeyState, model: string): void {
    const mark = find(key, model)
    if (!mark) return
    this.#tools.agenda.cancel(mark)
    this.#soil(key, model)
    this.#tools.health.changed(key)
    if (model === '') {
      key.whole = null
      return
    }
    key.models?.delete(model)
    if (key.models?.size === 0) key.models = null
    const left = (this.#counts.get(model) ?? 0) - 1
    if (left > 0) this.#counts.set(model, left)
    else this.#counts.delete(model)
  }

  /** Ends every mark of the key. */
  endAll(key: KeyState): void {
    this.end(key, '')
    for (const model of key.models?.keys() ?? []) this.end(key, model)
  }

  /** What changed since the last call, for the store; times become wall ms. */
  take(): { set: KeyMark[]; gone: { keyId: string; model: string }[] } {
    const wall = this.#tools.clock.now() - this.#tools.clock.mono()
    const set: KeyMark[] = []
    const gone: { keyId: string; model: string }[] = []
    for (const [keyId, models] of this.#dirty) {
      for (const [model, key] of models) {
        const mark = find(key, model)
        if (mark) set.push(exported(mark, wall))
        else gone.push({ keyId, model })
      }
    }
    this.#dirty.clear()
    return { set, gone }
  }

  /** Brings a mark back after a restart; one that is there already and lasts longer stays. */
  restore(key: KeyState, mark: KeyMark): void {
    const now = this.#tools.clock.mono()
    const wall = this.#tools.clock.now() - now
    const until = mark.until === null ? Number.POSITIVE_INFINITY : mark.until - wall
    const old = find(key, mark.model)
    if (old && old.until >= until) return
    const { outcome, reason, strikes } = mark
    // What comes from the store need not go back there.
    this.#write(key, mark.model, { outcome, until, reason, strikes, givenAt: mark.at - wall })
    this.#tools.health.refresh(key, now)
  }

  #endStrikes(key: KeyState, model: string, since: number): void {
    for (const mark of [key.whole, find(key, model)]) {
      // A call that began before or under the mark proves nothing about the time after it.
      if (mark && mark.until <= since) this.end(key, mark.model)
    }
  }

  #write(key: KeyState, model: string, values: Pick<Mark, 'outcome' | 'until' | 'reason' | 'strikes' | 'givenAt'>): void {
    const mark = Object.assign(find(key, model) ?? this.#create(key, model), values)
    if (Number.isFinite(mark.until)) this.#tools.agenda.schedule(mark, mark.until)
    else this.#tools.agenda.cancel(mark)
    this.#tools.health.changed(key)
  }

  #create(key: KeyState, model: string): Mark {
    const { health } = this.#tools
    const mark: Mark = {
      key,
      model,
      outcome: 'ok',
      until: 0,
      reason: null,
      strikes: 0,
      givenAt: 0,
      at: -1,
      run: (now) => health.refresh(key, now),
    }
    if (model === '') {
      key.whole = mark
      return mark
    }
    key.models ??= new Map()
    const [oldest] = key.models.keys()
    if (oldest !== undefined && key.models.size >= MODELS_PER_KEY) this.end(key, oldest)
    key.models.set(model, mark)
    this.#counts.set(model, (this.#counts.get(model) ?? 0) + 1)
    return mark
  }

  #soil(key: KeyState, model: string): void {
    const models = this.#dirty.get(key.id) ?? new Map<string, KeyState>()
    this.#dirty.set(key.id, models.set(model, key))
  }
}

function find(key: KeyState, model: string): Mark | undefined {
  return model === '' ? (key.whole ?? undefined) : key.models?.get(model)
}

/** Calls that were under way when the mark was given are part of the same burst and no new strike. */
function strikesAfter(old: Mark | undefined, outcome: OutcomeClass, since: number): number {
  if (!old || old.outcome !== outcome) return 1
  return since >= old.until ? old.strikes + 1 : old.strikes
}

function exported(mark: Mark, wall: number): KeyMark {
  return {
    keyId: mark.key.id,
    model: mark.model,
    outcome: mark.outcome,
    until: Number.isFinite(mark.until) ? Math.ceil(mark.until + wall) : null,
    reason: mark.reason,
    strikes: mark.strikes,
    at: Math.round(mark.givenAt + wall),
  }
}
