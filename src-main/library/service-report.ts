/** Tells an apipool-server of the calls that were made with its keys, by the names that it has for them. */
import type { Clock } from '../pool/types.ts'
import { type ApipoolClient, type CallEvent, reportTime } from '../remote/client/index.ts'
import { type OnProblem, wordsOf } from './problems.ts'
import { type RecordedEvent, StatsCollector } from './stats.ts'

/** The server takes no more at once. */
const BATCH = 500

/** Statistics that remember what is still to be told, beside everything that they remember anyhow. */
export class ReportingStats extends StatsCollector {
  readonly untold = new StatsCollector()

  override addEvent(...event: Parameters<StatsCollector['addEvent']>): void {
    super.addEvent(...event)
    this.untold.addEvent(...event)
  }
}

interface ReporterParts {
  client: ApipoolClient
  pool: string
  /** As this program calls itself. */
  clientId: string
  stats: ReportingStats
  /** The server's name for a primary key; undefined = it is none of its keys. */
  nameOf: (primaryKey: string) => string | undefined
  clock: Clock
  onProblem: OnProblem
}

export class Reporter {
  readonly #parts: ReporterParts
  #cancel: () => void = () => undefined
  #telling: Promise<void> | null = null
  #isStopped = false

  constructor(parts: ReporterParts) {
    this.#parts = parts
  }

  /** Tells what is new now and then; `intervalMs` is from the end of one report to the next. */
  every(intervalMs: number): void {
    if (this.#isStopped) return
    this.#cancel = this.#parts.clock.after(intervalMs, () => {
      void this.tell().then(() => this.every(intervalMs))
    })
  }

  /** Tells everything that is new; several at once are one. Never rejects: what could not be told is told again later. */
  tell(): Promise<void> {
    this.#telling ??= this.#tell().finally(() => {
      this.#telling = null
    })
    return this.#telling
  }

  /** Resolves when what is left was told, or could not be. */
  async stop(): Promise<void> {
    this.#isStopped = true
    this.#cancel()
    await this.#telling
    await this.tell()
  }

  async #tell(): Promise<void> {
    const { client, pool, clientId, stats, nameOf, onProblem } = this.#parts
    try {
      for (;;) {
        const recorded = await stats.untold.fetchEventsBatch(BATCH)
        const events = recorded.flatMap((event) => eventOf(event, nameOf(event.keyIdentifier)))
        if (events.length > 0) await client.report(pool, clientId, events)
        // An answer that is lost has the same events told again, alike to the letter: a server may look for duplicates.
        await stats.untold.deleteEvents(recorded)
        if (recorded.length < BATCH) return
      }
    } catch (error) {
      onProblem({ code: 'REPORT_FAILED', message: `Calls could not be told to the server yet: ${wordsOf(error)}` })
    }
  }
}

function eventOf({ id, status, latency, method, finishedAt }: RecordedEvent, key: string | undefined): CallEvent[] {
  if (key === undefined) return []
  const told = { latency, method: method?.slice(0, 128) ?? null, finishedAt: reportTime(finishedAt.getTime(), id % 1000) }
  return [{ key, status: status as CallEvent['status'], ...told }]
}
