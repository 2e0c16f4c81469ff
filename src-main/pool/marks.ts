/** Cool-downs and other marks: given by outcomes, ended by time, success or a person, carried over restarts. */
import type { Agenda } from './agenda.ts'
import { type CellBook, cellsOf } from './cells.ts'
import { type CooldownRules, holdMs, scopeOf } from './cooldown.ts'
import type { HealthBoard } from './health.ts'
import type { BucketState, Cell, KeyState, Mark, Owner } from './state.ts'
import type { Clock, MarkName, Outcome, OutcomeClass, Random, StoredMark } from './types.ts'

/** An answer that goes on for so long after its first byte is no refusal. */
const PROOF_MS = 1000

interface MarkTools {
  clock: Clock
  random: Random
  agenda: Agenda
  cells: CellBook
  health: HealthBoard
  /** A cell has been tried out with good end, and whoever waits for it may go. */
  proven(cell: Cell, now: number): void
}

type MarkValues = Pick<Mark, 'outcome' | 'until' | 'reason' | 'strikes' | 'givenAt'>

export class MarkBook {
  readonly #tools: MarkTools
  /** Cells marked or unmarked since the last `take`, by name. */
  readonly #dirty = new Map<string, { owner: Owner; model: string }>()

  constructor(tools: MarkTools) {
    this.#tools = tools
  }

  /** Applies a failure of a call that began at `since` (mono ms). Gives back the mark if that is what now holds. */
  apply(
    key: KeyState,
    bucket: BucketState,
    model: string,
    outcome: Outcome,
    call: { since: number; now: number; rules: CooldownRules },
  ): Mark | null {
    const scope = scopeOf(outcome.class, model)
    if (scope === null) return null
    const owner = scope.owner === 'key' ? key : bucket
    if (!owner.present) return null
    const { since, now, rules } = call
    const cell = this.#tools.cells.of(owner, scope.whole ? '' : model)
    const old = cell.mark
    const strikes = strikesAfter(old, outcome.class, since)
    const until = now + holdMs(outcome, strikes, rules, this.#tools.random)
    // A shorter time never replaces a longer one.
    if (old && old.until > now && old.until >= until) return null
    const mark = this.#write(cell, { outcome: outcome.class, until, reason: outcome.message ?? null, strikes, givenAt: now })
    this.#soil(cell)
    this.#tools.health.refresh(owner, now)
    return mark
  }

  /** A call that began at `since` (mono ms) went well. */
  succeeded(cells: readonly Cell[], since: number, now: number): void {
    for (const cell of cells) {
      // A call that began before or under the mark proves nothing about the time after it.
      if (cell.mark !== null && cell.mark.until <= since) this.end(cell, now)
    }
  }

  /** The call that tries a cell out has its first byte: nobody need wait for its last. */
  answered(cell: Cell, now: number): void {
    const { mark } = cell
    if (mark === null || mark.until > now || mark.proving) return
    mark.proving = true
    this.#tools.agenda.schedule(mark, now + PROOF_MS)
  }

  /** The call that tried a cell out has ended, and proved nothing by lasting. */
  unanswered({ mark }: Cell): void {
    if (!mark?.proving) return
    mark.proving = false
    this.#tools.agenda.cancel(mark)
  }

  /** Ends the mark of a cell, if there is one. */
  end(cell: Cell, now: number): void {
    const { mark, owner } = cell
    if (mark === null) return
    this.#tools.agenda.cancel(mark)
    cell.mark = null
    cell.probe = -1
    this.#soil(cell)
    this.#tools.cells.changed(cell)
    this.#tools.health.changed(owner)
    this.#tools.health.refresh(owner, now)
  }

  /** Ends every mark of a key or bucket. */
  endAll(owner: Owner, now: number): void {
    for (const cell of cellsOf(owner)) this.end(cell, now)
  }

  /** A key takes along what its bucket was marked with; the longer mark stays. */
  copy(from: Cell, to: Cell, now: number): void {
    const { mark } = from
    if (mark === null || (to.mark !== null && to.mark.until >= mark.until)) return
    const { outcome, until, reason, strikes, givenAt } = mark
    this.#write(to, { outcome, until, reason, strikes, givenAt })
    this.#soil(to)
    this.#tools.health.refresh(to.owner, now)
  }

  /** What changed since the last call, for the store; times become wall ms. */
  take(): { marks: StoredMark[]; goneMarks: MarkName[] } {
    const wall = this.#tools.clock.now() - this.#tools.clock.mono()
    const marks: StoredMark[] = []
    const goneMarks: MarkName[] = []
    for (const { owner, model } of this.#dirty.values()) {
      const mark = this.#tools.cells.find(owner, model)?.mark
      if (mark) marks.push(exported(mark, wall))
      else goneMarks.push({ scope: owner.scope, owner: owner.id, model })
    }
    this.#dirty.clear()
    return { marks, goneMarks }
  }

  /** Brings a mark back after a restart; one that is there already and lasts longer stays. */
  restore(owner: Owner, stored: StoredMark): void {
    const now = this.#tools.clock.mono()
    const wall = this.#tools.clock.now() - now
    const until = stored.until === null ? Number.POSITIVE_INFINITY : stored.until - wall
    const cell = this.#tools.cells.of(owner, stored.model)
    if (cell.mark !== null && cell.mark.until >= until) return
    const { outcome, reason, strikes } = stored
    // What comes from the store need not go back there.
    this.#write(cell, { outcome, until, reason, strikes, givenAt: stored.at - wall })
    this.#tools.health.refresh(owner, now)
  }

  #write(cell: Cell, values: MarkValues): Mark {
    const mark = cell.mark ?? this.#create(cell)
    Object.assign(mark, values, { proving: false })
    if (Number.isFinite(mark.until)) this.#tools.agenda.schedule(mark, mark.until)
    else this.#tools.agenda.cancel(mark)
    this.#tools.health.changed(cell.owner)
    return mark
  }

  #create(cell: Cell): Mark {
    const mark: Mark = {
      cell,
      outcome: 'ok',
      until: 0,
      reason: null,
      strikes: 0,
      givenAt: 0,
      proving: false,
      at: -1,
      run: (now) => this.#ring(mark, now),
    }
    cell.mark = mark
    this.#tools.cells.changed(cell)
    return mark
  }

  /** Its time is over; or, when a call has been trying it out, that has been going on well. */
  #ring(mark: Mark, now: number): void {
    const { cell } = mark
    this.#tools.health.refresh(cell.owner, now)
    if (!mark.proving) return
    this.end(cell, now)
    this.#tools.proven(cell, now)
  }

  #soil({ owner, model }: Cell): void {
    this.#dirty.set(`${owner.scope} ${model} ${owner.id}`, { owner, model })
  }
}

/** Calls that were under way when the mark was given are part of the same burst and no new strike. */
function strikesAfter(old: Mark | null, outcome: OutcomeClass, since: number): number {
  if (!old || old.outcome !== outcome) return 1
  return since >= old.until ? old.strikes + 1 : old.strikes
}

function exported({ cell, until, givenAt, outcome, reason, strikes }: Mark, wall: number): StoredMark {
  return {
    scope: cell.owner.scope,
    owner: cell.owner.id,
    model: cell.model,
    outcome,
    until: Number.isFinite(until) ? Math.ceil(until + wall) : null,
    reason,
    strikes,
    at: Math.round(givenAt + wall),
  }
}
