/** The keys of one manager: who is active, who is archived, and which client belongs to whom. */
import type { Clock, KeySpec, PoolEngine } from '../pool/types.ts'
import type { ApiKey } from './api-key.ts'
import { Connection } from './connection.ts'
import { PoolError } from './errors.ts'
import { type OnProblem, wordsOf } from './problems.ts'

/** The engine's name for the only pool of a manager. */
export const POOL = 'pool'

const FIRST_PAUSE_MS = 1000
const LONGEST_PAUSE_MS = 300_000

/** Keys that went out of a fetched list and are remembered, should they come back. */
const MOST_WITHDRAWN = 1000

/** Why a key is in the archive: a program took it out, it failed its test, or it is no longer in the fetched list. */
export type ArchivedBy = 'hand' | 'check' | 'refresh'

export interface Member<Client> {
  /** What the engine calls it: a number, so that no message of the engine can hold a key. */
  readonly id: string
  readonly primaryKey: string
  key: ApiKey<Client>
  /** Null until it is connected, and again when it has left the pool. */
  connection: Connection<Client> | null
  connecting: Promise<Connection<Client>> | null
  /** Attempts to make a client that failed in a row. */
  failures: number
  /** Not used before this moment, because its client could not be made; mono ms. */
  pausedUntil: number
  archivedBy: ArchivedBy | null
}

export class Members<Client> {
  readonly #engine: PoolEngine
  readonly #onProblem: OnProblem
  readonly #active = new Map<string, Member<Client>>()
  readonly #archived = new Map<string, Member<Client>>()
  readonly #byId = new Map<string, Member<Client>>()
  #next = 1

  constructor(engine: PoolEngine, onProblem: OnProblem) {
    this.#engine = engine
    this.#onProblem = onProblem
  }

  get active(): ReadonlyMap<string, Member<Client>> {
    return this.#active
  }

  get archived(): ReadonlyMap<string, Member<Client>> {
    return this.#archived
  }

  /** The member that the engine leased; throws for an id that it never got. */
  byId(id: string): Member<Client> {
    const member = this.#byId.get(id)
    if (!member) throw new Error(`no member ${id}`)
    return member
  }

