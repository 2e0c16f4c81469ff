/** What a call is to do: where it may be served, and what is sent there. Made once, before a key is asked for. */
import type { AnswerTranslation, WireFormat } from '../../gateway/types.ts'
import type { Lease } from '../../pool/types.ts'
import type { RequestFacts } from '../../providers/types.ts'
import type { ProxyPool } from '../types.ts'

/** One place that can serve a call. */
export interface Step {
  pool: string
  model: string | undefined
}

export interface CallPlan {
  /** Whose rules the call goes by: the pool that was asked for, or the first that may serve. */
  pool: ProxyPool
  facts: RequestFacts
  /** Never empty; the one that was asked for first. */
  steps: readonly Step[]
  /** The steps are what the engine's own fallback rules say of the first one, so that its queue can follow them. */
  chained: boolean
  /** Which conversation this is, by the request itself; null = it does not say. Costs more than all the rest. */
  session(): string | null
  /** What is sent to the pool and model of a lease. Null = it cannot be said there. */
  serve(lease: Lease): Serving | null
  rules: CallRules
  /** Null = the answer is not to be kept. */
  keep: Keeping | null
  /** What the unified API knows of the call; null = a pool was called by its name. */
  unified: UnifiedFacts | null
  /** The answer's text alone, where that was asked for. */
  present: ((answer: Record<string, unknown>) => string) | null
}

/** Times in ms. */
export interface CallRules {
  /** Null = as the serving pool says. */
  firstByteMs: number | null
  attemptBudgetMs: number
  fallbackAfterMs: number
}

export interface Keeping {
  /** All that the answer depends on. */
  key: string
  ttlMs: number
  /** The client asked not to be given a kept one (no-cache). */
  fresh: boolean
}

interface UnifiedFacts {
  /** The route's name or `prompts/{slug}`; null = the model was found without. */
  route: string | null
  format: WireFormat
  /** Gemini's stream that is one JSON array. */
  jsonArray: boolean
}

/** What goes to the pool and model of a lease. */
export interface Serving {
  pool: ProxyPool
  /** Path and query at the pool's origin, without a credential. */
  path: string
  /** Null = the client's own bytes. */
  body: Uint8Array | null
  /** It is not the account that the client thinks it is calling. */
  elsewhere: boolean
  /** It speaks another format than the client: what the client's SDK says in headers means nothing there. */
  foreign: boolean
  /** Content codings are not asked for, because the answer has to be read. */
  plain: boolean
  /** Null = the client's. */
  format: WireFormat | null
  /** Null = the answer goes to the client as it is. */
  answer: TranslatedAnswer | null
  /** Usage was asked for on top; what only tells that is taken out again. */
  hidesUsage: boolean
  dropped: readonly string[]
}

/** Only answers of models come as streams. */
export type TranslatedAnswer = Pick<AnswerTranslation, 'whole'> & Partial<Pick<AnswerTranslation, 'stream'>>

/** A request that goes as the client sent it. */
export const asSent = {
  body: null,
  elsewhere: false,
  foreign: false,
  plain: false,
  format: null,
  answer: null,
  hidesUsage: false,
  dropped: [],
} as const satisfies Partial<Serving>
