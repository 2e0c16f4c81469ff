/** The proxy's own words: what it is given, and the two small interfaces between it and the network. */
import type { SecureContext } from 'node:tls'
import type {
  Attempt,
  AuthStyle,
  PoolConfig,
  PoolState,
  PromptVersion,
  Quota,
  RequestRow,
  ServedModel,
} from '../../src-preload/contract/index.ts'
import type { Router } from '../gateway/types.ts'
import type { Clock, Lane, PoolEngine } from '../pool/types.ts'
import type { HeaderReader, ProviderDefinition, TokenUsage } from '../providers/types.ts'
import type { Resolve } from './forward/guarded-connect.ts'

/** A pool as far as a call needs it. */
export interface ProxyPool {
  slug: string
  /** Only published ones are for clients; a retired one says so, with its successor, by 410. */
  state: PoolState
  successor: string | null
  provider: ProviderDefinition
  /** Base URL of the upstream; requests go to its origin, below its path, and nowhere else. */
  baseUrl: URL
  auth: AuthStyle
  /** Calls of one session stay on one key. */
  sticky: boolean
  config: PoolConfig
}

export interface ProxyClient {
  id: string
  name: string
  pools: readonly string[] | null
  /** The lane of its calls that do not name one. */
  lane: Lane
  /** Models it may ask for (names, `prefix*` or `*`); null = all. */
  models: readonly string[] | null
  /** Keywheel's own test: pools that are no clients' yet, or no more, answer it as well. */
  own?: true
  /** Told of its calls while they go on; Keywheel's own only. Must neither throw nor wait. */
  watch?: CallWatch
}

/** Who follows a call while it goes on. */
interface CallWatch {
  /** A key was leased and is asked now. */
  asking(place: Pick<Attempt, 'keyId' | 'keyLabel' | 'pool' | 'model'>): void
  /** An attempt has ended, well or not. */
  attempted(attempt: Attempt): void
  /** The call is over. Null = it never named a pool or a model that is there, so there is no row. */
  finished(row: RequestRow | null): void
}

/** What money a call may still spend, over the budgets of its pool and its client. Keys have theirs in the engine. */
export interface Spending {
  /** Sets `nanos` aside until `settle`. When a budget is used up: whose it is, and wall ms when it is renewed (null = never). */
  reserve(
    pool: string,
    clientId: string,
    nanos: number,
  ): SetAside | { kind: 'spent'; of: 'pool' | 'client'; until: number | null }
}
export interface SetAside {
  kind: 'reserved'
  /** What the call really cost; null = unknown, and then what was set aside counts. Once. */
  settle(nanos: number | null): void
}

/** Credits of clients: check and deduction in one step, before the call. */
export interface Quotas {
  /** Null = the client has no quotas. */
  take(clientId: string, call: QuotaCall): QuotaTaken | QuotaShort | null
}
/** What the rules go by, and what the call is thought to use. */
export interface QuotaCall {
  pool: string
  /** As the client asked for it; null = it named none. */
  model: string | null
  /** Input and output together, as estimated. */
  tokens: number
  nanos: number
}
/** The quota with the least left, or the one that refuses: for the X-RateLimit headers. */
export interface QuotaState {
  duration: Quota['duration']
  limit: number
  remaining: number
  /** Wall ms; null = never. */
  renewsAt: number | null
}
export interface QuotaTaken {
  kind: 'taken'
  /** Null when all are unlimited. */
  state: QuotaState | null
  /**
   * How the call ended; once. `reached` = bytes of it came to an upstream, else everything is given back. `tokens` and `nanos`
   * null = unknown, and then what was estimated counts. Gives what the call cost in credits.
   */
  settle(used: { reached: boolean; tokens: number | null; nanos: number | null }): number
}
export interface QuotaShort {
  kind: 'short'
  state: QuotaState
  required: number
}

/** What the proxy's port has besides calls: programs that ask for a token, the apipool protocol. */
export interface Door {
  /**
   * Bytes of a body that are read at most, more is 413; or the answer to who may not send one, of whose body nothing is read.
   * Asked only where there is a body. Never rejects for what a client sent.
   */
  maxBody(request: DoorHead): Promise<number | DoorAnswer>
  /** Never rejects for what a client sent. */
  answer(request: DoorHead & { body: Uint8Array }): Promise<DoorAnswer>
}
export interface DoorHead {
  method: string
  /** From the first slash, without its query, percent-encoded as it came. */
  path: string
  query: URLSearchParams
  header: HeaderReader
  peer: { address: string; port: number }
  /** Where the program sees this Keywheel, e.g. `http://127.0.0.1:8787`. */
  origin: string
  gone: AbortSignal
}
export interface DoorAnswer {
  status: number
  headers: RawHeaders
  body: Uint8Array
}

/** A whole answer that is kept. */
export interface KeptAnswer {
  status: number
  /** Content headers only. */
  headers: RawHeaders
  body: Uint8Array
  usage: TokenUsage | null
}

export interface AnswerCache {
  /** Null = there is none, or it is too old. `key` says all that the answer depends on; it is stored as a digest. */
  find(key: string): Promise<KeptAnswer | null>
  keep(key: string, answer: KeptAnswer, ttlMs: number): void
}

/** How an attempt leaves the machine. */
export interface Way {
  /** Null = directly. No user and password in it. */
  proxy: URL | null
  http2: boolean
  /** What the proxy wants to know; only the environment's proxies have one. */
  login?: ProxyLogin
}
export interface ProxyLogin {
  user: string
  password: string
}

