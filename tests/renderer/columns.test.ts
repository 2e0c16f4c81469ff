/** Columns of a table: those that fit, or those that were chosen. */
import { describe, expect, it } from 'vitest'
import { type Column, columnCodec, columnsThatFit, tracksOf, withColumn } from '../../src-renderer/parts/columns/columns.ts'

type Name = 'a' | 'b' | 'c' | 'd'
const columns: readonly Column<Name>[] = [
  { name: 'a', width: 100, grow: 0, rank: 3 },
  { name: 'b', width: 50, grow: 1, rank: 1 },
  { name: 'c', width: 60, grow: 0, rank: 2 },
  { name: 'd', width: 10, grow: 0, rank: 9, extra: true },
]

describe('columns that fit', () => {
  it.each([
    [0, []],
    [59, []],
    [60, ['b']],
    [129, ['b']],
    [130, ['b', 'c']],
    [1000, ['a', 'b', 'c']],
  ])('%i px', (room, names) => expect(columnsThatFit(columns, room, 10)).toEqual(names))

  it('leave out what is shown only by choice, and what follows one that does not fit', () => {
    expect(columnsThatFit(columns, 10_000, 0)).not.toContain('d')
    expect(columnsThatFit([...columns, { name: 'd', width: 1, grow: 0, rank: 4 }], 111, 0)).toEqual(['b', 'c'])
  })
})

describe('a choice of columns', () => {
  const codec = columnCodec(columns)
  it('is kept as text, in the order of the table; none is a choice, no choice is none', () => {
    for (const choice of [null, [], ['d'], ['a', 'c']] as const) expect(codec.parse(codec.text(choice))).toEqual(choice)
    expect(codec.parse('= c gone a')).toEqual(['a', 'c'])
    expect(codec.parse(null)).toBeNull()
  })

  it('adds and takes away one', () => {
    expect(withColumn(columns, ['a', 'c'], 'b')).toEqual(['a', 'b', 'c'])
    expect(withColumn(columns, ['a', 'b', 'c'], 'b')).toEqual(['a', 'c'])
  })

  it('becomes tracks, wider where letters are', () => {
    expect(tracksOf(columns, ['a', 'b'])).toEqual(['100px', 'minmax(50px, 1fr)'])
    expect(tracksOf(columns, ['a'], 1.1)).toEqual(['110px'])
  })
})
