/** What is set, said and answered in the Playground, and what is sent of it. Pure. */
import type { PlaygroundInput, Prompt, qualityLevels, Settings } from '../../../src-preload/contract/index.ts'
import { type Message, type PromptDraft, variablesIn, withMessages } from '../connect/prompts/prompt-draft.ts'
import { type Answer, noAnswer, type Picture, textOf } from './answer.ts'

type QualityLevel = (typeof qualityLevels)[number]

export interface Setup {
  by: 'model' | 'quality'
  /** Null = whichever serves the model. */
  pool: string | null
  /** Null = not chosen yet: the first that is ready. */
  model: string | null
  quality: QualityLevel
  system: string
  parameters: PlaygroundInput['parameters']
  effort: NonNullable<PlaygroundInput['effort']> | null
  /** By variable. */
  values: Readonly<Record<string, string>>
}

export interface Turn {
  id: number
  /** As it was written, with its `{{variables}}`. */
  template: string
  /** As it was sent. */
  text: string
  pictures: readonly Picture[]
  answer: Answer
}

export interface Draft {
  text: string
  pictures: readonly Picture[]
}

export interface Session {
  setup: Setup
  draft: Draft
  turns: readonly Turn[]
}

export const noDraft: Draft = { text: '', pictures: [] }

export const newSession: Session = {
  setup: {
    by: 'model',
    pool: null,
    model: null,
    quality: 'standard',
    system: '',
    parameters: {},
    effort: null,
    values: {},
  },
  draft: noDraft,
  turns: [],
}

/** As the contract has it. */
const messagesMax = 100
const picturesMax = 16

/** The names to ask for, best first; none = nothing is chosen, or the quality has no models. */
export function modelsOf({ by, pool, model, quality }: Setup, levels: Settings['quality'], first: string | undefined): string[] {
  if (by === 'quality') return levels[quality]
  const name = (model ?? first ?? '').trim()
  if (name === '') return []
  return [pool === null ? name : `${pool}/${name}`]
}

/** What stands between `{{` and `}}` in all that will be sent. */
export function variablesOf({ setup, draft }: Pick<Session, 'setup' | 'draft'>): string[] {
  return variablesIn([
    { role: 'system', text: setup.system },
    { role: 'user', text: draft.text },
  ])
}

/** Variables that have a value are replaced by it, the others stay as they stand. */
export function filled(text: string, values: Setup['values']): string {
  return text.replace(/\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}/g, (whole, name: string) => values[name] || whole)
}

/** A conversation as it is sent. Turns that nobody answered are left out, but for the last one. */
export function questionOf({ setup, turns }: Pick<Session, 'setup' | 'turns'>): Omit<PlaygroundInput, 'model'> {
  const { system, parameters, effort, values } = setup
  const heard = turns.filter(({ answer }, at) => at === turns.length - 1 || saidIn(answer) !== '')
  const messages: Message[] = system.trim() === '' ? [] : [{ role: 'system', text: filled(system, values) }]
  const images: PlaygroundInput['images'] = []
  // Newest first, as far as there is room.
  const kept = heard.slice(-Math.floor((messagesMax - messages.length) / 2))
  for (const [at, { text, pictures, answer }] of kept.entries()) {
    if (text !== '') messages.push({ role: 'user', text })
    const place = messages.length - 1
    if (text !== '') images.push(...pictures.map((picture) => ({ ...picture, message: place })))
    if (at < kept.length - 1) messages.push({ role: 'assistant', text: saidIn(answer) })
  }
  return { messages, parameters, images: images.slice(-picturesMax), ...(effort === null ? {} : { effort }) }
}

/** What the model is reminded of; it cannot be shown its own pictures in every format. */
function saidIn(answer: Answer): string {
  return textOf(answer) || (answer.parts.length > 0 ? '[image]' : '')
}

/** What was tried, as a prompt to be saved: up to the last thing that the person said. */
export function promptFrom({ setup, draft, turns }: Session, model: string): PromptDraft {
  const before = turns.flatMap(({ template, answer }): Message[] => {
    const answered = textOf(answer)
    return [
      ...(template === '' ? [] : [{ role: 'user' as const, text: template }]),
      ...(answered === '' ? [] : [{ role: 'assistant' as const, text: answered }]),
    ]
  })
  const next: Message[] = draft.text.trim() === '' ? [] : [{ role: 'user', text: draft.text }]
  const system: Message[] = setup.system.trim() === '' ? [] : [{ role: 'system', text: setup.system }]
  const messages = [...system, ...before, ...next]
  while (messages.at(-1)?.role === 'assistant') messages.pop()
  const empty = { slug: '', name: '', description: '', model, messages: [], variables: [], parameters: setup.parameters }
  return withMessages(empty, messages.length === 0 ? [{ role: 'user', text: '' }] : messages)
}

/** A saved prompt, ready to be tried: what the person says last waits to be sent. */
export function sessionOf(
  prompt: Pick<Prompt, 'model' | 'messages' | 'variables' | 'parameters'>,
  pools: readonly string[],
): Session {
  const { messages, variables, parameters } = prompt
  const system = messages.flatMap(({ role, text }) => (role === 'system' ? [text] : [])).join('\n\n')
  const spoken = messages.filter(({ role }) => role !== 'system')
  const last = spoken.at(-1)?.role === 'user' ? spoken.at(-1) : undefined
  const turns = turnsOf(last === undefined ? spoken : spoken.slice(0, -1))
  const values = Object.fromEntries(variables.map(({ name, default: value }) => [name, value ?? '']))
  return {
    setup: { ...newSession.setup, ...placeOf(prompt.model, pools), system, parameters, values },
    draft: { ...noDraft, text: last?.text ?? '' },
    turns,
  }
}

function turnsOf(messages: readonly Message[]): Turn[] {
  const turns: Turn[] = []
  for (const { role, text } of messages) {
    const last = turns.at(-1)
    if (role === 'assistant' && last !== undefined && last.answer.parts.length === 0) {
      turns[turns.length - 1] = { ...last, answer: said(text) }
    } else {
      const own = role === 'user' ? text : ''
      turns.push({
        id: -1 - turns.length,
        template: own,
        text: own,
        pictures: [],
        answer: role === 'user' ? said('') : said(text),
      })
    }
  }
  return turns
}

function said(text: string): Answer {
  return { ...noAnswer, state: 'done', parts: text === '' ? [] : [{ type: 'text', text }] }
}

/** `pool/model` taken apart where there is such a pool. */
export function placeOf(name: string, pools: readonly string[]): Pick<Setup, 'pool' | 'model'> {
  const slash = name.indexOf('/')
  const pool = name.slice(0, Math.max(0, slash))
  return pools.includes(pool) ? { pool, model: name.slice(slash + 1) } : { pool: null, model: name }
}
