/** Billing in front of a node:http handler, also where handlers take `next` (connect, express). */
import { BillingError, unknownClient } from './billing-errors.ts'
import { type QuotaStanding, rateHeaders, refusalResponse } from './billing-response.ts'

interface Billing {
  trackClientUsage(clientId: string, credits?: number): Promise<QuotaStanding>
}

/** What a handler may read of node:http's IncomingMessage, and is used of its ServerResponse; said here so that the library's types need no others. */
interface AnyRequest {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly method?: string | undefined
  readonly url?: string | undefined
}

interface Response {
  setHeader(name: string, value: string): unknown
  writeHead(status: number, headers: Record<string, string | number>): { end(body: string): unknown }
}

interface MiddlewareOptions<Request> {
  /** Who calls; undefined = somebody unknown, who gets 403. */
  clientOf: (request: Request) => string | undefined | Promise<string | undefined>
  /** What the call costs; 1 by default. */
  creditsOf?: (request: Request) => number | Promise<number>
}

type Next = (error?: unknown) => void

/**
 * Counts each call before `next` runs and puts the X-RateLimit headers on its answer. A refused call is answered with JSON
 * and `next` does not run; it gets any other failure as its argument.
 */
export function billingMiddleware<Request = AnyRequest>(
  billing: Billing,
  { clientOf, creditsOf = () => 1 }: MiddlewareOptions<Request>,
): (request: Request, response: Response, next: Next) => Promise<void> {
  return async (request, response, next) => {
    try {
      const client = await clientOf(request)
      if (client === undefined) return refuse(response, unknownClient())
      const standing = await billing.trackClientUsage(client, await creditsOf(request))
      for (const [name, value] of Object.entries(rateHeaders(standing, Date.now()))) response.setHeader(name, value)
    } catch (error) {
      return error instanceof BillingError ? refuse(response, error) : next(error)
    }
    next()
  }
}

function refuse(response: Response, error: BillingError): void {
  const { status, headers, body } = error.response ?? refusalResponse(error, Date.now())
  response.writeHead(status, { ...headers, 'Content-Length': Buffer.byteLength(body) }).end(body)
}
