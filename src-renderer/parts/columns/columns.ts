/** Which columns of a table are shown: those that a person chose, or else those that fit. Pure. */
import type { Codec } from '../use-stored.ts'

export interface Column<Name extends string> {
  readonly name: Name
  /** Least width in px. */
  readonly width: number
  /** Its part of what is left over; 0 = it stays as it is. */
  readonly grow: number
  /** Where not all fit, those with the highest number give way first. */
  readonly rank: number
  /** Shown only where it was chosen. */
  readonly extra?: true
}

/** In their order in `columns`; `room` in px, `gap` between two. The most important ones first, as long as each fits. */
export function columnsThatFit<Name extends string>(columns: readonly Column<Name>[], room: number, gap: number): Name[] {
  const taken = new Set<Name>()
  let left = room
  for (const { name, width, extra } of columns.toSorted((a, b) => a.rank - b.rank)) {
    if (extra) continue
    if (width + gap > left) break
    left -= width + gap
    taken.add(name)
  }
  return columns.filter(({ name }) => taken.has(name)).map(({ name }) => name)
}

/** As CSS grid tracks. */
export function tracksOf<Name extends string>(columns: readonly Column<Name>[], shown: readonly Name[], scale = 1): string[] {
  return columns
    .filter(({ name }) => shown.includes(name))
    .map(({ width, grow }) => {
      const least = `${Math.round(width * scale)}px`
      return grow === 0 ? least : `minmax(${least}, ${grow}fr)`
    })
}

/** Names in the order of the table, as text; null = those that fit. */
export function columnCodec<Name extends string>(columns: readonly Column<Name>[]): Codec<readonly Name[] | null> {
  return {
    parse(text) {
      if (text === null || text === '') return null
      const named = text.split(' ')
      return columns.filter(({ name }) => named.includes(name)).map(({ name }) => name)
    },
    // A choice of none is a choice as well.
    text: (names) => (names === null ? '' : ['=', ...names].join(' ')),
  }
}

/** With or without one of them, in the order of the table. */
export function withColumn<Name extends string>(
  columns: readonly Column<Name>[],
  shown: readonly Name[],
  name: Name,
): readonly Name[] {
  const has = shown.includes(name)
  return columns.map((column) => column.name).filter((each) => (each === name ? !has : shown.includes(each)))
}
