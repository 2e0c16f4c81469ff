/** The numbers of a chart, as its table and its file say them. Pure. */
import Papa from 'papaparse'

export interface FigureColumn {
  /** In the file. */
  name: string
  label: string
  /** A value as people read it. */
  text: (value: number | null) => string
  /** A value as the file has it; as it is unless told. */
  filed?: (value: number) => number
}

export interface FigureCell {
  value: number | null
  /** The requests behind it. */
  href?: string | null
  bad?: boolean
}

interface FigureRow {
  id: string
  label: string
  href: string | null
  /** What stands in the file's first columns. */
  filed: readonly string[]
  cells: readonly FigureCell[]
}

export interface Figures {
  /** Of the first column, and the names of the file's first columns. */
  head: { label: string; names: readonly string[] }
  columns: readonly FigureColumn[]
  rows: readonly FigureRow[]
}

/** How a formula begins, whatever follows. */
const formula = /^[=+\-@\t\r]/

/** CSV (RFC 4180) with a header line. What is not known is an empty cell; what a spreadsheet would run as a formula is made text. */
export function figuresCsv({ head, columns, rows }: Figures): string {
  const file = (column: FigureColumn, { value }: FigureCell) => (value === null ? null : (column.filed?.(value) ?? value))
  return Papa.unparse(
    {
      fields: [...head.names, ...columns.map(({ name }) => name)],
      data: rows.map(({ filed, cells }) => [
        ...filed,
        ...columns.map((column, index) => file(column, cells[index] ?? { value: null })),
      ]),
    },
    { escapeFormulae: formula },
  )
}