  /** Throws UNKNOWN_KEY. */
  find(primaryKey: string | number, where: 'active' | 'archived' | 'any'): Member<Client> {
    const name = String(primaryKey)
    const member =
      (where === 'archived' ? undefined : this.#active.get(name)) ?? (where === 'active' ? undefined : this.#archived.get(name))
    if (member) return member
    const place = where === 'any' ? 'in this pool' : `among its ${where} keys`
    throw new PoolError('UNKNOWN_KEY', `There is no such key ${place}.`, { field: 'primaryKey' })
  }

  /** A key that is new, or takes the place of the one with its primary key, active or archived, and keeps what is known of it. */
  put(key: ApiKey<Client>): Member<Client> {
    const primaryKey = primaryKeyOf(key)
    const known = this.#active.get(primaryKey) ?? this.#archived.get(primaryKey)
    const member = known ?? this.#create(key, primaryKey)
    const isOther = member.key !== key
    this.#engine.setKey(specOf(member.id, key))
    this.#engine.setMember(POOL, member.id, { priority: key.priority ?? 0, weight: key.weight ?? 1 })
    if (isOther) {
      this.#disconnect(member)
      member.key = key
      // Whatever was wrong with the secret before says nothing of this one; its limits are the account's and stay.
      this.#engine.observe(member.id, { class: 'ok' })
    }
    this.#byId.set(member.id, member)
    member.archivedBy = null
    member.pausedUntil = 0
    member.failures = 0
    this.#archived.delete(primaryKey)
    this.#active.set(primaryKey, member)
    return member
  }

  /** Out of use, but not forgotten: what is known of its limits is still so when it comes back. */
  archive(member: Member<Client>, by: ArchivedBy): void {
    member.archivedBy = by
    this.#engine.setKey({ ...specOf(member.id, member.key), enabled: false })
    this.#active.delete(member.primaryKey)
    this.#archived.set(member.primaryKey, member)
    this.#disconnect(member)
  }

  /** Archives a key that does not exist any more, so that no check brings it back; false when it was not active. */
  withdraw(primaryKey: string): boolean {
    const member = this.#active.get(primaryKey)
    if (member) this.archive(member, 'refresh')
    const archived = this.#archived.get(primaryKey)
    if (archived) archived.archivedBy = 'refresh'
    this.#forgetWithdrawn()
    return member !== undefined
  }

  /** Where keys are short-lived the archive would grow for ever. */
  #forgetWithdrawn(): void {
    if (this.#archived.size <= MOST_WITHDRAWN) return
    const [oldest] = [...this.#archived.values()].filter(({ archivedBy }) => archivedBy === 'refresh')
    if (!oldest) return
    this.#archived.delete(oldest.primaryKey)
    this.#byId.delete(oldest.id)
    this.#engine.removeKey(oldest.id)
  }

  /** Its client could not be made: left out for a time that doubles with each failure, then tried again by the next call that gets it. */
  pause(member: Member<Client>, clock: Clock): void {
    const ms = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(member.failures, 20))
    const until = clock.mono() + ms
    member.failures += 1
    member.pausedUntil = until
    if (member.archivedBy !== null) return
    this.#engine.setKey({ ...specOf(member.id, member.key), enabled: false })
    clock.after(ms, () => {
      if (member.pausedUntil !== until) return
      member.pausedUntil = 0
      if (member.archivedBy === null) this.#engine.setKey(specOf(member.id, member.key))
    })
  }

  /** Mono ms at which the first paused key comes back; Infinity when none is paused. */
  nextUnpaused(): number {
    let next = Number.POSITIVE_INFINITY
    for (const { pausedUntil } of this.#active.values()) if (pausedUntil > 0) next = Math.min(next, pausedUntil)
    return next
  }

  /** The client of a key, made on first use; it may have left the pool when it comes. Rejects with what `createClient` threw. */
  connect(member: Member<Client>): Promise<Connection<Client>> {
    member.connecting ??= this.#open(member)
    return member.connecting
  }

  /** Closes the clients that no call is using, the others after their last one, and forgets all keys. */
  close(): void {
    for (const member of this.#active.values()) {
      this.#disconnect(member)
      member.archivedBy = 'hand'
    }
    this.#active.clear()
    this.#archived.clear()
  }

  async #open(member: Member<Client>): Promise<Connection<Client>> {
    const { key } = member
    try {
      const connection = new Connection(key, await key.connectClient(), this.#closeFailed(member))
      member.failures = 0
      if (member.key === key && member.archivedBy === null) member.connection = connection
      return connection
    } finally {
      if (member.key === key) member.connecting = null
    }
  }

  #create(key: ApiKey<Client>, primaryKey: string): Member<Client> {
    const id = `key-${this.#next++}`
    return { id, primaryKey, key, connection: null, connecting: null, failures: 0, pausedUntil: 0, archivedBy: null }
  }

  #closeFailed(member: Member<Client>): (error: unknown) => void {
    const texts = textsOf(member)
    return (error) => this.#onProblem({ code: 'CLOSE_FAILED', message: `A client could not be closed: ${wordsOf(error, texts)}` })
  }

  #disconnect(member: Member<Client>): void {
    if (member.connection) member.connection.retire()
    // Made for a test or when the key was added, and never called.
    else if (!member.connecting) member.key.disconnectClient().catch(this.#closeFailed(member))
    member.connection = null
    member.connecting = null
  }
}

/** Everything about a key that may be its secret. */
export function textsOf({ primaryKey, key }: Member<unknown>): string[] {
  return [primaryKey, ...Object.values(key).filter((value): value is string => typeof value === 'string')]
}

/** The primary key as text. Throws INVALID_ARGUMENT without showing it. */
function primaryKeyOf(key: ApiKey): string {
  const { primaryKey } = key
  if (typeof primaryKey === 'number' || (typeof primaryKey === 'string' && primaryKey !== '')) return String(primaryKey)
  throw new PoolError('INVALID_ARGUMENT', 'primaryKey: give a number or a text that is not empty.', { field: 'primaryKey' })
}

function specOf(id: string, key: ApiKey): KeySpec {
  return {
    id,
    enabled: true,
    expiresAt: key.expiresAt?.getTime() ?? null,
    ...(key.bucket !== undefined && { bucket: key.bucket }),
    ...(key.limits !== undefined && { limits: key.limits }),
  }
}
