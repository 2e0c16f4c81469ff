/** An answer that is complete, out of its events. */
import type { AnswerError, AnswerEvent, AnswerUsage, Part, StopReason } from '../types.ts'

interface Gathered {
  id: string
  model: string
  /** In seconds since 1970; null = the upstream did not say. */
  createdAt: number | null
  parts: Part[]
  usage: Partial<AnswerUsage>
  stop: StopReason
  /** It says that something went wrong instead. */
  error: AnswerError | null
}

/** Plain parts of the same kind that follow each other stay apart. */
export function gather(events: readonly AnswerEvent[]): Gathered {
  const all: Gathered = { id: '', model: '', createdAt: null, parts: [], usage: {}, stop: 'end', error: null }
  for (const event of events) take(all, event)
  return all
}

function take(all: Gathered, event: AnswerEvent): void {
  switch (event.type) {
    case 'start':
      Object.assign(all, { id: event.id, model: event.model, createdAt: event.createdAt })
      return
    case 'open':
      all.parts.push(opened(event.part))
      return
    case 'delta':
      extend(all.parts.at(-1), event.text)
      return
    case 'signature':
      sign(all.parts.at(-1), event.signature)
      return
    case 'whole':
      all.parts.push(event.part)
      return
    case 'usage':
      Object.assign(all.usage, event.usage)
      return
    case 'stop':
      all.stop = event.reason
      return
    case 'error':
      all.error = event.error
      return
    case 'close':
    case 'end':
      return
  }
}

function opened(part: Extract<AnswerEvent, { type: 'open' }>['part']): Part {
  switch (part.kind) {
    case 'text':
    case 'refusal':
      return { kind: part.kind, text: '' }
    case 'thinking':
      return { kind: 'thinking', text: '', signature: null }
    case 'tool-call':
      return { ...part, args: '' }
  }
}

function extend(part: Part | undefined, text: string): void {
  if (part === undefined) return
  if (part.kind === 'tool-call') part.args += text
  else if ('text' in part) part.text += text
}

function sign(part: Part | undefined, signature: string): void {
  if (part?.kind === 'thinking' || part?.kind === 'tool-call') part.signature = signature
}
