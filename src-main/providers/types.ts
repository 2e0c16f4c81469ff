/** What a vendor looks like from outside. All pure: bytes and numbers in, facts out. */
import type { AuthStyle, ProviderId } from '../../src-preload/contract/index.ts'
import type { LimitReading, Limits, Outcome } from '../pool/types.ts'

/** Reads one header, whatever its case; undefined when absent. */
export type HeaderReader = (name: string) => string | undefined

/** An answer as far as it has been read. `body` is the parsed JSON, or undefined when there is none. */
export interface UpstreamAnswer {
  status: number
  header: HeaderReader
  body: unknown
}

/** Null = the answer does not say. Input counts include neither cache reads nor cache writes; output includes reasoning. */
export interface TokenUsage {
  inputTokens: number | null
  outputTokens: number | null
  cacheReadTokens: number | null
  cacheWriteTokens: number | null
  reasoningTokens: number | null
  model: string | null
  /** Of the cache writes, those to be kept for an hour, which cost more; absent = none. */
  cacheWriteHourTokens?: number
  /** What the provider says it charged, in US dollars as far as its own API means dollars; absent = it does not say. */
  chargedUsd?: number
}

/** Follows an answer while its bytes go by and never throws, whatever they are. */
export interface UsageMeter {
  /** A piece of the answer, valid only during the call. */
  push(chunk: Uint8Array): void
  /** Called once at the end; `complete` is false when the stream broke. */
  finish(complete: boolean): {
    usage: TokenUsage | null /** An error the upstream reported inside a 200. */
    error: Outcome | null
  }
}

/** The API that a client speaks: the shape that errors made by Keywheel take. */
export type ApiFormat = 'openai' | 'anthropic' | 'gemini' | 'plain'

/** The formats of language models: OpenAI's chat completions and Responses, Anthropic's Messages, Gemini's generateContent. */
export type WireFormat = 'chat' | 'responses' | 'messages' | 'gemini'

/** What may be asked of an upstream's model by the unified API. */
export type UpstreamCall =
  | { kind: 'generate'; format: WireFormat; stream: boolean }
  | { kind: 'embed'; format: 'chat' | 'gemini'; batch: boolean }
  | { kind: 'count'; format: 'messages' | 'gemini' }

/** What a pool says about its upstream beyond the base URL. */
export interface UpstreamNames {
  /** Azure: the deployment of a model. */
  deployments: Readonly<Record<string, string>>
  apiVersion: string | null
}

export interface RequestFacts {
  model: string | null
  stream: boolean
  /** Estimates, in tokens, to reserve before the call: what the request holds, and the most it may answer (0 = it does not say). */
  inputTokens: number
  outputTokens: number
}

/** A limit table that a person may start from. */
export interface LimitPreset {
  id: string
  name: string
  limits: Limits
  /** Where the figures come from and when they were read. */
  source: string
}

export interface ProviderDefinition {
  id: ProviderId
  name: string
  /** Null = the person must give one. */
  baseUrl: string | null
  /** What its base URLs have at least, which people leave out because the vendor shows its addresses without; absent = nothing. */
  basePath?: `/${string}`
  auth: AuthStyle
  keysUrl: string | null
  /** What its keys look like, for people: `sk-…`. */
  keyHint: string
  /** The public prefix of its keys, longest first; used to guess and to show a hint. */
  keyPrefixes: readonly string[]
  format: ApiFormat
  /** Headers that the upstream demands; the client's own win. */
  defaultHeaders: Readonly<Record<string, string>>
  /** A request that proves a key without costing a token, relative to the base URL; null = there is none. */
  freeCheck: { method: 'GET' | 'POST'; path: string } | null
  /** The zone whose midnight ends the provider's day. */
  resetZone: string
  presets: readonly LimitPreset[]
  classify(answer: UpstreamAnswer, now: number): Outcome
  /** `path` is what follows the base URL; `body` is the parsed JSON or undefined. */
  requestFacts(path: string, body: unknown): RequestFacts
  /** What the request itself says about the conversation it belongs to (its `user` or metadata, else a digest of the system prompt and first message); null = nothing. Never the text itself. Costs more than all other facts together. */
  sessionOf(model: string | null, body: unknown): string | null
  /** The same request for another model: the path, and the body where that names the model (absent = unchanged); null = it cannot be said which model it is for. */
  withModel(path: string, body: unknown, model: string): { path: string; body?: unknown } | null
  /** Where a call of the unified API goes, below the base URL, query and all; null = this provider does not speak that. */
  endpoint(call: UpstreamCall, model: string, names: UpstreamNames): string | null
  /** The list of models: its path below the base URL, null = there is none; and the names in an answer to it, as calls say them. */
  models: { path: string | null; read(body: unknown): string[] }
  /** A model's name is likely one of this provider's own. */
  ownsModel(model: string): boolean
  /** What an answer says about limits, from headers and, where there is one, the body. `now` in wall ms. */
  readings(answer: UpstreamAnswer, now: number): LimitReading[]
  /** The account whose quota the call drew on, as the answer names it (organisation, project, team); null = it does not. */
  account(answer: UpstreamAnswer): string | null
  /** A meter for an answer of this content type; null = nothing to read in it. `now` gives wall ms. */
  meter(contentType: string, now: () => number): UsageMeter | null
}
