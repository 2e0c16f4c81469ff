/** In which line of a JSON text a value stands. Pure. */

import type { Issue } from '../issues.ts'

export interface JsonFault extends Issue {
  /** From 1. */
  line: number
}

interface Frame {
  path: string
  /** The next key or index; null = a key is still to come. */
  key: string | null
  isList: boolean
}

/** The issues at their lines, from the top. What is missing is named at what should hold it. `text` is valid JSON. */
export function faultsAt(text: string, issues: readonly Issue[]): JsonFault[] {
  const lines = linesOf(text)
  const lineOf = (path: string): number => {
    const found = lines.get(path)
    if (found !== undefined || path === '') return found ?? 1
    return lineOf(path.includes('.') ? path.slice(0, path.lastIndexOf('.')) : '')
  }
  return issues.map((issue) => ({ ...issue, line: lineOf(issue.path) })).toSorted((a, b) => a.line - b.line)
}

/** Where a browser says that a text stops being JSON, in its own words; the last line when it does not say. */
export function syntaxFault(text: string, message: string): JsonFault {
  const line = /line (\d+)/.exec(message)?.[1]
  const position = /position (\d+)/.exec(message)?.[1]
  const before = line === undefined && position !== undefined ? text.slice(0, Number(position)) : text
  return { path: '', message, line: line === undefined ? before.split('\n').length : Number(line) }
}

/** Lines by path. Two keys of one name: the last one, as it is the one that counts. */
function linesOf(text: string): Map<string, number> {
  const lines = new Map<string, number>()
  const stack: Frame[] = []
  let line = 1
  const place = (frame: Frame) => [frame.path, frame.key ?? ''].filter(Boolean).join('.')
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],:\n]|[^\s{}[\],:"]+/g)) {
    const frame = stack.at(-1)
    if (token === '\n') line += 1
    else if (token === '}' || token === ']') stack.pop()
    else if (token === ',' && frame) frame.key = frame.isList ? String(Number(frame.key) + 1) : null
    else if (frame && !frame.isList && frame.key === null) {
      frame.key = JSON.parse(token) as string
      lines.set(place(frame), line)
    } else if (token !== ':' && token !== ',') {
      if (frame?.isList) lines.set(place(frame), line)
      if (token === '{' || token === '[')
        stack.push({ path: frame ? place(frame) : '', key: token === '[' ? '0' : null, isList: token === '[' })
    }
  }
  return lines
}
