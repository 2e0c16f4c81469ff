/** The words of this room: one task for a model, how well it is to be done, and what became of it. */

export const taskQualities = ['draft', 'standard', 'production', 'research'] as const
export type TaskQuality = (typeof taskQualities)[number]

export interface TaskOptions {
  /** The model to ask first, by Gemini's API name or its short one (`gemini-3-flash`). Absent = the first of the quality's. */
  model?: string
  /** Absent = `standard`, or, with a model, nothing is said about quality. */
  quality?: TaskQuality
  /** A text file that the model is given with the task. */
  contextFile?: string
  /** An image that the model is given with the task. */
  imageFile?: string
  /** The answer's text is written there. */
  output?: string
  /** An image is asked for and written there. */
  imageOutput?: string
  /** Absent = a sentence or two that fit the quality. */
  systemPrompt?: string
  /** Google's search and code execution. */
  enableTools?: boolean
  /** The model's thoughts come with the result. */
  captureThinking?: boolean
  signal?: AbortSignal
  /** Hears in words what is going on. No key is in them. */
  onProgress?: (message: string) => void
}

export interface ThinkingConfig {
  /** Tokens; -1 = as many as the model likes. */
  thinkingBudget?: number
  includeThoughts?: boolean
}

export type TaskTool = 'google_search' | 'code_execution'

/** Null = the answer does not say, or there was none. */
export interface TaskResult {
  success: boolean
  output: string | null
  modelUsed: string | null
  /** Names the key that served, or the one that was tried last; never the secret. */
  keyId: string | null
  error: string | null
  imagePath: string | null
  thinkingConfig: ThinkingConfig | null
  /** Tools that the model really used. */
  toolsUsed: TaskTool[]
  tokensIn: number | null
  /** Without thinking. */
  tokensOut: number | null
  /** From the first call to the last answer, in ms. */
  durationMs: number
  /** `keywheel` = a running Keywheel, `library` = this program itself. */
  backend: 'keywheel' | 'library'
  thinkingTrace: string | null
  thinkingTokens: number | null
}

/**
 * Why there was no answer. `no-key`: none is ready for this model. `model`: this model cannot do it. `unreachable`, `denied` and
 * `stopped`: another model would fare no better.
 */
export type FailureKind = 'no-key' | 'model' | 'unreachable' | 'denied' | 'stopped'

export type Reply =
  | { kind: 'answer'; body: unknown; keyId: string | null; model: string | null }
  | { kind: FailureKind; message: string; keyId: string | null }

/** Asks one model, with whatever keys there are for it. `body` is Gemini's generateContent. It does not throw for what the upstream does. */
export type Ask = (model: string, body: Record<string, unknown>, signal: AbortSignal | undefined) => Promise<Reply>

/** Something in the options is wrong; `field` is the option's name. */
export class TaskInputError extends Error {
  override readonly name = 'TaskInputError'
  readonly field: keyof TaskOptions | 'task'

  constructor(field: TaskInputError['field'], message: string) {
    super(`${field}: ${message}`)
    this.field = field
  }
}
