/** Which rows are selected: one by one, a span with Shift, or all. */
import { useState } from 'react'

export interface Selection {
  ids: ReadonlySet<string>
  toggle: (id: string) => void
  /** Selects everything between the last toggled row and this one. */
  extendTo: (id: string, order: readonly string[]) => void
  set: (ids: Iterable<string>) => void
  clear: () => void
}

export function useSelection(): Selection {
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set())
  const [anchor, setAnchor] = useState<string | null>(null)
  return {
    ids,
    toggle(id) {
      setAnchor(id)
      setIds((before) => {
        const next = new Set(before)
        if (!next.delete(id)) next.add(id)
        return next
      })
    },
    extendTo(id, order) {
      const [from, to] = [order.indexOf(anchor ?? id), order.indexOf(id)]
      setIds((before) => new Set([...before, ...order.slice(Math.min(from, to), Math.max(from, to) + 1)]))
    },
    set: (next) => setIds(new Set(next)),
    clear: () => setIds(new Set()),
  }
}
