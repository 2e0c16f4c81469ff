/** How many requests came since the list was read. Pure. */

/** `missed` = some came, and nobody counted them. */
export type Fresh = 'missed' | { ids: ReadonlySet<string>; more: number }

/** Only the first ones can be in the list already: told live just after they were read from the log. */
const told = 200

export const noneFresh: Fresh = { ids: new Set(), more: 0 }

/** Each row comes once. However many there are, it stays small. */
export function withFresh(fresh: Fresh, rows: readonly { id: string }[]): Fresh {
  if (fresh === 'missed') return fresh
  const room = Math.max(0, told - fresh.ids.size)
  const ids = room === 0 ? fresh.ids : new Set([...fresh.ids, ...rows.slice(0, room).map(({ id }) => id)])
  return { ids, more: fresh.more + Math.max(0, rows.length - room) }
}

/** Those that are not among the newest rows of the list; null = unknown. */
export function countFresh(fresh: Fresh, rows: readonly { id: string }[]): number | null {
  if (fresh === 'missed') return null
  const shown = new Set(rows.slice(0, told).map(({ id }) => id))
  return [...fresh.ids].filter((id) => !shown.has(id)).length + fresh.more
}
