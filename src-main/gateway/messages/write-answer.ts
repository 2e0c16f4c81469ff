/** A whole answer as an Anthropic message. */
import { type AnswerEvent, type AnswerUsage, type Conversation, Untranslatable } from '../types.ts'
import { type Block, emptyBlock, emptyMessage, showsThoughts, wholeBlock } from './blocks.ts'
import { writeStop } from './stop.ts'
import { writeUsage } from './usage.ts'

/** Throws Untranslatable for parts that a message has no place for, and for a call whose arguments are no JSON object. */
export function writeAnswer(events: readonly AnswerEvent[], asked: Conversation): Record<string, unknown> {
  const content: Block[] = []
  let message = emptyMessage('', asked.model, {})
  let usage: Partial<AnswerUsage> = {}
  let open: { block: Block; text: string } | null = null

  for (const event of events) {
    switch (event.type) {
      case 'start':
        message = { ...message, id: event.id, model: event.model || asked.model }
        break
      case 'open':
        open = { block: emptyBlock(event.part), text: '' }
        break
      case 'delta':
        if (open !== null) open.text += event.text
        break
      case 'signature':
        if (open?.block.type === 'thinking') open.block.signature = event.signature
        break
      case 'close':
        if (open !== null) content.push(filled(open.block, open.text, content.length))
        open = null
        break
      case 'whole':
        content.push(wholeBlock(event.part) ?? refuse(`content[${content.length}]`, `There is no place for a part of kind ${event.part.kind}.`))
        break
      case 'usage':
        usage = { ...usage, ...event.usage }
        break
      case 'stop':
        message = { ...message, stop_reason: writeStop(event.reason), stop_sequence: event.sequence }
        break
      case 'end':
        break
      case 'error':
        refuse('error', event.error.message)
    }
  }
  const shown = showsThoughts(asked) ? content : content.filter(({ type }) => type !== 'thinking')
  return { ...message, content: shown, stop_reason: stopOf(message, shown), usage: writeUsage(usage) }
}

function filled(block: Block, text: string, index: number): Block {
  switch (block.type) {
    case 'thinking':
      return { ...block, thinking: text }
    case 'tool_use':
      return { ...block, input: argsOf(text, index) }
    default:
      return { ...block, text }
  }
}

/** Some upstreams end a turn of tool calls with a plain stop. */
function stopOf(message: Record<string, unknown>, content: readonly Block[]): unknown {
  const reason = message.stop_reason ?? 'end_turn'
  return reason === 'end_turn' && content.some(({ type }) => type === 'tool_use') ? 'tool_use' : reason
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
