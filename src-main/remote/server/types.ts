/** The words of the server side of the apipool protocol: what a route is given, what it answers, what it needs of the house. */
import type { HeaderReader } from '../../providers/types.ts'

/** Who is logged in. */
export interface ApiUser {
  id: string
  username: string
  role: 'admin' | 'user'
  mayReveal: boolean
  /** Slugs; null = all. */
  pools: readonly string[] | null
}

export interface ApiRequest {
  method: string
  /** The values of the route's `{names}`, percent-decoded. */
  params: Readonly<Record<string, string>>
  query: URLSearchParams
  /** The JSON body; undefined = there was none. */
  body: unknown
  header: HeaderReader
  peer: { address: string; port: number }
  gone: AbortSignal
}

export type ApiAnswer =
  | { status: number; json: unknown; headers?: Readonly<Record<string, string>> }
  | { status: number; text: string; type: string; headers?: Readonly<Record<string, string>> }

/** An answer `{"detail": …}`, thrown. `detail` is a text, or a list as FastAPI's validation errors are. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem'
  readonly status: number
  readonly detail: unknown
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, detail: unknown, headers: Readonly<Record<string, string>> = {}) {
    super(typeof detail === 'string' ? detail : 'the request is not valid')
    this.status = status
    this.detail = detail
    this.headers = headers
  }
}

/** By method and address below /api/v1, e.g. `GET /pools/{id}/config`; fixed addresses go before those with names. */
export type ApiRoutes = Readonly<Record<string, ApiRoute>>
export type ApiRoute = {
  /** Bytes of a body that are read at most; absent = 1 MiB. */
  maxBody?: number
  /** Reads a body; absent = JSON.parse. */
  parse?: (text: string) => unknown
} & (
  | { open: true; run(request: ApiRequest): Promise<ApiAnswer> }
  | { open: false; admin: boolean; run(request: ApiRequest, user: ApiUser): Promise<ApiAnswer> }
)

/** A request as the proxy's port hands it over. */
export interface ServerRequest {
  method: string
  /** From the first slash, without its query, percent-encoded as it came. */
  path: string
  query: URLSearchParams
  header: HeaderReader
  body: Uint8Array
  peer: { address: string; port: number }
  gone: AbortSignal
}

export interface ServerAnswer {
  status: number
  /** Name, value, name, value… */
  headers: string[]
  body: Uint8Array
}

export interface ApipoolServer {
  /** Bytes of a body that are read at most, more is 413; or the answer to who may not send one. Never rejects. */
  maxBody(request: Omit<ServerRequest, 'body'>): Promise<number | ServerAnswer>
  /** Never rejects. */
  answer(request: ServerRequest): Promise<ServerAnswer>
}

export interface ServerDeps {
  /** Whose access token it is. Throws ApiProblem 401 or 403. */
  userOf(accessToken: string): Promise<ApiUser>
  log: { warn(fields: object, message: string): void }
}
