/** Keys that were refused are asked again by their free check: once soon, in case it was a mistake, then weekly. */
import { KeywheelError } from '../../../src-preload/contract/index.ts'
import type { Clock, PoolEngine } from '../../pool/types.ts'
import type { ProxyLog } from '../../proxy/types.ts'
import type { Vault } from '../../vault/types.ts'
import type { Catalog } from '../catalog.ts'

interface ProbeDeps {
  engine: Pick<PoolEngine, 'key' | 'onKeyChange'>
  catalog: Catalog
  vault: Vault
  clock: Clock
  log: ProxyLog
  /** Runs the free check and tells the engine what it has shown. */
  check(keyId: string): Promise<unknown>
}

export interface Probes {
  /** Checks the keys whose time has come, a few at a time; call it often. Nothing while the vault is locked. */
  run(): Promise<void>
  stop(): void
}

const soonMs = 10_000
const weekMs = 7 * 86_400_000
/** After a check that could not judge the key: no network, a broken upstream. */
const againMs = 3_600_000
const atOnce = 3

export function keepInvalidChecked({ engine, catalog, vault, clock, log, check }: ProbeDeps): Probes {
  /** When each invalid key is to be checked, wall ms. */
  const due = new Map<string, number>()
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

  const checkOne = async (id: string) => {
    try {
      await check(id)
    } catch (error) {
      if (!(error instanceof KeywheelError)) throw error
      log.info({ key: id, code: error.code }, `an invalid key could not be checked again: ${error.message}`)
    }
  }
  const probe = async (id: string) => {
    const seenAt = (due.get(id) ?? 0) - soonMs
    // Otherwise a person has done it since.
    if (checkedAt(id) < seenAt) await checkOne(id)
    if (!isInvalid(id)) due.delete(id)
    else due.set(id, checkedAt(id) < seenAt ? clock.now() + againMs : checkedAt(id) + weekMs)
  }

  return {
    async run() {
      if (vault.status().state !== 'unlocked') return
      const now = clock.now()
      const ready = [...due].filter(([, at]) => at <= now).slice(0, atOnce)
      await Promise.all(ready.map(([id]) => probe(id)))
    },
    stop,
  }
}
