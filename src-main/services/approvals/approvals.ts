/** Approvals: the person sees which programs ask for a token, and says yes or no, once. */
import { type Approval, KeywheelError } from '../../../src-preload/contract/index.ts'
import type { Clock } from '../../pool/types.ts'
import type { ApprovalRow } from '../../storage/types.ts'
import type { Catalog } from '../catalog.ts'
import { newClient } from '../clients/client-row.ts'
import type { Actor, ApprovalService } from '../types.ts'
import { clientOf, stateOf, waitingMs } from './state.ts'

export interface ApprovalServiceDeps {
  catalog: Catalog
  clock: Pick<Clock, 'now'>
}

export function createApprovalService({ catalog, clock }: ApprovalServiceDeps): ApprovalService {
  const view = ({ pollHash: _hash, decision: _decision, ...row }: ApprovalRow): Approval => {
    const now = clock.now()
    const client = catalog.clients.get(row.clientId ?? '')
    const ended = client !== undefined && client.expiresAt !== null && client.expiresAt <= now
    return {
      ...row,
      state: stateOf(row, now),
      clientId: client?.id ?? null,
      clientState: client === undefined ? null : client.revokedAt !== null ? 'revoked' : ended ? 'ended' : 'active',
    }
  }
  /** APPROVAL_NOT_FOUND also when its time is over, APPROVAL_DECIDED. */
  const undecided = (id: string): ApprovalRow => {
    const row = catalog.approvals.get(id)
    const state = row && stateOf(row, clock.now())
    if (row === undefined || state === 'expired') throw new KeywheelError('APPROVAL_NOT_FOUND')
    if (state !== 'pending') throw new KeywheelError('APPROVAL_DECIDED')
    return row
  }
  const put = async (row: ApprovalRow, actor: Actor, action: string) => {
    await catalog.commit({ putApprovals: [row], audit: [{ at: clock.now(), actor, action, subject: row.id }] })
    return view(row)
  }
  return {
    list: () =>
      [...catalog.approvals.values()]
        .toReversed()
        .toSorted((a, b) => b.createdAt - a.createdAt)
        .map(view),
    approve: (id, decision, actor) =>
      catalog.exclusive(async () => {
        const row = undecided(id)
        const now = clock.now()
        const approved: ApprovalRow = { ...row, state: 'approved', decision, decidedAt: now }
        const client = clientOf(approved)
        for (const slug of client.pools ?? []) catalog.pool(slug, 'pools')
        // What would be refused when the program comes for its token is refused now, where somebody can mend it.
        newClient(client, now)
        const until = Math.min(now + waitingMs, client.expiresAt ?? Number.POSITIVE_INFINITY)
        return put({ ...approved, expiresAt: until }, actor, 'approval.approve')
      }),
    deny: (id, actor) =>
      catalog.exclusive(async () => put({ ...undecided(id), state: 'denied', decidedAt: clock.now() }, actor, 'approval.deny')),
  }
}
