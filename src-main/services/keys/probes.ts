/**
 * Keys that were refused are asked again by their free check: once soon, in case it was a mistake, then weekly. An upstream that cannot
 * be reached is tried with one of them, ever more seldom, and the others wait.
 */
import { type KeyCheck, KeywheelError } from '../../../src-preload/contract/index.ts'
import type { Clock, PoolEngine } from '../../pool/types.ts'
import type { ProxyLog } from '../../proxy/types.ts'
import type { Vault } from '../../vault/types.ts'
import type { Catalog } from '../catalog.ts'
import { waitAfter } from './check-pause.ts'

interface ProbeDeps {
  engine: Pick<PoolEngine, 'key' | 'onKeyChange'>
  catalog: Catalog
  vault: Vault
  clock: Clock
  log: ProxyLog
  /** Where its check goes: keys of one place wait together while that cannot be reached. Throws KeywheelError where the check would. */
  placeOf(keyId: string): string
  /** Runs the free check and tells the engine what it has shown. */
  check(keyId: string): Promise<Pick<KeyCheck, 'unreached'>>
}

export interface Probes {
  /** Checks the keys whose time has come, a few at a time; call it often. Nothing while the vault is locked. */
  run(): Promise<void>
  stop(): void
}

const soonMs = 10_000
const weekMs = 7 * 86_400_000
/** After a check that could not judge the key; and the longest that an upstream which cannot be reached is left alone. */
const againMs = 3_600_000
const atOnce = 3

/** A place that was not reached. */
interface Away {
  tries: number
  /** Wall ms of the next try. */
  at: number
  /** Whose time has come meanwhile. */
  waiting: Set<string>
}

export function keepInvalidChecked({ engine, catalog, vault, clock, log, placeOf, check }: ProbeDeps): Probes {
  /** When each invalid key is to be checked, wall ms. */
  const due = new Map<string, number>()
  const aways = new Map<string, Away>()
  const isInvalid = (id: string) => engine.key(id)?.health === 'invalid' && catalog.keys.get(id)?.deletedAt === null
  const checkedAt = (id: string) => catalog.keys.get(id)?.checkedAt ?? Number.NEGATIVE_INFINITY

  const watch = (id: string, seenAt: number) => {
    if (!isInvalid(id)) due.delete(id)
    else if (!due.has(id)) due.set(id, seenAt + soonMs)
  }
  const stop = engine.onKeyChange((id) => watch(id, clock.now()))
  // What was invalid before this start and has been confirmed waits for its week.
  for (const id of catalog.keys.keys()) {
    watch(id, clock.now())
    if (due.has(id) && checkedAt(id) > clock.now() - weekMs) due.set(id, checkedAt(id) + weekMs)
  }

  /** Null = it cannot be checked anywhere; its check says why. */
  const knownPlace = (id: string) => {
    try {
      return placeOf(id)
    } catch (error) {
      if (!(error instanceof KeywheelError)) throw error
      return null
    }
  }
  const reached = (place: string) => {
    for (const id of aways.get(place)?.waiting ?? []) if (due.has(id)) due.set(id, clock.now())
    aways.delete(place)
  }
  /** Gives back when it is tried next. */
  const notReached = (place: string): number => {
    const { tries, waiting, at } = aways.get(place) ?? { tries: 0, waiting: new Set<string>(), at: 0 }
    // Several may have been under way when the first of them failed.
    if (at > clock.now()) return at
    const next = clock.now() + waitAfter(tries + 1, againMs)
    aways.set(place, { tries: tries + 1, at: next, waiting })
    return next
  }
  /** Those whose time has come, a few of them; of a place that was not reached only one, when its wait is over. */
  const takeReady = (now: number): string[] => {
    const ready: string[] = []
    const tried = new Set<string>()
    for (const [id, at] of due) {
      if (ready.length === atOnce) break
      if (at > now) continue
      const place = knownPlace(id) ?? ''
      const away = aways.get(place)
      if (away === undefined || (away.at <= now && !tried.has(place))) {
        ready.push(id)
        if (away) tried.add(place)
      } else {
        away.waiting.add(id)
        due.set(id, Math.max(away.at, now + 1))
      }
    }
    return ready
  }

  /** Gives back when to ask again, where nothing was reached. */
  const checkOne = async (id: string): Promise<number | null> => {
    try {
      const place = knownPlace(id)
      const { unreached } = await check(id)
      if (place === null) return null
      if (unreached !== null) return notReached(place)
      reached(place)
    } catch (error) {
      if (!(error instanceof KeywheelError)) throw error
      log.info({ key: id, code: error.code }, `an invalid key could not be checked again: ${error.message}`)
    }
    return null
  }
  const probe = async (id: string) => {
    const seenAt = (due.get(id) ?? 0) - soonMs
    // Otherwise a person has done it since.
    const again = checkedAt(id) < seenAt ? await checkOne(id) : null
    if (!isInvalid(id)) due.delete(id)
    else due.set(id, checkedAt(id) < seenAt ? (again ?? clock.now() + againMs) : checkedAt(id) + weekMs)
  }

  return {
    async run() {
      if (vault.status().state !== 'unlocked') return
      await Promise.all(takeReady(clock.now()).map((id) => probe(id)))
    },
    stop,
  }
}
