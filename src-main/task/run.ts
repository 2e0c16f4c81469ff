/** A task from its words to its result: one model after the other, until one answers. */
import { readAnswer, type TaskAnswer } from './answer.ts'
import { type Material, readMaterial, write } from './files.ts'
import { modelsFor, type QualityChains } from './models.ts'
import { requestFor, thinkingFor } from './request.ts'
import {
  type Ask,
  type FailureKind,
  type Reply,
  TaskInputError,
  type TaskOptions,
  type TaskResult,
  type ThinkingConfig,
  taskQualities,
} from './types.ts'

export interface TaskDeps {
  ask: Ask
  chains: QualityChains
  backend: TaskResult['backend']
  /** In ms, never going backwards. */
  now(): number
}

export interface TaskEnd {
  result: TaskResult
  /** Null = it succeeded. `no-key` only when that was so for every model. */
  failure: FailureKind | null
}

type Answered = Extract<Reply, { kind: 'answer' }>

interface Served {
  model: string
  reply: Answered
  answer: TaskAnswer
  thinking: ThinkingConfig | null
}

/** Failures that say nothing about other models. */
const goesOn: ReadonlySet<FailureKind> = new Set(['no-key', 'model'])

/** Throws TaskInputError for a wrong option, before anything is asked; what becomes of the task itself is in the result. */
export async function runTask(task: string, options: TaskOptions, deps: TaskDeps): Promise<TaskEnd> {
  const models = check(task, options, deps.chains)
  const material = await readMaterial(options)
  const begun = deps.now()
  const failures: Exclude<Reply, Answered>[] = []
  for (const [index, model] of models.entries()) {
    const served = await put(task, model, material, options, deps)
    if (served.kind === 'answer') return finish(served.served, options, deps, begun)
    failures.push(served)
    if (!goesOn.has(served.kind)) break
    const next = models[index + 1]
    options.onProgress?.(`${served.message}${next === undefined ? '' : ` Trying ${next}.`}`)
  }
  const last = failures.findLast(({ kind }) => kind !== 'no-key') ?? failures.at(-1)
  const error = [...new Set(failures.map(({ message }) => message))].join(' ')
  const keyId = failures.findLast((failed) => failed.keyId !== null)?.keyId ?? null
  return { result: { ...nothing(deps, begun), keyId, error }, failure: last?.kind ?? 'model' }
}

function check(task: string, options: TaskOptions, chains: QualityChains): string[] {
  if (task.trim() === '') throw new TaskInputError('task', 'say what is to be done')
  if (options.quality !== undefined && !taskQualities.includes(options.quality)) {
    throw new TaskInputError('quality', `use ${taskQualities.join(', ')}`)
  }
  const models = modelsFor(options, chains)
  if (models.length === 0) throw new TaskInputError('quality', 'no model is set for this quality')
  if (models.some((model) => model.trim() === '')) throw new TaskInputError('model', 'give a name')
  return models
}

type Put = { kind: 'answer'; served: Served } | Exclude<Reply, Answered>

/** Asks one model. An answer without what was asked for is this model's failure. */
async function put(task: string, model: string, material: Material, options: TaskOptions, deps: TaskDeps): Promise<Put> {
  const thinking = thinkingFor(model, options)
  options.onProgress?.(`Asking ${model}…`)
  const reply = await deps.ask(model, requestFor(task, material, options, thinking), options.signal)
  if (reply.kind !== 'answer') return { ...reply, message: `${model}: ${reply.message}` }
  const answer = readAnswer(reply.body)
  const lacks = options.imageOutput === undefined ? answer.text === '' && 'text' : answer.image === null && 'image'
  if (lacks) return { kind: 'model', message: `${model}: gave no ${lacks} (${answer.refusal}).`, keyId: reply.keyId }
  return { kind: 'answer', served: { model, reply, answer, thinking } }
}

async function finish(served: Served, options: TaskOptions, deps: TaskDeps, begun: number): Promise<TaskEnd> {
  const { answer, reply, thinking } = served
  if (answer.cut) options.onProgress?.('The answer was cut short at the longest that the model gives.')
  const base = nothing(deps, begun)
  const { imageOutput, output } = options
  const wrong = [
    imageOutput === undefined ? null : await write(imageOutput, Buffer.from(answer.image ?? '', 'base64')),
    output === undefined ? null : await write(output, answer.text),
  ].filter((problem) => problem !== null)
  const result: TaskResult = {
    ...base,
    success: wrong.length === 0,
    output: answer.text,
    modelUsed: reply.model ?? served.model,
    keyId: reply.keyId,
    error: wrong.length === 0 ? null : wrong.join(' '),
    imagePath: imageOutput !== undefined && wrong.length === 0 ? imageOutput : null,
    thinkingConfig: thinking,
    toolsUsed: answer.toolsUsed,
    tokensIn: answer.tokensIn,
    tokensOut: answer.tokensOut,
    thinkingTrace: answer.thoughts === '' ? null : answer.thoughts,
    thinkingTokens: answer.thinkingTokens,
  }
  return { result, failure: wrong.length === 0 ? null : 'stopped' }
}

/** A task that was never put to a model. */
export function noResult(backend: TaskResult['backend'], error: string): TaskResult {
  return { ...nothing({ backend, now: () => 0 }, 0), error }
}

function nothing({ backend, now }: Pick<TaskDeps, 'backend' | 'now'>, begun: number): TaskResult {
  return {
    success: false,
    output: null,
    modelUsed: null,
    keyId: null,
    error: null,
    imagePath: null,
    thinkingConfig: null,
    toolsUsed: [],
    tokensIn: null,
    tokensOut: null,
    durationMs: Math.round(now() - begun),
    backend,
    thinkingTrace: null,
    thinkingTokens: null,
  }
}
