/** Helpers for tests of streams: bytes cut anywhere, events put together. */
import type { AnswerEvent, AnswerReader, Conversation } from '../../src-main/gateway/types.ts'

export function readAll(reader: AnswerReader, ...chunks: readonly Uint8Array[]): AnswerEvent[] {
  return [...chunks.flatMap((chunk) => reader.push(chunk)), ...reader.end()]
}

/** Deltas that follow one another as one, because how a text is cut up means nothing; likewise repeated usage. */
export function joined(events: readonly AnswerEvent[]): AnswerEvent[] {
  const all: AnswerEvent[] = []
  for (const event of events) {
    const last = all.at(-1)
    if (event.type === 'delta' && last?.type === 'delta') last.text += event.text
    else if (event.type === 'usage' && last?.type === 'usage') last.usage = { ...last.usage, ...event.usage }
    else all.push(structuredClone(event))
  }
  return all
}

/** A conversation about which nothing is asked but what `fields` say. */
export function conversation(fields: Partial<Conversation> = {}): Conversation {
  return {
    model: 'claude-sonnet-4-5',
    stream: false,
    system: [],
    turns: [{ role: 'user', parts: [{ kind: 'text', text: 'Hello' }] }],
    tools: [],
    toolChoice: null,
    parallelTools: null,
    maxTokens: 100,
    temperature: null,
    topP: null,
    topK: null,
    seed: null,
    stop: [],
    presencePenalty: null,
    frequencyPenalty: null,
    shape: null,
    thinking: null,
    user: null,
    wantsUsage: true,
    hints: [],
    ...fields,
  }
}

/** The field that is refused, and undefined when nothing is. */
export function refusedField(run: () => unknown): string | undefined {
  try {
    run()
  } catch (error) {
    return (error as { field: string }).field
  }
  return undefined
}
