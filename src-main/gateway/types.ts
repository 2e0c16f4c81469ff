/** The unified API's own words: what clients and upstreams speak, a conversation that belongs to none of them, and where a model is served. Pure. */
import type { ModelRoute, ServedModel } from '../../src-preload/contract/index.ts'
import type { WireFormat } from '../providers/types.ts'

export type { WireFormat }

// ── What a request asks for ──────────────────────────────────────────────────────────────────────────────────────────

/** What a request to /v1 or /v1beta is, by its method and path alone. `model` and `stream` only where the path says them. */
export type Operation =
  | { kind: 'generate'; format: WireFormat; model: string | null; stream: boolean | null }
  | { kind: 'embed'; format: 'chat' | 'gemini'; model: string | null; batch: boolean }
  | { kind: 'count'; format: 'messages' | 'gemini'; model: string | null }
  | { kind: 'models'; format: 'chat' | 'messages' | 'gemini'; model: string | null }

// ── A conversation ───────────────────────────────────────────────────────────────────────────────────────────────────

/** Bytes as base64, or where they are to be had. */
export type Media = { mime: string; data: string } | { mime: string | null; url: string }

export type Part =
  | { kind: 'text'; text: string; cache?: boolean }
  | { kind: 'image'; media: Media; detail?: 'auto' | 'low' | 'high'; cache?: boolean }
  | { kind: 'audio'; media: Media }
  | { kind: 'file'; media: Media; name: string | null; cache?: boolean }
  /** `args` is JSON text, as the model wrote it; '{}' when it wrote none. `signature`: Gemini's thoughtSignature. */
  | { kind: 'tool-call'; id: string; name: string; args: string; signature?: string; cache?: boolean }
  | { kind: 'tool-result'; callId: string; name: string | null; parts: Part[]; isError: boolean; cache?: boolean }
  /** `signature` proves it to the provider that wrote it, and to no other. */
  | { kind: 'thinking'; text: string; signature: string | null }
  | { kind: 'redacted-thinking'; data: string }
  | { kind: 'refusal'; text: string }

export interface Turn {
  role: 'user' | 'assistant'
  parts: Part[]
}

export interface Tool {
  name: string
  description: string | null
  /** JSON Schema of its arguments; null = none are declared. */
  parameters: Record<string, unknown> | null
  strict: boolean | null
  cache?: boolean
}

export type ToolChoice = { kind: 'auto' | 'none' | 'required' } | { kind: 'tool'; name: string }

export type Shape =
  | { kind: 'text' }
  | { kind: 'json' }
  | { kind: 'schema'; name: string; schema: Record<string, unknown>; strict: boolean | null }

/** How much it may think: not at all, as the model likes, so many tokens, or about so hard. `visible` = the thoughts are to be shown. */
export interface Thinking {
  mode: 'off' | 'auto' | 'budget' | 'effort'
  budget: number | null
  effort: 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max' | null
  visible: boolean
}

/** A request for an answer, in nobody's format. Null = the client did not say. */
export interface Conversation {
  model: string
  stream: boolean
  system: Part[]
  turns: Turn[]
  tools: Tool[]
  toolChoice: ToolChoice | null
  parallelTools: boolean | null
  maxTokens: number | null
  temperature: number | null
  topP: number | null
  topK: number | null
  seed: number | null
  stop: string[]
  presencePenalty: number | null
  frequencyPenalty: number | null
  shape: Shape | null
  thinking: Thinking | null
  /** An id of the client's own user. */
  user: string | null
  /** In a stream, the client wants to be told the usage (chat's `stream_options.include_usage`; the other formats always tell it). */
  wantsUsage: boolean
  /** Fields by the client's own names that were there and that no other format has a place for: hints, which the published table allows to drop. */
  hints: string[]
}

// ── An answer ────────────────────────────────────────────────────────────────────────────────────────────────────────

export type StopReason = 'end' | 'length' | 'stop-sequence' | 'tool-calls' | 'refusal' | 'filtered' | 'pause'

/** Input excludes cache reads and writes; output includes reasoning. Null = the answer does not say. */
export interface AnswerUsage {
  input: number | null
  cacheRead: number | null
  cacheWrite: number | null
  output: number | null
  reasoning: number | null
}

/**
 * An answer, piece by piece, whether it came as a stream or whole. Order: `start`, then parts one after the other (each `open` …
 * `close`; deltas belong to the open part), `usage` at any time (each replaces what it repeats), `stop` once, `end` last. After
 * `error` nothing comes.
 */
