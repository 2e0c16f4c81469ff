/** What commands write: results to stdout, everything else to stderr. */

/** Columns as wide as their widest cell, without trailing spaces. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows]
  const widths = head.map((_, column) => Math.max(...all.map((row) => printable(row[column] ?? '').length)))
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => printable(cell).padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd()
  return `${all.map(line).join('\n')}\n`
}

/** Names come from providers: a terminal obeys control characters in them. */
function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]/gu, '?')
}

export function print(text: string): void {
  process.stdout.write(text)
}

export function printJson(value: unknown): void {
  print(`${JSON.stringify(value)}\n`)
}

/** One line of progress or complaint, which may quote an upstream. */
export function say(message: string): void {
  process.stderr.write(`keywheel: ${printable(message)}\n`)
}