export type PromptFound =
  | { kind: 'published'; slug: string; version: PromptVersion }
  | { kind: 'retired'; successor: string | null }

/** What a price was reckoned by. */
export interface Priced {
  nanos: number
  /** Which table, or `own`. */
  version: string
}

export interface ProxyDeps {
  clock: Clock
  engine: Pick<PoolEngine, 'acquire' | 'acquireNow' | 'tryLease' | 'touch' | 'learn' | 'report' | 'cancel' | 'meters' | 'chain'>
  findPool(slug: string): ProxyPool | undefined
  /** Null when the token is unknown or revoked; constant time in the token. */
  authorise(token: string): ProxyClient | null
  allowedOrigins(): readonly string[]
  /** The keys of a pool: their meters say which limit a refused call met. */
  keysOf(slug: string): Iterable<string>
  /** An answer named the account that a key draws on; called when it is not the one that was named last. */
  onAccount(keyId: string, account: string): void
  keyLabel(keyId: string): string
  /** The secret of a key for one origin. Throws KeywheelError VAULT_LOCKED, AUDIENCE_MISMATCH or KEY_NOT_FOUND. */
  secretFor(keyId: string, origin: string): string
  /** False while no key can be opened: the proxy answers 503 VAULT_LOCKED for pools other than demo ones. */
  vaultOpen(): boolean
  /** Billionths of a US dollar, or null when unknown. */
  cost(provider: string, model: string | null, usage: TokenUsage): Priced | null
  /** Where models are served; another object after each change. */
  router(): Router
  servedModels(): readonly ServedModel[]
  /** Undefined = there is none that could be called. */
  findPrompt(slug: string): PromptFound | undefined
  spending: Spending
  quotas: Quotas
  /** Undefined = it is shut, and there is nothing at its address. */
  doors: { connect(): Door | undefined; apipool(): Door | undefined }
  cache: AnswerCache
  /** Throws KeywheelError when what was set cannot be followed. */
  wayFor(keyId: string, pool: ProxyPool): Way
  /** For `GET /metrics`, in Prometheus' text format. */
  metrics(): Promise<{ contentType: string; text: string }>
  /** Called exactly once per authorised request that named a pool. */
  onFinished(row: RequestRow): void
  log: ProxyLog
  /** Names of upstreams to addresses; the system's resolver unless told. */
  resolve?: Resolve
  /** The authorities whose certificates are believed, now; Node's own unless told. */
  trust?: () => SecureContext
}

export interface ProxyLog {
  warn(fields: Record<string, unknown>, message: string): void
  info(fields: Record<string, unknown>, message: string): void
}

/** Name, value, name, value…, as they came. */
export type RawHeaders = string[]

/** One request as it comes in. No Node stream crosses this line; a chunk belongs to the callee only until it returns. */
export interface Exchange {
  readonly method: string
  /** Origin-form target, as sent. */
  readonly target: string
  readonly rawHeaders: readonly string[]
  readonly httpVersion: string
  readonly peer: { address: string; port: number }
  readonly body: BodyReader
  /** The client has gone before the answer ended. */
  readonly isGone: boolean
  /** Aborted in that moment. Made when it is first asked for: most calls need none. */
  readonly gone: AbortSignal
  /** Runs in that moment; gives back how to take that back. */
  onGone(run: () => void): () => void
  /** Sends the status line and headers at once. */
  head(status: number, headers: RawHeaders): void
  /** False = wait for `drained` before writing more. */
  write(chunk: Uint8Array): boolean
  drained(): Promise<void>
  end(): void
  /** Cuts the connection so that the client sees a broken answer, never a complete one; `last` is still sent before. */
  abort(last?: Uint8Array): void
}

export interface BodyReader {
  /** From Content-Length; null = chunked; 0 = none. */
  readonly length: number | null
  /** Starts the flow; may be called once. */
  start(sink: { data(chunk: Uint8Array): void; end(): void; fail(code: string): void }): void
  pause(): void
  resume(): void
}

export interface Acceptor {
  /** Binds both loopback families. Rejects with PORT_TAKEN (nextPort set) or the system's own error. */
  listen(port: number): Promise<{ port: number }>
  /** Stops accepting, waits for what is under way up to `graceMs`, then cuts. */
  close(graceMs: number): Promise<void>
}

interface AttemptLimits {
  connectMs: number
  firstByteMs: number
  idleMs: number
  totalMs: number | null
}

export interface UpstreamAttempt {
  origin: string
  method: string
  path: string
  headers: RawHeaders
  body: Uint8Array | BodyReader | null
  way: Way
  limits: AttemptLimits
}

export type FailStage = 'connect' | 'sending' | 'waiting' | 'body'

/** Exactly one of `end` and `fail`, and never during the call that started the attempt. */
export interface AttemptSink {
  /** The request's last byte has left. */
  sent(): void
  head(status: number, headers: RawHeaders): void
  /** False = pause until `resume` of the running attempt is called. */
  data(chunk: Uint8Array): boolean
  end(): void
  fail(failure: { stage: FailStage; bytesSent: number; code: string; message: string }): void
}

export interface RunningAttempt {
  resume(): void
  abort(): void
}

export interface Forwarder {
  send(attempt: UpstreamAttempt, sink: AttemptSink): RunningAttempt
  close(): Promise<void>
}
