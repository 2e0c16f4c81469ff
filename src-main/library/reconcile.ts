/** Brings a pool in line with a fetched list of keys: new ones in, changed ones in place of the old, missing ones out. */
import { ApiKey } from './api-key.ts'
import { eachLimited } from './concurrent.ts'
import { type OnProblem, wordsOf } from './problems.ts'

/** What a refresh changed, by primary key. */
export interface RefreshReport {
  readonly added: readonly string[]
  /** The same primary key with another secret. */
  readonly replaced: readonly string[]
  readonly removed: readonly string[]
  /** Keys of the list that could not be made or connected; they are tried again at the next refresh. */
  readonly skipped: number
}

interface Pool<Client> {
  isActive(primaryKey: string): boolean
  /** Connects a key and takes it in, in the place of the one with its primary key. */
  put(key: ApiKey<Client>): Promise<void>
  /** Takes a key out of use; false when it was out already. */
  withdraw(primaryKey: string): boolean
  /** Whether the pool has any key. */
  hasKeys(): boolean
}

interface Tools<Client, Raw> {
  pool: Pool<Client>
  factory: (raw: Raw) => ApiKey<Client> | Promise<ApiKey<Client>>
  onProblem: OnProblem
  /** Whether an empty list is believed. */
  allowsEmpty: boolean
}

/** Clients are made so many at once. */
const FACTORIES_AT_ONCE = 8

const NOTHING: RefreshReport = { added: [], replaced: [], removed: [], skipped: 0 }

export class Reconciler<Client, Raw> {
  readonly #tools: Tools<Client, Raw>
  /** What was fetched, as text → the primary key it became, and every text in it. */
  #known = new Map<string, { primaryKey: string; secrets: readonly string[] }>()

  constructor(tools: Tools<Client, Raw>) {
    this.#tools = tools
  }

  /** Everything that was ever fetched and is still in use; to be taken out of messages. */
  secrets(): string[] {
    return [...this.#known.values()].flatMap(({ primaryKey, secrets }) => [primaryKey, ...secrets])
  }

  /** `list` is what the fetcher gave. It changes nothing after `signal`. */
  async apply(list: unknown, signal: AbortSignal): Promise<RefreshReport> {
    const { pool, onProblem, allowsEmpty } = this.#tools
    if (list !== null && list !== undefined && !Array.isArray(list)) {
      onProblem({ code: 'FETCH_FAILED', message: 'The fetched keys are no list; the pool keeps its keys.' })
      return NOTHING
    }
    const fetched = new Map(((list ?? []) as Raw[]).map((raw) => [textOf(raw), raw]))
    const isDoubtful = !allowsEmpty && pool.hasKeys()
    if (fetched.size === 0 && isDoubtful) {
      onProblem({ code: 'FETCH_EMPTY', message: 'No key was fetched; the pool keeps those it has.' })
      return NOTHING
    }
    const listed = new Set([...this.#known].filter(([text]) => fetched.has(text)).map(([, { primaryKey }]) => primaryKey))
    const report = { added: [] as string[], replaced: [] as string[], removed: [] as string[], skipped: 0 }
    await this.#takeIn(fetched, listed, report, signal)
    if (signal.aborted) return report
    if (listed.size === 0 && isDoubtful) {
      onProblem({ code: 'FETCH_EMPTY', message: 'None of the fetched keys can be used; the pool keeps those it has.' })
      return report
    }
    this.#takeOut(fetched, listed, report.removed)
    return report
  }

  async #takeIn(
    fetched: ReadonlyMap<string, Raw>,
    listed: Set<string>,
    report: { added: string[]; replaced: string[]; skipped: number },
    signal: AbortSignal,
  ): Promise<void> {
    const { pool, factory, onProblem } = this.#tools
    const all = [...fetched]
    const fresh = all.map(([text, raw], index) => ({ text, raw, index })).filter(({ text }) => !this.#known.has(text))
    await eachLimited(fresh, FACTORIES_AT_ONCE, async ({ text, raw, index }) => {
      if (signal.aborted) return
      try {
        const key = await factory(raw)
        if (!(key instanceof ApiKey)) throw new TypeError('the factory gave no ApiKey')
        const primaryKey = String(key.primaryKey)
        if (listed.has(primaryKey)) throw new TypeError('another key of the list has the same primary key')
        listed.add(primaryKey)
        const wasActive = pool.isActive(primaryKey)
        try {
          await pool.put(key)
        } catch (error) {
          listed.delete(primaryKey)
          throw error
        }
        this.#known.set(text, { primaryKey, secrets: secretsIn(raw) })
        if (wasActive) report.replaced.push(primaryKey)
        else report.added.push(primaryKey)
      } catch (error) {
        if (signal.aborted) return
        report.skipped += 1
        const words = wordsOf(error, secretsIn(raw))
        onProblem({
          code: 'KEY_SKIPPED',
          message: `Key ${index + 1} of ${all.length} was skipped until the next refresh: ${words}`,
        })
      }
    })
  }

  #takeOut(fetched: ReadonlyMap<string, Raw>, listed: ReadonlySet<string>, removed: string[]): void {
    for (const [text, { primaryKey }] of this.#known) {
      if (fetched.has(text)) continue
      this.#known.delete(text)
      if (!listed.has(primaryKey) && this.#tools.pool.withdraw(primaryKey)) removed.push(primaryKey)
    }
  }
}

/** Equal for equal raw keys, different for different ones. */
function textOf(raw: unknown): string {
  return typeof raw === 'string' ? raw : JSON.stringify(raw)
}

function secretsIn(raw: unknown): string[] {
  if (typeof raw === 'string') return [raw]
  return typeof raw === 'object' && raw !== null ? Object.values(raw).flatMap((value) => secretsIn(value)) : []
}
