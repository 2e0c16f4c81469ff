/** A prompt while it is written. Pure. */
import { type Prompt, type PromptCreate, type PromptPatch, promptCreate } from '../../../../src-preload/contract/prompt.ts'
import { type Issue, issuesOf } from '../../../parts/issues.ts'

export type PromptDraft = PromptCreate
export type Variable = PromptDraft['variables'][number]
export type Message = PromptDraft['messages'][number]
export type Parameters = PromptDraft['parameters']

/** As the gateway reads them: a letter or _, then letters, digits and _, with blanks around if one likes. */
const placeholder = /\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}/g

export function newPrompt(model: string): PromptDraft {
  return {
    slug: '',
    name: '',
    description: '',
    model,
    messages: [{ role: 'user', text: '' }],
    variables: [],
    parameters: {},
  }
}

export function draftOf({ slug, name, description, model, messages, variables, parameters }: Prompt): PromptDraft {
  return { slug, name, description, model, messages, variables, parameters }
}

/** The draft with other messages: their variables in the order in which they are first named, each with what was said of it. */
export function withMessages(draft: PromptDraft, messages: Message[], known: readonly Variable[] = draft.variables): PromptDraft {
  return { ...draft, messages, variables: variablesIn(messages).map((name) => variableOf(name, known)) }
}

export function variablesIn(messages: readonly Message[]): string[] {
  return [...new Set(messages.flatMap(({ text }) => [...text.matchAll(placeholder)].map(([, name = '']) => name)))]
}

function variableOf(name: string, known: readonly Variable[]): Variable {
  return known.find((variable) => variable.name === name) ?? { name, description: '', default: null }
}

/** Sets a parameter, or leaves it to the model. */
export function withParameter<Name extends keyof Parameters>(
  parameters: Parameters,
  name: Name,
  value: Parameters[Name] | null,
): Parameters {
  const { [name]: _before, ...others } = parameters
  return value === null || value === undefined ? others : { ...others, [name]: value }
}

/** What the application would refuse, by path (`messages.0.text`). */
export function promptIssues(draft: PromptDraft): Issue[] {
  const { error } = promptCreate.safeParse(draft)
  return issuesOf(error)
}

/** Only what was changed; a change of the content makes a new version. */
export function patchOf(before: PromptDraft, draft: PromptDraft): PromptPatch {
  const changed = (name: keyof PromptDraft) => JSON.stringify(before[name]) !== JSON.stringify(draft[name])
  return {
    ...(changed('name') && { name: draft.name }),
    ...(changed('description') && { description: draft.description }),
    ...(changed('model') && { model: draft.model }),
    ...(changed('messages') && { messages: draft.messages }),
    ...(changed('variables') && { variables: draft.variables }),
    ...(changed('parameters') && { parameters: draft.parameters }),
  }
}

/** A call of it as curl says it; variables with a default may be left out and are. */
export function curlOf(prompt: Pick<PromptDraft, 'slug' | 'variables'>, proxyUrl: string, token: string): string {
  const needed = prompt.variables.filter((variable) => variable.default === null)
  const variables = Object.fromEntries(needed.map(({ name }) => [name, '…']))
  const body = JSON.stringify({ variables }, null, 2)
  return [
    `curl ${proxyUrl}/prompts/${prompt.slug}`,
    `-H 'authorization: Bearer ${token}'`,
    "-H 'content-type: application/json'",
    `-d '${body}'`,
  ].join(' \\\n  ')
}
