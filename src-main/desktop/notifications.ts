/** Notices shown by the desktop while the window is not in front; a click leads to the trouble. What comes at once is shown as one. */
import { Notification } from 'electron'
import type { Notice, NoticeSettings } from '../../src-preload/contract/index.ts'
import type { Services } from '../services/types.ts'
import { isQuiet } from './quiet.ts'
import { type Language, type Words, words } from './words.ts'

export interface NotificationDeps {
  services: Services
  language: () => Language
  /** The window has the keyboard: its bell says it. */
  isInFront: () => boolean
  /** Brings the window to the front, at this notice; null = at the list of them. */
  show: (notice: string | null) => void
  /** Runs something after `ms`; gives back what cancels it. */
  after: (ms: number, run: () => void) => () => void
}

const gatherMs = 1200

export function showNotices(deps: NotificationDeps): { stop(): void } {
  const { services, after } = deps
  // One that is collected takes its click along.
  const shown = new Set<Notification>()
  let waiting: Notice[] = []
  let rules: NoticeSettings | undefined
  let cancel: (() => void) | undefined
  const flush = () => {
    cancel = undefined
    const notices = waiting
    waiting = []
    if (rules && mayShow(rules, deps)) shown.add(present(notices, deps, (gone) => shown.delete(gone)))
  }
  const leave = services.subscribe((event) => {
    if (event.type !== 'notice' || !Notification.isSupported()) return
    waiting.push(event.notice)
    // Asked now: in a moment another workspace may be open.
    rules = services.settings.get().notices
    cancel ??= after(gatherMs, flush)
  })
  return {
    stop() {
      leave()
      cancel?.()
      for (const each of shown) each.close()
    },
  }
}

function mayShow({ desktop, quiet }: NoticeSettings, { isInFront }: NotificationDeps): boolean {
  return desktop && !isInFront() && !isQuiet(quiet, new Date())
}

function present(
  notices: readonly Notice[],
  { language, show }: NotificationDeps,
  onGone: (gone: Notification) => void,
): Notification {
  const said = words[language()]
  const [first] = notices
  const alone = notices.length === 1 && first !== undefined
  const body = [...new Set(notices.map((notice) => (alone ? subjectOf(notice, said) : titleOf(notice, said))))].join('\n')
  const notification = new Notification({ title: alone ? titleOf(first, said) : said.many(notices.length), body })
  notification.on('click', () => show(alone ? first.id : null))
  notification.on('close', () => onGone(notification))
  notification.show()
  return notification
}

function titleOf({ kind, values }: Notice, { notices, joined }: Words): string {
  return (values['count'] === undefined ? undefined : joined[kind]) ?? notices[kind]
}

/** Who it is about, in the person's own name for it. */
function subjectOf({ values }: Notice, { keys }: Words): string {
  const { count, pool } = values
  if (count !== undefined) return keys(Number(count), pool === undefined ? null : String(pool))
  return String(values['label'] ?? values['name'] ?? values['account'] ?? '')
}
