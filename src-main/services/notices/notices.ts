/** What a person is told without looking: once for each trouble until it is over, kept in a list, told to windows and the desktop. */
import { randomUUID } from 'node:crypto'
import type { Notice, NoticeKind } from '../../../src-preload/contract/index.ts'
import type { Clock } from '../../pool/types.ts'
import type { ProxyLog } from '../../proxy/types.ts'
import type { Bus } from '../bus.ts'
import type { Catalog } from '../catalog.ts'
import type { NoticeService } from '../types.ts'
import { type Condition, type ConditionDeps, createConditions } from './conditions.ts'

const kept = 200
/** What came at once is told at once, and what a program asks should not wait for the next look. */
const soonMs = 100

/** Not seen here: they stand until the work that failed has succeeded. */
const watchedKinds: ReadonlySet<NoticeKind> = new Set<NoticeKind>(['backup-failed'])
/** Seen only when every key has had its turn. */
const slowKinds: ReadonlySet<NoticeKind> = new Set<NoticeKind>(['budget-near', 'budget-spent', 'runway-short'])

type Told = Pick<Condition, 'kind' | 'subject' | 'values'>

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

  const open = () => [...catalog.notices.values()].filter(({ endedAt }) => endedAt === null)
  /** Ends `over` and tells `begun`, as many as there is room for, in one write. */
  const write = async (begun: readonly Told[], over: readonly Notice[]) => {
    const at = clock.now()
    const room = kept - (open().length - over.length)
    const fresh = begun
      .slice(0, Math.max(0, room))
      .map((told): Notice => ({ ...told, id: randomUUID(), at, readAt: null, endedAt: null }))
    if (fresh.length + over.length === 0) return
    const ended = over.map((notice): Notice => ({ ...notice, endedAt: at }))
    const removeNotices = overflow(catalog.notices, ended, fresh.length)
    const putNotices = [...ended.filter(({ id }) => !removeNotices.includes(id)), ...fresh]
    await catalog.commit({ putNotices, removeNotices })
    for (const notice of fresh) bus.publish({ type: 'notice', notice })
  }
  const look = async () => {
    if (difference().begun.length + difference().over.length === 0) return
    await catalog.exclusive(() => {
      const { begun, over } = difference()
      return write(begun, over)
    })
  }
  const difference = () => {
    const { holds, whole } = conditions.look()
    const { kinds } = catalog.settings().notices
    const told = holds.filter(({ kind }) => kinds[kind])
    const names = new Set(told.map(nameOf))
    const standing = open()
    const known = new Set(standing.map(nameOf))
    return {
      begun: told
        .filter((each) => each.begins && !known.has(nameOf(each)))
        .map(({ kind, subject, values }) => ({ kind, subject, values })),
      over: standing.filter(
        (notice) => !names.has(nameOf(notice)) && !watchedKinds.has(notice.kind) && (whole || !slowKinds.has(notice.kind)),
      ),
    }
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
        if (failed === null) return write([], standing)
        const told = standing.length === 0 && catalog.settings().notices.kinds[kind]
        return write(told ? [{ kind, subject: null, values: {} }] : [], [])
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
    list: () => [...catalog.notices.values()].toSorted((a, b) => b.at - a.at),
    read: (ids) =>
      catalog.exclusive(async () => {
        const wanted = ids && new Set(ids)
        const unread = [...catalog.notices.values()].filter(({ id, readAt }) => readAt === null && (wanted?.has(id) ?? true))
        if (unread.length > 0) await catalog.commit({ putNotices: unread.map((row) => ({ ...row, readAt: clock.now() })) })
        return { read: unread.length }
      }),
  }
}

function nameOf({ kind, subject }: Pick<Told, 'kind' | 'subject'>): string {
  return `${kind} ${subject ?? ''}`
}

/** Which go to make room for `fresh` more: what is over first, the oldest first. */
function overflow(all: ReadonlyMap<string, Notice>, ended: readonly Notice[], fresh: number): string[] {
  const now = new Map([...all, ...ended.map((notice): [string, Notice] => [notice.id, notice])])
  const excess = now.size + fresh - kept
  if (excess <= 0) return []
  const byAge = [...now.values()].toSorted((a, b) => Number(a.endedAt === null) - Number(b.endedAt === null) || a.at - b.at)
  return byAge.slice(0, excess).map(({ id }) => id)
}
