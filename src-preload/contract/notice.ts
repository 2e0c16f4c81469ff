/** What a person should hear of without looking: kept in a list, shown in the window and by the desktop. */
import { z } from 'zod'
import { id, instant } from './common.ts'

export const noticeKinds = [
  'key-invalid',
  'pool-dry',
  'budget-near',
  'budget-spent',
  'approval-pending',
  'runway-short',
  'backup-failed',
] as const
export type NoticeKind = (typeof noticeKinds)[number]

export const notice = z.object({
  id,
  /** When it began; when more came to it, when they did. */
  at: instant,
  kind: z.enum(noticeKinds),
  /**
   * What it is about: slug of a pool, id of a client or approval; null = Keywheel itself, or keys in no pool. What happens to
   * keys of one pool is one notice.
   */
  subject: z.string().nullable(),
  /**
   * What stands in its text: names, amounts, instants; never a secret. `of` = whose budget it is: `key`, `pool` or `client`.
   * `count` = how many keys or accounts it was told of, absent for one; `key` is then the first one's id, `pool` the pool's name.
   */
  values: z.record(z.string(), z.union([z.string(), z.number()])),
  readAt: instant.nullable(),
  /** When it was no longer so; null = it still is. */
  endedAt: instant.nullable(),
})
export type Notice = z.infer<typeof notice>

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'give a time of day such as 22:00')

/** Which kinds are told, and when the desktop stays silent (local time; what comes then is in the list all the same). */
export const noticeSettings = z.strictObject({
  kinds: z.record(z.enum(noticeKinds), z.boolean()),
  desktop: z.boolean(),
  quiet: z.strictObject({ from: timeOfDay, to: timeOfDay }).nullable(),
})
export type NoticeSettings = z.infer<typeof noticeSettings>
