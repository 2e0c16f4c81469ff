/** The program's side of an approval: it asks for a token, and comes for it once. */
import { randomBytes } from 'node:crypto'
import type { z } from 'zod'
import type { connectRequest } from '../../../src-preload/contract/index.ts'
import { hashToken } from '../../clients/index.ts'
import type { Clock } from '../../pool/types.ts'
import type { ApprovalRow } from '../../storage/types.ts'
import type { Catalog } from '../catalog.ts'
import { newClient } from '../clients/client-row.ts'
import { newCode } from './code.ts'
import { createAskLimit } from './limit.ts'
import type { Connection, PeerProcess } from './peer-process-types.ts'
import { clientOf, stateOf, waitingMs } from './state.ts'

interface AskingDeps {
  catalog: Catalog
  clock: Pick<Clock, 'now' | 'mono'>
  /** What the system knows of the program at the other end of a connection; null = nothing. Never rejects. */
  findProcess(connection: Connection): Promise<PeerProcess | null>
}

export interface Asking {
  ask(request: z.output<typeof connectRequest>, from: Connection): Promise<Asked>
  /** `poll` is the secret of the address that `ask` gave. Nothing is spent when `gone` is aborted by then. */
  collect(poll: string, gone: AbortSignal): Promise<Collected>
}

type Asked =
  | { kind: 'waiting'; code: string; poll: string; expiresAt: number }
  /** `retryAfter` in seconds. */
  | { kind: 'refused'; why: 'too-often' | 'too-many'; retryAfter: number }

export type Collected =
  | { kind: 'unknown' | 'denied' | 'expired' | 'fetched' }
  | { kind: 'pending'; code: string; expiresAt: number }
  | { kind: 'approved'; token: string; name: string; pools: string[] | null }

/** How many may wait for a decision: of one program, and in all. A person can look at no more. */
const pendingMax = { program: 3, all: 16 }

export function createAsking({ catalog, clock, findProcess }: AskingDeps): Asking {
  const limit = createAskLimit(clock)
  const pendingNow = () => [...catalog.approvals.values()].filter((row) => stateOf(row, clock.now()) === 'pending')

  return {
    async ask({ name, pools = null }, from) {
      const tooOften = limit.count(from.address)
      if (tooOften !== null) return { kind: 'refused', why: 'too-often', retryAfter: tooOften }
      const process = await findProcess(from)
      return catalog.exclusive(async () => {
        const pending = pendingNow()
        const own = pending.filter((row) => row.address === from.address && row.process?.pid === process?.pid)
        const full = pending.length >= pendingMax.all ? pending : own.length >= pendingMax.program ? own : null
        if (full !== null) return { kind: 'refused', why: 'too-many', retryAfter: untilFirstEnds(full, clock.now()) }
        const now = clock.now()
        const poll = randomBytes(32).toString('base64url')
        const row: ApprovalRow = {
          id: `approval_${randomBytes(9).toString('base64url')}`,
          code: newCode(new Set(pending.map(({ code }) => code))),
          name,
          pools: pools === null ? null : [...new Set(pools)],
          state: 'pending',
          address: from.address,
          process,
          pollHash: hashToken(poll),
          decision: null,
          createdAt: now,
          expiresAt: now + waitingMs,
          decidedAt: null,
          clientId: null,
        }
        await catalog.commit({ putApprovals: [row] })
        return { kind: 'waiting', code: row.code, poll, expiresAt: row.expiresAt }
      })
    },
    async collect(poll, gone) {
      // Digests are compared: how long it takes says nothing about the secret.
      const hash = hashToken(poll)
      const standing = standingOf(hash)
      if (standing.kind !== 'approved') return standing
      // One after the other: of two that come at the same moment one finds it fetched.
      return catalog.exclusive(async () => {
        const now = standingOf(hash)
        if (now.kind !== 'approved') return now
        gone.throwIfAborted()
        return connect(now.row)
      })
    },
  }

  function standingOf(hash: string) {
    const row = [...catalog.approvals.values()].find(({ pollHash }) => pollHash === hash)
    if (row === undefined) return { kind: 'unknown' } as const
    const state = stateOf(row, clock.now())
    switch (state) {
      case 'pending':
        return { kind: state, code: row.code, expiresAt: row.expiresAt }
      case 'approved':
        return { kind: state, row }
      case 'connected':
        return { kind: 'fetched' } as const
      case 'denied':
      case 'expired':
        return { kind: state }
    }
  }

  /** The token is made at the last moment, stored as a digest, and never here again. */
  async function connect(row: ApprovalRow): Promise<Collected> {
    const now = clock.now()
    const { pools, ...given } = clientOf(row)
    // One that was destroyed since the yes may come again as another pool of that name, to which nobody said yes.
    const left = pools?.filter((slug) => catalog.pools.has(slug))
    const { row: client, token } = newClient({ ...given, ...(left === undefined ? {} : { pools: left }) }, now)
    await catalog.commit({
      putClients: [client],
      putApprovals: [{ ...row, state: 'connected', decision: null, clientId: client.id }],
      audit: [{ at: now, actor: 'system', action: 'approval.connect', subject: client.id }],
    })
    return { kind: 'approved', token, name: client.name, pools: client.pools }
  }
}

function untilFirstEnds(rows: readonly ApprovalRow[], now: number): number {
  return Math.max(1, Math.ceil((Math.min(...rows.map(({ expiresAt }) => expiresAt)) - now) / 1000))
}
