/** How things stand between Keywheel and a program that asked for a token, and when they are over. */
import type { Approval, ClientCreate } from '../../../src-preload/contract/index.ts'
import type { Clock } from '../../pool/types.ts'
import type { ApprovalRow } from '../../storage/types.ts'
import type { Catalog } from '../catalog.ts'

/** So long a program waits for a decision, and then a decision for its program. In ms. */
export const waitingMs = 600_000

/** What was decided is shown for so long, and at most so many of them. */
const keptMs = 7 * 86_400_000
const keptMax = 200

/** The state as of `now` (wall ms): the row may not say yet that its time is over. */
export function stateOf({ state, expiresAt }: Pick<ApprovalRow, 'state' | 'expiresAt'>, now: number): Approval['state'] {
  return (state === 'pending' || state === 'approved') && expiresAt <= now ? 'expired' : state
}

/** The client that was approved; what the person did not say is as the program asked. */
export function clientOf({ id, name, pools, decision }: ApprovalRow): ClientCreate {
  if (decision === null) throw new Error(`the approval ${id} says nothing of what was approved`)
  const { pools: given, models, name: called, ...rest } = decision
  const allowed = given === undefined ? pools : given
  return {
    ...rest,
    name: called ?? name,
    ...(allowed === null ? {} : { pools: allowed }),
    ...(models === undefined ? {} : { models }),
  }
}

/** Writes down which are over, and forgets those that were decided long ago. */
export function sweepApprovals(catalog: Catalog, clock: Pick<Clock, 'now'>): Promise<void> {
  return catalog.exclusive(async () => {
    const now = clock.now()
    const putApprovals = [...catalog.approvals.values()]
      .filter((row) => row.state !== stateOf(row, now))
      .map((row): ApprovalRow => ({ ...row, state: 'expired', decision: null }))
    const over = [...catalog.approvals.values()]
      .filter((row) => !['pending', 'approved'].includes(stateOf(row, now)))
      .toSorted((a, b) => endOf(b) - endOf(a))
    const removeApprovals = over.filter((row, at) => at >= keptMax || endOf(row) + keptMs <= now).map(({ id }) => id)
    if (putApprovals.length + removeApprovals.length === 0) return
    const gone = new Set(removeApprovals)
    await catalog.commit({ putApprovals: putApprovals.filter(({ id }) => !gone.has(id)), removeApprovals })
  })
}

const endOf = ({ decidedAt, expiresAt }: ApprovalRow) => decidedAt ?? expiresAt
