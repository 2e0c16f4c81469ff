/** The proxy's switch and state. */
import { z } from 'zod'

export const port = z
  .number()
  .int()
  .min(0, 'use a port from 0 (any free one) to 65535')
  .max(65_535, 'use a port from 0 (any free one) to 65535')

export const proxyStatus = z.object({
  state: z.enum(['off', 'starting', 'on', 'degraded', 'stopping', 'error']),
  /** `http://127.0.0.1:8787` while it listens. */
  url: z.string().nullable(),
  port: z.number().nullable(),
  /** Why it is degraded or could not start. */
  reason: z.object({ code: z.string(), message: z.string(), nextPort: z.number().nullable() }).nullable(),
  since: z.number(),
  inFlight: z.number(),
  /** Set while none of the upstreams beyond this machine that were called could be connected to at its last call. */
  offline: z
    .object({
      since: z.number(),
      /** Of these upstreams. */
      hosts: z.array(z.string()),
      /** It is the proxy on the way out that cannot be reached. */
      proxy: z.boolean(),
    })
    .nullable(),
})
export type ProxyStatus = z.infer<typeof proxyStatus>

export const proxyStart = z.strictObject({ port: port.optional() })

export const proxyTest = z.strictObject({ pool: z.string().min(1).max(64), model: z.string().max(200).optional() })
export const proxyTested = z.object({
  ok: z.boolean(),
  status: z.number().nullable(),
  ms: z.number(),
  key: z.string().nullable(),
  attempts: z.number(),
  requestId: z.string().nullable(),
  /** The first 2,000 characters of the answer. */
  body: z.string(),
})
export type ProxyTested = z.infer<typeof proxyTested>
