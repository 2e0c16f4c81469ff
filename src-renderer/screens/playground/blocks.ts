/** Fenced code in an answer. Pure. */
export type Block = { kind: 'text'; text: string } | { kind: 'code'; language: string; text: string }

/** A fence that is still open is code to the end: the answer may be on its way. */
export function blocksOf(text: string): Block[] {
  const blocks: Block[] = []
  let open: { fence: string; language: string } | null = null
  let lines: string[] = []
  const close = () => {
    const whole = lines.join('\n')
    if (open !== null) blocks.push({ kind: 'code', language: open.language, text: whole })
    else if (whole.trim() !== '') blocks.push({ kind: 'text', text: whole.replace(/^\n+|\n+$/g, '') })
    lines = []
  }
  for (const line of text.split('\n')) {
    const fence: RegExpExecArray | null = /^\s{0,3}(`{3,}|~{3,})\s*([\w+#.-]*)\s*$/.exec(line)
    if (open === null && fence !== null) {
      close()
      open = { fence: fence[1] ?? '', language: fence[2] ?? '' }
    } else if (open !== null && fence !== null && fence[2] === '' && fence[1]?.startsWith(open.fence)) {
      close()
      open = null
    } else lines.push(line)
  }
  close()
  return blocks
}
