/** Keys out of a table with a heading. */
import papaparse from 'papaparse'
import { candidateOf, secretNames } from './key-import-fields.ts'
import type { Draft } from './key-import-types.ts'

const isComment = (line: string) => line.trim() === '' || line.trimStart().startsWith('#')

/** The names in the heading, when the text is a table: its first line that is no comment names a column for keys. */
export function headingOf(lines: readonly string[]): string[] | null {
  const line = lines.find((one) => !isComment(one))
  const names = line
    ?.toLowerCase()
    .split(/[,;\t]/)
    .map(unquoted)
  return names && names.length > 1 && names.some((name) => secretNames.includes(name)) ? names : null
}

export function isApipoolHeading(names: readonly string[]): boolean {
  return names.includes('标识符') || (names.includes('identifier') && names.includes('raw_key'))
}

export function fromCsv(lines: readonly string[]): Draft[] {
  const first = lines.findIndex((line) => !isComment(line))
  const heading = lines[first] ?? ''
  // What stands before the heading may hold a quote that belongs to nothing.
  const { data } = papaparse.parse<string[]>(lines.slice(first).join('\n'), { delimiter: /[,;\t]/.exec(heading)?.[0] ?? ',' })
  const names = (data[0] ?? []).map((name) => name.trim().toLowerCase())
  let line = first + 1
  const rows = data.map((row) => {
    const at = line
    // A quoted field may hold line breaks.
    line += 1 + row.reduce((sum, field) => sum + (field.match(/\n/g)?.length ?? 0), 0)
    return { at, row }
  })
  const content = rows.slice(1).filter(({ row }) => row.some((field) => field.trim() !== ''))
  return content.map(
    ({ at, row }) =>
      () =>
        candidateOf(at, new Map(names.map((name, index) => [name, plain(row[index] ?? '')]))),
  )
}

/** Without the apostrophe that keeps spreadsheets from taking a text for a formula. */
function plain(field: string): string {
  return /^'[=+\-@\t\r]/.test(field) ? field.slice(1) : field
}

const unquoted = (text: string) =>
  text
    .trim()
    .replace(/^["']|["']$/g, '')
    .trim()