export type AnswerEvent =
  /** `createdAt` in seconds since 1970. */
  | { type: 'start'; id: string; model: string; createdAt: number | null }
  | { type: 'open'; part: { kind: 'text' | 'thinking' | 'refusal' } | { kind: 'tool-call'; id: string; name: string } }
  | { type: 'delta'; text: string }
  /** The open part's (thinking, or Gemini's tool call). */
  | { type: 'signature'; signature: string }
  /** Parts that come whole. */
  | { type: 'whole'; part: Extract<Part, { kind: 'image' | 'redacted-thinking' | 'audio' }> }
  | { type: 'close' }
  | { type: 'usage'; usage: Partial<AnswerUsage> }
  | { type: 'stop'; reason: StopReason; sequence: string | null }
  | { type: 'end' }
  | { type: 'error'; error: AnswerError }

export interface AnswerError {
  /** The HTTP status that it has, or would have had. */
  status: number
  /** The upstream's own code, or Keywheel's (contract/errors.ts). */
  code: string
  message: string
}

/** What follows an upstream's event stream. Never throws: what it cannot read is an `error` event. */
export interface AnswerReader {
  push(chunk: Uint8Array): AnswerEvent[]
  /** The stream has ended; an end in mid-answer is an `error` event. */
  end(): AnswerEvent[]
}

/** What writes a client's event stream. */
export interface AnswerWriter {
  write(events: readonly AnswerEvent[]): Uint8Array
}

// ── Formats ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/** What the unified API does with a format, both as the client's and as the upstream's. */
export interface Format {
  /** Throws Untranslatable for what it does not understand or what no other format can say. `stream` as the path says it. */
  readRequest(body: unknown, given: { model: string | null; stream: boolean | null }): Conversation
  /**
   * The request's body, and what of the conversation had to be dropped. Throws Untranslatable for what would change its meaning.
   * Both name things by their path in the Conversation (`topK`, `tools[1].strict`, `turns[2].parts[0]`); `words.ts` puts that into
   * the client's own words.
   */
  writeRequest(conversation: Conversation): { body: Record<string, unknown>; dropped: string[] }
  /** A whole answer (status below 400). Throws Untranslatable when it is none. */
  readAnswer(body: unknown): AnswerEvent[]
  writeAnswer(events: readonly AnswerEvent[], asked: Conversation): Record<string, unknown>
  streamReader(): AnswerReader
  streamWriter(asked: Conversation): AnswerWriter
  /** The body of an error. */
  writeError(error: AnswerError): Record<string, unknown>
  /** An error as the last thing of a stream that broke. */
  streamError(error: AnswerError): Uint8Array
}

/** A request that cannot be said in the other format. `field` in the client's own words, e.g. `messages[2].content[0].input_audio`. */
export class Untranslatable extends Error {
  override readonly name = 'Untranslatable'
  readonly field: string

  constructor(field: string, message: string) {
    super(message)
    this.field = field
  }
}

/** A request put into an upstream's format. */
export interface Translation {
  /** Null = the client's own bytes. */
  body: Uint8Array | null
  /** Fields of the client's that the upstream has no place for. */
  dropped: readonly string[]
  /** Null = the answer is in the client's format already. */
  answer: AnswerTranslation | null
}

export interface AnswerTranslation {
  /** A whole JSON answer; `status` of the upstream. Errors (400 and above) become the client's kind of error. Throws Untranslatable. */
  whole(status: number, body: unknown): Record<string, unknown>
  stream(): StreamTranslation
}

export interface StreamTranslation {
  /** Bytes for the client; empty when nothing is to be said yet. */
  push(chunk: Uint8Array): Uint8Array
  /** The upstream has ended. */
  end(): Uint8Array
  /** An error as the client's format says it in mid-stream. */
  fail(error: AnswerError): Uint8Array
  /** What the upstream said of an error inside its stream; null = nothing. */
  readonly error: AnswerError | null
}

// ── Where a model is served ──────────────────────────────────────────────────────────────────────────────────────────

export interface Place {
  pool: string
  model: string
}

/** What is known of routes and of the models that pools serve. Replaced whole when something changes. */
export interface ModelIndex {
  routes: readonly ModelRoute[]
  served: readonly Omit<ServedModel, 'ready'>[]
  /** Every pool that may be named as `pool/model`. `guess` tells whether a model is likely one of its provider's; only asked where nothing is listed. */
  pools: readonly { slug: string; provider: string; listed: boolean; guess(model: string): boolean }[]
}

export type RoutePlan =
  | { kind: 'places'; places: Place[]; route: ModelRoute | null }
  /** Nobody serves it. `nearest` are names that are served and much like it. */
  | { kind: 'unknown'; nearest: string[] }

export interface Router {
  /** The places for a model, best first; only in pools that `allowed` says yes to. `random` in [0, 1) divides by weight. */
  plan(model: string, allowed: (pool: string) => boolean, random: () => number): RoutePlan
  /** The names that routes are called by, without those that stand for many; only of routes that lead to an allowed pool. */
  names(allowed: (pool: string) => boolean): Iterable<string>
}
