/** Calls that a program tells us of, as rows to keep: no secret among them, and each one of a kind. */
import { createHash } from 'node:crypto'
import type { Clock } from '../../pool/types.ts'
import { guessProvider, keyHintOf } from '../../providers/index.ts'
import { momentOf, type ReportedCall } from '../../remote/server/index.ts'
import type { ReportRow } from '../../storage/types.ts'
import type { Vault } from '../../vault/types.ts'
import type { Catalog } from '../catalog.ts'
import { identifierOf } from '../keys/key-identifier.ts'

interface ReportReaderDeps {
  catalog: Pick<Catalog, 'keyNamed' | 'keyByFingerprint'>
  vault: Pick<Vault, 'fingerprint'>
  clock: Pick<Clock, 'now'>
}

const longestName = 128

/**
 * apipool's own client names keys by their secrets: one of ours is kept by its name, others as a hint. VAULT_LOCKED when a name is
 * not known, because then nobody can say whether it is a key of ours; the program keeps its report and sends it again.
 */
export function createReportReader({ catalog, vault, clock }: ReportReaderDeps) {
  const nameFor = (told: string): string => {
    const row = catalog.keyNamed(told) ?? catalog.keyByFingerprint(vault.fingerprint(told))
    if (row) return identifierOf(row)
    return told.length > longestName || looksSecret(told) ? `redacted-${keyHintOf(told)}` : told
  }
  return (pool: string, reporter: string, calls: readonly ReportedCall[]): ReportRow[] => {
    const names = new Map<string, string>()
    const methods = (told: string | null) => told?.replace(/[?#].*/s, '') ?? null
    const now = clock.now()
    return calls.map(({ key: told, status, latency, method: said, finishedAt }) => {
      // Some providers are given their keys in the query.
      const method = methods(said)
      const key = names.get(told) ?? nameFor(told)
      names.set(told, key)
      const whole = JSON.stringify([pool, reporter, key, status, latency, method, finishedAt])
      const id = createHash('sha256').update(whole).digest('hex').slice(0, 32)
      // A clock that is ahead must not put a call where no question finds it.
      return { id, pool, reporter, key, status, latency, method, at: Math.min(momentOf(finishedAt), now) }
    })
  }
}

/** The shape of a provider's keys, a UUID, or 16 hex digits or 20 letters and digits without a break, as nobody writes them. */
function looksSecret(text: string): boolean {
  if (guessProvider(text) !== null || /[0-9a-f]{16}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/i.test(text)) return true
  return [...text.matchAll(/[A-Za-z0-9]{20,}/g)].some(([run]) => /\d/.test(run) && /[A-Za-z]/.test(run))
}
