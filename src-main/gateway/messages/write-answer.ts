/** A whole answer as an Anthropic message. */
import { askedForThoughts } from '../shared/asked-thoughts.ts'
import { gather } from '../shared/gather.ts'
import { type AnswerEvent, type Conversation, type Part, Untranslatable } from '../types.ts'
import { type Block, emptyBlock, emptyMessage, wholeBlock } from './blocks.ts'
import { writeStop } from './stop.ts'
import { writeUsage } from './usage.ts'

/** Throws Untranslatable for parts that a message has no place for, and for a call whose arguments are no JSON. */
export function writeAnswer(events: readonly AnswerEvent[], asked: Conversation): Record<string, unknown> {
  const { id, model, parts, usage, stop } = gather(events)
  const content = parts.flatMap((part, index) => blocksOf(part, index, asked))
  // Some upstreams end a turn of tool calls with a plain stop.
  const called = stop === 'end' && parts.some(({ kind }) => kind === 'tool-call')
  return {
    ...emptyMessage(id, model || asked.model, writeUsage(usage)),
    content,
    stop_reason: writeStop(called ? 'tool-calls' : stop),
    stop_sequence: events.find((event) => event.type === 'stop')?.sequence ?? null,
  }
}

function blocksOf(part: Part, index: number, asked: Conversation): Block[] {
  switch (part.kind) {
    case 'text':
    case 'refusal':
      return [{ ...emptyBlock(part), text: part.text }]
    case 'thinking':
      return askedForThoughts(asked) ? [{ ...emptyBlock(part), thinking: part.text, signature: part.signature ?? '' }] : []
    case 'tool-call':
      return [{ ...emptyBlock(part), input: argsOf(part.args, index) }]
    case 'image':
    case 'audio':
    case 'redacted-thinking':
      return [wholeBlock(part) ?? refuse(`content[${index}]`, `Anthropic's API has no place for a part of kind ${part.kind}.`)]
    case 'file':
    case 'tool-result':
      return refuse(`content[${index}]`, 'No model answers with such a part.')
  }
}

function argsOf(text: string, index: number): unknown {
  try {
    return JSON.parse(text === '' ? '{}' : text)
  } catch {
    return refuse(`content[${index}].input`, 'The model wrote arguments that are not JSON.')
  }
}

function refuse(field: string, message: string): never {
  throw new Untranslatable(field, message)
}
