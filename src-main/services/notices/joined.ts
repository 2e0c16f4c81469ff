/** Several troubles of one kind in one place are one notice: what begins, what grows, what is over. Pure. */
import type { NoticeKind } from '../../../src-preload/contract/index.ts'
import type { NoticeRow } from '../../storage/types.ts'
import type { Condition } from './conditions.ts'

type Told = Pick<NoticeRow, 'kind' | 'subject' | 'values' | 'members'>

export interface Difference {
  begun: Told[]
  /** Still so, for more or fewer than before. `more` = some of them were not told of yet. */
  changed: { row: NoticeRow; told: Told; more: boolean }[]
  over: NoticeRow[]
}

/**
 * What holds now against the notices that stand. A trouble stays with the notice that told of it, wherever its key is moved to.
 * `mayEnd` = everything of the kind has been looked at, so that what does not hold is over.
 */
export function compare(
  holds: readonly Condition[],
  standing: readonly NoticeRow[],
  mayEnd: (kind: NoticeKind) => boolean,
): Difference {
  const holders = new Map(standing.flatMap((row) => row.members.map((member) => [troubleOf({ ...row, member }), row])))
  const held = new Map(holds.map((each) => [troubleOf(each), each]))
  const fresh = Map.groupBy(
    holds.filter((each) => each.begins && !holders.has(troubleOf(each))),
    nameOf,
  )
  const difference: Difference = { begun: [], changed: [], over: [] }
  for (const row of standing) {
    const joining = fresh.get(nameOf(row)) ?? []
    fresh.delete(nameOf(row))
    const staying = row.members.filter((member) => held.has(troubleOf({ ...row, member })) || !mayEnd(row.kind))
    if (joining.length === 0 && staying.length === 0 && mayEnd(row.kind)) difference.over.push(row)
    else if (joining.length > 0) {
      const before = staying.flatMap((member) => held.get(troubleOf({ ...row, member })) ?? [])
      const members = [...staying, ...joining.map(({ member }) => member)]
      difference.changed.push({ row, told: told([...joining, ...before], members), more: true })
    } else if (staying.length < row.members.length) {
      // Its text stays: it says what was told.
      difference.changed.push({ row, told: { ...row, members: staying }, more: false })
    }
  }
  for (const group of fresh.values()) {
    const members = group.map(({ member }) => member)
    difference.begun.push(told(group, members))
  }
  return difference
}

/** In the words of the one that ends first, or the first one. */
function told(conditions: readonly Condition[], members: string[]): Told {
  const [first, ...rest] = conditions
  if (!first) throw new Error('a notice of nothing')
  const endOf = ({ values }: Condition) => Number(values['endsAt'] ?? 0)
  const { kind, subject, values } = rest.reduce((one, other) => (endOf(other) < endOf(one) ? other : one), first)
  return { kind, subject, values: { ...values, ...(members.length > 1 && { count: members.length }) }, members }
}

function nameOf({ kind, subject, values }: Pick<Condition, 'kind' | 'subject' | 'values'>): string {
  return [kind, values['of'], subject].join(' ')
}

function troubleOf({ kind, member, values }: Pick<Condition, 'kind' | 'member' | 'values'>): string {
  return [kind, values['of'], member].join(' ')
}
