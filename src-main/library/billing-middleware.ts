/** Billing in front of a node:http handler, also where handlers take `next` (connect, express). */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { BillingError, unknownClient } from './billing-errors.ts'
import { type QuotaStanding, rateHeaders, refusalResponse } from './billing-response.ts'

interface Billing {
  trackClientUsage(clientId: string, credits?: number): Promise<QuotaStanding>
}

interface MiddlewareOptions {
  /** Who calls; undefined = somebody unknown, who gets 403. */
  clientOf: (request: IncomingMessage) => string | undefined | Promise<string | undefined>
  /** What the call costs; 1 by default. */
  creditsOf?: (request: IncomingMessage) => number | Promise<number>
}

type Next = (error?: unknown) => void

/**
 * Counts each call before `next` runs and puts the X-RateLimit headers on its answer. A refused call is answered with JSON
 * and `next` does not run; it gets any other failure as its argument.
 */
export function billingMiddleware(
  billing: Billing,
  { clientOf, creditsOf = () => 1 }: MiddlewareOptions,
): (request: IncomingMessage, response: ServerResponse, next: Next) => Promise<void> {
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

function refuse(response: ServerResponse, error: BillingError): void {
  const { status, headers, body } = error.response ?? refusalResponse(error, Date.now())
  response.writeHead(status, { ...headers, 'Content-Length': Buffer.byteLength(body) }).end(body)
}
