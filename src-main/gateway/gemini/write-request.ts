/** A conversation as Gemini's generateContent request. The model and the stream are in the path. */
import { withTurn } from '../shared/with-turn.ts'
import { type Conversation, type Part, type Tool, Untranslatable } from '../types.ts'
import { rulesOf } from './model-rules.ts'
import { writeContents } from './write-content.ts'
import { writeThinking } from './write-thinking.ts'

type Body = Record<string, unknown>

/** Gemini's most. */
const stopMax = 5

/** The request's body and what had to be left out of it. Throws Untranslatable. */
export function writeRequest(conversation: Conversation): { body: Body; dropped: string[] } {
  const dropped = new Set<string>()
  const drop = (path: string) => void dropped.add(path)
  const rules = rulesOf(conversation.model)
  const thinking = writeThinking(conversation.thinking, rules)
  if (thinking.dropped) drop('thinking')
  if (conversation.user !== null) drop('user')
  noteMarks(conversation, drop)
  const { system, turns } = withTurn(conversation)
  const body: Body = {
    contents: writeContents(turns, { rules, drop }),
    ...present({ systemInstruction: writeSystem(system) }),
    ...writeTools(conversation),
    ...present({ generationConfig: writeGeneration(conversation, thinking.config) }),
  }
  return { body, dropped: [...dropped] }
}

/** What is worth caching Gemini decides by itself; and it keeps to the schemas of functions as well as it can. */
function noteMarks({ system, turns, tools }: Conversation, drop: (path: string) => void): void {
  for (const [index, part] of system.entries()) if (isMarked(part)) drop(`system[${index}].cache`)
  for (const [index, { parts }] of turns.entries()) {
    for (const [at, part] of parts.entries()) if (isMarked(part)) drop(`turns[${index}].parts[${at}].cache`)
  }
  for (const [index, tool] of tools.entries()) {
    if (tool.cache === true) drop(`tools[${index}].cache`)
    if (tool.strict === true) drop(`tools[${index}].strict`)
  }
}

function isMarked(part: Part): boolean {
  return 'cache' in part && part.cache
}

function writeSystem(system: readonly Part[]): Body | null {
  const parts = system.flatMap((part, index) => {
    if (part.kind !== 'text') throw new Untranslatable(`system[${index}]`, "Gemini's system instruction is text.")
    return part.text === '' ? [] : [{ text: part.text }]
  })
  return parts.length === 0 ? null : { parts }
}

function writeTools({ tools, toolChoice, parallelTools }: Conversation): Body {
  if (tools.length === 0) return {}
  if (parallelTools === false && toolChoice?.kind !== 'none') {
    throw new Untranslatable('parallelTools', 'Gemini cannot be kept from calling several tools at once.')
  }
  const config = writeChoice(toolChoice)
  return {
    tools: [{ functionDeclarations: tools.map(writeTool) }],
    ...(config === null ? {} : { toolConfig: { functionCallingConfig: config } }),
  }
}

/** A function without parameters is declared without a schema: Gemini refuses an object that has no properties. */
function writeTool({ name, description, parameters }: Tool): Body {
  const properties = parameters?.properties
  const bare = typeof properties === 'object' && properties !== null && Object.keys(properties).length === 0
  return { name, ...present({ description, parametersJsonSchema: bare ? null : parameters }) }
}

function writeChoice(choice: Conversation['toolChoice']): Body | null {
  switch (choice?.kind) {
    case undefined:
      return null
    case 'auto':
      return { mode: 'AUTO' }
    case 'none':
      return { mode: 'NONE' }
    case 'required':
      return { mode: 'ANY' }
    case 'tool':
      return { mode: 'ANY', allowedFunctionNames: [choice.name] }
  }
}

function writeGeneration(conversation: Conversation, thinkingConfig: Body | null): Body | null {
  const { stop } = conversation
  if (stop.length > stopMax) throw new Untranslatable('stop', `Gemini takes at most ${stopMax} stop sequences.`)
  const config = present({
    maxOutputTokens: conversation.maxTokens,
    temperature: conversation.temperature,
    topP: conversation.topP,
    topK: conversation.topK,
    seed: conversation.seed,
    stopSequences: stop.length === 0 ? null : stop,
    presencePenalty: conversation.presencePenalty,
    frequencyPenalty: conversation.frequencyPenalty,
    ...writeShape(conversation.shape),
    thinkingConfig,
  })
  return Object.keys(config).length === 0 ? null : config
}

function writeShape(shape: Conversation['shape']): Body {
  switch (shape?.kind) {
    case undefined:
    case 'text':
      return {}
    case 'json':
      return { responseMimeType: 'application/json' }
    case 'schema':
      return { responseMimeType: 'application/json', responseJsonSchema: shape.schema }
  }
}

function present(fields: Body): Body {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null))
}
