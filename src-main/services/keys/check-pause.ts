/** A check of many keys, four at a time: an upstream that cannot be reached pauses its own keys and nobody else's. */
import { type KeyCheck, type KeyChecksEvent, KeywheelError, type PausedChecks } from '../../../src-preload/contract/index.ts'
import type { Clock } from '../../pool/types.ts'
import { mapInSlices } from '../../vault/slices.ts'
import { createOutbox } from '../outbox.ts'

/** Where keys are checked that one failure to connect says the same about. */
export interface CheckPlace {
  /** Origin and way there. */
  name: string
  host: string
}

export interface ManyChecks {
  clock: Pick<Clock, 'mono' | 'after'>
  /** Throws KeywheelError where the check would. */
  placeOf(id: string): CheckPlace
  /** Throws KeywheelError for what cannot be asked about. Changes nothing once `signal` has aborted. */
  check(id: string, signal: AbortSignal): Promise<KeyCheck>
}

const atOnce = 4
const firstWaitMs = 5_000
const longestWaitMs = 60_000
/** Who stays away longer is waited for no more. */
const patienceMs = 600_000

/** How long to leave an upstream alone that was not reached `tries` times in a row, from 1: 5 s, 10 s, 20 s, … */
export function waitAfter(tries: number, longestMs = longestWaitMs): number {
  return Math.min(longestMs, firstWaitMs * 2 ** Math.min(tries - 1, 20))
}

/** Nothing is sent before the first event is asked for, and nothing goes on after the last one was read. */
export async function* checkMany(
  ids: readonly string[],
  checks: ManyChecks,
  signal: AbortSignal,
): AsyncGenerator<KeyChecksEvent, void, void> {
  const leaving = new AbortController()
  const over = AbortSignal.any([signal, leaving.signal])
  const outbox = createOutbox(newestPause)
  const checked = new Checks(checks, (event) => outbox.put(event), over).run(ids).finally(() => outbox.close())
  // A failure of our own is thrown where the events are read, below.
  checked.catch(() => undefined)
  try {
    yield* outbox.read(over)
    if (!over.aborted) await checked
  } finally {
    leaving.abort()
  }
}

function newestPause(last: KeyChecksEvent, next: KeyChecksEvent): KeyChecksEvent | null {
  return last.type === 'paused' && next.type === 'paused' ? next : null
}

interface Line {
  place: CheckPlace
  /** The next one last. */
  ids: string[]
  running: number
  away: Away | null
}

interface Away {
  why: PausedChecks['unreached']
  /** Mono ms. */
  since: number
  tries: number
  /** The wait is over: one key may try. */
  due: boolean
  cancel: () => void
}

class Checks {
  readonly #checks: ManyChecks
  readonly #tell: (event: KeyChecksEvent) => void
  readonly #signal: AbortSignal
  /** Of each place that has keys left, in the order in which their turns come. */
  readonly #lines = new Map<string, Line>()
  readonly #end = Promise.withResolvers<void>()
  #running = 0

  constructor(checks: ManyChecks, tell: (event: KeyChecksEvent) => void, signal: AbortSignal) {
    this.#checks = checks
    this.#tell = tell
    this.#signal = signal
  }

  /** Resolves when every key was told of; when stopped, as soon as nothing is under way any more. */
  async run(ids: readonly string[]): Promise<void> {
    const stop = () => {
      for (const { away } of this.#lines.values()) away?.cancel()
      this.#lines.clear()
      this.#go()
    }
    this.#signal.addEventListener('abort', stop)
    try {
      await mapInSlices(ids.toReversed(), (id) => this.#line(id), this.#signal)
      this.#go()
      await this.#end.promise
    } catch (error) {
      stop()
      if (!this.#signal.aborted) throw error
    } finally {
      this.#signal.removeEventListener('abort', stop)
    }
  }

  #line(id: string): void {
    try {
      const place = this.#checks.placeOf(id)
      const line = this.#lines.get(place.name) ?? { place, ids: [], running: 0, away: null }
      line.ids.push(id)
      this.#lines.set(place.name, line)
    } catch (error) {
      if (!(error instanceof KeywheelError)) throw error
      this.#tell({ type: 'skipped', id, code: error.code })
    }
  }

  #go(): void {
    while (this.#running < atOnce) {
      const line = this.#next()
      const id = line?.ids.pop()
      if (line === undefined || id === undefined) break
      void this.#one(line, id)
    }
    if (this.#running === 0 && this.#lines.size === 0) this.#end.resolve()
  }

  /** Each place has its turn, so that a slow one is not waited for by all others. */
  #next(): Line | undefined {
    for (const [name, line] of this.#lines) {
      if (line.ids.length === 0 || (line.away !== null && (!line.away.due || line.running > 0))) continue
      this.#lines.delete(name)
      this.#lines.set(name, line)
      return line
    }
    return undefined
  }

  async #one(line: Line, id: string): Promise<void> {
    this.#running += 1
    line.running += 1
    try {
      const check = await this.#checks.check(id, this.#signal)
      if (this.#signal.aborted) return
      if (check.unreached === null) this.#answered(line, check)
      else {
        line.ids.push(id)
        this.#unreached(line, check.unreached)
      }
    } catch (error) {
      // What keeps a key from being asked about says nothing of its upstream: if that was to be tried, the next key does it.
      if (!(error instanceof KeywheelError)) this.#end.reject(error)
      else if (!this.#signal.aborted) this.#tell({ type: 'skipped', id, code: error.code })
    } finally {
      this.#running -= 1
      line.running -= 1
      if (line.ids.length === 0 && line.running === 0) this.#leave(line)
      this.#go()
    }
  }

  #answered(line: Line, check: KeyCheck): void {
    this.#tell({ type: 'checked', check })
    if (line.away === null) return
    line.away.cancel()
    line.away = null
    this.#tellPauses()
  }

  #unreached(line: Line, why: Away['why']): void {
    const now = this.#checks.clock.mono()
    // One that was under way when the pause began is part of the same failure.
    if (line.away?.due === false) return this.#tellPauses()
    const { since, tries } = line.away ?? { since: now, tries: 0 }
    const left = since + patienceMs - now
    if (left <= 0) {
      this.#tell({ type: 'left', host: line.place.host, ids: line.ids.toReversed() })
      return this.#leave(line)
    }
    const away: Away = { why, since, tries: tries + 1, due: false, cancel: () => {} }
    away.cancel = this.#checks.clock.after(Math.min(left, waitAfter(away.tries)), () => {
      away.due = true
      this.#go()
    })
    line.away = away
    this.#tellPauses()
  }

  #leave(line: Line): void {
    const { away } = line
    away?.cancel()
    line.away = null
    line.ids = []
    this.#lines.delete(line.place.name)
    if (away !== null) this.#tellPauses()
  }

  #tellPauses(): void {
    const upstreams = [...this.#lines.values()].flatMap(({ place, ids, away }): PausedChecks[] =>
      away === null ? [] : [{ host: place.host, unreached: away.why, left: ids.length }],
    )
    this.#tell({ type: 'paused', upstreams })
  }
}
