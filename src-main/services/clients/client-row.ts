/** A client as it is stored: made, and changed. */
import { randomBytes } from 'node:crypto'
import { type ClientCreate, type ClientPatch, invalid, type Quota, quotaDurations } from '../../../src-preload/contract/index.ts'
import { newToken } from '../../clients/index.ts'
import type { ClientRow } from '../../storage/types.ts'
import { machineZone } from '../machine-zone.ts'

/** A client and its token, which is not stored. INVALID_INPUT for an end that has passed. */
export function newClient(input: ClientCreate, now: number): { row: ClientRow; token: string } {
  const { token, hash, hint } = newToken()
  assertFuture(input.expiresAt, now)
  const row: ClientRow = {
    id: `client_${randomBytes(9).toString('base64url')}`,
    name: input.name,
    tokenHash: hash,
    tokenHint: hint,
    pools: input.pools ?? null,
    lane: input.lane,
    models: input.models ?? null,
    budget: input.budget,
    quotas: quotasOf(input.quotas, [], now),
    expiresAt: input.expiresAt,
    revokedAt: null,
    createdAt: now,
    lastSeenAt: null,
  }
  return { row, token }
}

/** INVALID_INPUT for a new end that has passed. */
export function patchedClient(row: ClientRow, patch: ClientPatch, now: number): ClientRow {
  const { quotas, ...rest } = patch
  // An end that has passed and is sent along as it is changes nothing.
  if (rest.expiresAt !== row.expiresAt) assertFuture(rest.expiresAt ?? null, now)
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)) as Partial<ClientRow>
  return { ...row, ...given, ...(quotas === undefined ? {} : { quotas: quotasOf(quotas, row.quotas, now) }) }
}

/** Shortest first. A quota that does not say where its intervals begin keeps them as they were, or begins now. */
function quotasOf(given: readonly Quota[], former: ClientRow['quotas'], now: number): ClientRow['quotas'] {
  const whole = given.map(({ duration, credits, start, zone }) => {
    const before = former.find((quota) => quota.duration === duration)
    return { duration, credits, start: start ?? before?.start ?? now, zone: zone ?? before?.zone ?? machineZone }
  })
  return whole.toSorted((a, b) => quotaDurations.indexOf(a.duration) - quotaDurations.indexOf(b.duration))
}

export function assertFuture(expiresAt: number | null, now: number): void {
  if (expiresAt !== null && expiresAt <= now) throw invalid('expiresAt', 'give a time that is still to come')
}
