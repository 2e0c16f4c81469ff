/** What a person is told without looking: once for each trouble until it is over, kept in a list, told to windows and the desktop. */
import { randomUUID } from 'node:crypto'
import type { Notice, NoticeKind } from '../../../src-preload/contract/index.ts'
import type { Clock } from '../../pool/types.ts'
import type { ProxyLog } from '../../proxy/types.ts'
import type { NoticeRow } from '../../storage/types.ts'
import type { Bus } from '../bus.ts'
import type { Catalog } from '../catalog.ts'
import type { NoticeService } from '../types.ts'
import { type ConditionDeps, createConditions } from './conditions.ts'
import { compare, type Difference } from './joined.ts'

const kept = 200
/** What came at once is told at once, and what a program asks should not wait for the next look. */
const soonMs = 100

/** Not seen here: they stand until the work that failed has succeeded. */
const watchedKinds: ReadonlySet<NoticeKind> = new Set<NoticeKind>(['backup-failed'])
/** Seen only when every key has had its turn. */
const slowKinds: ReadonlySet<NoticeKind> = new Set<NoticeKind>(['budget-near', 'budget-spent', 'runway-short'])

export interface NoticeDesk {
  service: NoticeService
  /** Tells of work of Keywheel's own that fails, until it succeeds; settles as the work does. */
  watch(kind: NoticeKind, work: Promise<unknown>): Promise<void>
  /** Looks at everything now; what began is told, what is over is written down. */
  look(): Promise<void>
  stop(): void
}

export interface NoticeDeps extends Omit<ConditionDeps, 'catalog' | 'clock'> {
  catalog: Catalog
  bus: Pick<Bus, 'publish'>
  clock: Clock
  log: ProxyLog
}

export function createNoticeDesk(deps: NoticeDeps): NoticeDesk {
  const { catalog, bus, clock, log } = deps
  const conditions = createConditions(deps)
  let cancel: (() => void) | undefined

  /** Most looks find nothing new. */
  const isEmpty = ({ begun, changed, over }: Difference) => begun.length + changed.length + over.length === 0
  const open = () => [...catalog.notices.values()].filter(({ endedAt }) => endedAt === null)
  /** Ends what is over, renews what has changed and tells what began, as many as there is room for, in one write. */
  const write = async ({ begun, changed, over }: Difference) => {
    const at = clock.now()
    const room = kept - (open().length - over.length)
    const fresh = begun
      .slice(0, Math.max(0, room))
      .map((told): NoticeRow => ({ ...told, id: randomUUID(), at, readAt: null, endedAt: null }))
    if (fresh.length + changed.length + over.length === 0) return
    const ended = over.map((row): NoticeRow => ({ ...row, endedAt: at }))
    const renewed = changed.map(({ row, told, more }): NoticeRow => ({ ...row, ...told, ...(more && { at, readAt: null }) }))
    const removeNotices = overflow(catalog.notices, ended, fresh.length)
    const putNotices = [...ended.filter(({ id }) => !removeNotices.includes(id)), ...renewed, ...fresh]
    await catalog.commit({ putNotices, removeNotices })
    // One that nobody has read yet says it all by itself.
    const again = changed.filter(({ row, more }) => more && row.readAt !== null).map(({ row }) => row.id)
    const heard = [...fresh, ...renewed.filter(({ id }) => again.includes(id))]
    for (const row of heard) bus.publish({ type: 'notice', notice: shown(row) })
  }
  const look = async () => {
    if (isEmpty(difference())) return
    await catalog.exclusive(() => write(difference()))
  }
  const difference = () => {
    const { holds, whole } = conditions.look()
    const { kinds } = catalog.settings().notices
    const mayEnd = (kind: NoticeKind) => !watchedKinds.has(kind) && (whole || !slowKinds.has(kind))
    const wanted = holds.filter(({ kind }) => kinds[kind])
    return compare(wanted, open(), mayEnd)
  }
  const soon = () => {
    cancel ??= clock.after(soonMs, () => {
      cancel = undefined
      look().catch((error: unknown) => log.warn({ error: String(error) }, 'notices could not be written'))
    })
  }
  catalog.observe(({ putApprovals, removeApprovals, putSettings }) => {
    if (putApprovals?.length || removeApprovals?.length || putSettings?.['notices']) soon()
  })

  return {
    service: noticeService(catalog, clock),
    async watch(kind, work) {
      const failed = await work.then(() => null).catch((error: unknown) => ({ error }))
      await catalog.exclusive(() => {
        const standing = open().filter((each) => each.kind === kind)
        if (failed === null) return write({ begun: [], changed: [], over: standing })
        const told = standing.length === 0 && catalog.settings().notices.kinds[kind]
        return write({ begun: told ? [{ kind, subject: null, values: {}, members: [] }] : [], changed: [], over: [] })
      })
      if (failed) throw failed.error
    },
    look,
    stop() {
      conditions.close()
      cancel?.()
    },
  }
}

function noticeService(catalog: Catalog, clock: Pick<Clock, 'now'>): NoticeService {
  return {
    list: () => [...catalog.notices.values()].toSorted((a, b) => b.at - a.at).map(shown),
    read: (ids) =>
      catalog.exclusive(async () => {
        const wanted = ids && new Set(ids)
        const unread = [...catalog.notices.values()].filter(({ id, readAt }) => readAt === null && (wanted?.has(id) ?? true))
        if (unread.length > 0) await catalog.commit({ putNotices: unread.map((row) => ({ ...row, readAt: clock.now() })) })
        return { read: unread.length }
      }),
  }
}

function shown({ members: _members, ...notice }: NoticeRow): Notice {
  return notice
}

/** Which go to make room for `fresh` more: what is over first, the oldest first. */
function overflow(all: ReadonlyMap<string, NoticeRow>, ended: readonly NoticeRow[], fresh: number): string[] {
  const now = new Map([...all, ...ended.map((notice): [string, NoticeRow] => [notice.id, notice])])
  const excess = now.size + fresh - kept
  if (excess <= 0) return []
  const byAge = [...now.values()].toSorted((a, b) => Number(a.endedAt === null) - Number(b.endedAt === null) || a.at - b.at)
  return byAge.slice(0, excess).map(({ id }) => id)
}
