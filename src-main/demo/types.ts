/** The words of the scripted upstream. */

/** Whose API a request speaks. */
export type DialectName = 'openai' | 'anthropic' | 'gemini'

/** Token counts that an answer claims. `input` is everything that was read, cached tokens included; `output` includes reasoning. */
export interface ScriptedUsage {
  input: number
  cacheRead: number
  cacheWrite: number
  output: number
  reasoning: number
}

/** A tool that an answer calls; `args` as the model would write them. */
export interface ScriptedCall {
  name: string
  args: Record<string, unknown>
}

/** How one request is answered. Delays are in milliseconds and really waited. */
export type Behaviour =
  /**
   * A good answer. `text` and `usage` replace what it would say, `headers` are added to it; `chunkDelayMs` is the pause before
   * each chunk of a stream; `account` is the organisation that the answer names. `calls`: tools that it calls, or `offered` = the
   * first one that the request offers, until the request brings its result; unless told, only a request that demands a call gets one.
   */
  | {
      kind: 'ok'
      text?: string
      calls?: 'offered' | readonly ScriptedCall[]
      usage?: Partial<ScriptedUsage>
      chunkDelayMs?: number
      headers?: Record<string, string>
      account?: string
    }
  /**
   * A good answer as long as the limits are kept: so many requests (and tokens, prompt and answer together) in any `windowS`
   * seconds (60 unless told). They are kept per key, or per `account`, which the answers then name; with `perModel` for each
   * model alone. Beyond them 429. `announce`: `headers` = limits in every answer's headers, in the style of its API (the default;
   * Gemini has none, and names them in its refusals); `refusals` = only a hint in the 429; `nothing` = a bare 429.
   */
  | {
      kind: 'limited'
      requests: number
      tokens?: number
      windowS?: number
      account?: string
      perModel?: boolean
      announce?: 'headers' | 'refusals' | 'nothing'
    }
  /** 429 with a hint (1 s unless told; null = no hint at all). Gemini puts it in the body, the others in Retry-After. */
  | { kind: 'rate-short'; retryAfterS?: number | null }
  /** 429 for the day's requests (Anthropic has none: a 429 with a Retry-After of 12 hours). */
  | { kind: 'rate-daily' }
  /** OpenAI 429 insufficient_quota, Anthropic 400 "credit balance is too low", Gemini 402. */
  | { kind: 'no-credit' }
  /** 401, and 400 API_KEY_INVALID for Gemini. */
  | { kind: 'key-invalid' }
  /** 404: the model does not exist. */
  | { kind: 'model-missing' }
  /** 400: the request itself is wrong. */
  | { kind: 'bad-request' }
  /** 503, and 529 for Anthropic; with a Retry-After only when told. */
  | { kind: 'overloaded'; retryAfterS?: number }
  /** 500. */
  | { kind: 'server-error' }
  /** A good answer whose first byte comes late. */
  | { kind: 'slow-first-byte'; ms: number }
  /** A stream whose connection is cut after so many chunks (a plain answer is cut like `cut-body`). */
  | { kind: 'cut-stream'; chunks: number }
  /** A Content-Length that is never reached: half the body, then the connection is cut (a stream: after its first chunk). */
  | { kind: 'cut-body' }
  /** Status 200 with an error for a body: a failure of the server unless told. */
  | { kind: 'error-in-200'; fault?: Fault }
  /** A stream with status 200 whose first event is an error: an overload (OpenAI: a failure of the server) unless told. */
  | { kind: 'error-as-first-event'; fault?: Fault }
  /** Never answers; the connection stays open. */
  | { kind: 'no-answer' }
  /** The connection is reset without an answer. */
  | { kind: 'reset' }

/** Where a key is, when it is somewhere that none of the APIs puts it; `format` holds `{key}` once. */
export interface KeyPlace {
  in: 'header' | 'query'
  name: string
  format: string
}

/** The kinds of failure that each dialect has a shape for. */
export type Fault =
  | 'rate-short'
  | 'rate-daily'
  | 'no-credit'
  | 'key-invalid'
  | 'model-missing'
  | 'bad-request'
  | 'overloaded'
  | 'server-error'
  | 'not-found'

/** Where an account stands with its limits after a call. */
export interface Standing {
  allowed: boolean
  requests: { limit: number; remaining: number }
  tokens: { limit: number; remaining: number } | null
  /** Ms until all of it is there again; after a refusal, until something is. */
  resetMs: number
}

/** A request as far as an answer depends on it. */
export interface Question {
  method: string
  path: string
  query: URLSearchParams
  /** Parsed JSON, or undefined. */
  body: unknown
  /** Counts up from 1; ids are made of it, so that runs are alike. */
  number: number
  /** The organisation that answers name; null = none. */
  account: string | null
  /** Limits that answers announce; null = none. */
  standing: Standing | null
  /** What is wrong with the request, in its API's own words; null = nothing that was looked for. */
  mistake: string | null
}

/** What a good answer says. */
export interface Content {
  text: string
  calls: readonly ScriptedCall[]
  usage: ScriptedUsage
}

/** An event of a stream whose data name its type. */
export interface TypedEvent {
  type: string
  [field: string]: unknown
}

export interface JsonReply {
  kind: 'json'
  status: number
  headers: Record<string, string>
  body: unknown
}

export interface StreamReply {
  kind: 'stream'
  headers: Record<string, string>
  contentType: string
  chunks: string[]
}

export type Reply = JsonReply | StreamReply

export interface Dialect {
  /** A good answer; null = this API has nothing at that address. */
  answer(question: Question, content: Content): Reply | null
  /** A failure; `retryAfterS` null = without a hint. */
  failure(fault: Fault, question: Question, retryAfterS: number | null): JsonReply
  /** A stream whose first event is an error. */
  brokenStream(question: Question, fault: Fault | null): StreamReply
}

/** A request as it came in. It is there from its first byte; the fields fill up as it goes on. */
export interface ReceivedRequest {
  readonly method: string
  /** Origin-form target with its query. */
  readonly url: string
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  /** The credential, wherever it was; null = none. */
  readonly key: string | null
  /** As much of the body as has come, as text. */
  readonly body: string
  /** The same as bytes. */
  readonly bytes: Buffer
  /** The whole request has come. */
  readonly complete: boolean
  /** The whole answer has gone out. */
  readonly finished: boolean
  /** The caller went away before the answer ended. */
  readonly aborted: boolean
}
