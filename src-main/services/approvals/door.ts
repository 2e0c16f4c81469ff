/** `POST /connect` and the address where a program then asks how it stands: JSON, and one token at the end. */
import { connectRequest, type ErrorData, KeywheelError } from '../../../src-preload/contract/index.ts'
import type { Clock } from '../../pool/types.ts'
import type { Door, DoorAnswer, DoorHead } from '../../proxy/types.ts'
import type { Catalog } from '../catalog.ts'
import { type Asking, type Collected, createAsking } from './asking.ts'
import { shownName } from './code.ts'
import { findPeerProcess } from './peer-process.ts'

/** Bytes of a request; a name and 200 pools. */
const bodyMax = 32 * 1024
/** How often a program should ask, in seconds. */
const interval = 2

const pollAddress = /^\/connect\/([\w-]{43})$/

interface ConnectDoorDeps {
  asking: Asking
  /** Slugs that clients may call now. */
  pools(): string[]
}

/** The door; whether it is open at all is not its matter. */
export function createConnectDoor({ asking, pools }: ConnectDoorDeps): Door {
  const serve = (request: DoorHead & { body: Uint8Array }): Promise<DoorAnswer> | DoorAnswer => {
    if (request.path === '/connect') {
      return request.method === 'POST' ? ask(request, asking) : notAllowed('POST')
    }
    const poll = pollAddress.exec(request.path)?.[1]
    if (poll === undefined) return refusal(404, 'NOT_FOUND', 'There is nothing at this address.')
    // A HEAD would take the token and show it to nobody.
    return request.method === 'GET' ? collect(poll, request, { asking, pools }) : notAllowed('GET')
  }
  return {
    maxBody: () => Promise.resolve(bodyMax),
    async answer(request) {
      try {
        return await serve(request)
      } catch (error) {
        if (error instanceof KeywheelError) return refusal(error.status, error.code, error.message)
        throw error
      }
    },
  }
}

async function ask(request: DoorHead & { body: Uint8Array }, asking: Asking): Promise<DoorAnswer> {
  const input = readRequest(request)
  if ('status' in input) return input
  const asked = await asking.ask(input, { ...request.peer, ownPort: Number(new URL(request.origin).port) })
  if (asked.kind === 'refused') {
    const message =
      asked.why === 'too-often'
        ? 'Too many programs have asked from this address within a minute.'
        : 'Too many programs are waiting for an answer already. Answer them under Connect in Keywheel.'
    return refusal(429, 'RATE_LIMITED', message, { retryAfter: asked.retryAfter })
  }
  const { code, expiresAt } = asked
  const poll = `/connect/${asked.poll}`
  return json(202, { code, poll, interval, expiresAt }, ['location', poll, 'retry-after', String(interval)])
}

/** The request, with a name that can be shown, or why it is none. */
function readRequest({ header, body }: DoorHead & { body: Uint8Array }) {
  if (!/^application\/json\s*(?:;|$)/i.test(header('content-type') ?? '')) {
    return refusal(415, 'UNSUPPORTED_MEDIA_TYPE', 'Send JSON with Content-Type: application/json.')
  }
  const said = parsed(body)
  if (typeof said !== 'object' || said === null || Array.isArray(said)) {
    return refusal(400, 'MALFORMED_JSON', 'The body must be a JSON object such as {"name": "My program"}.')
  }
  const { name } = said as { name?: unknown }
  const input = connectRequest.safeParse({ ...said, ...(typeof name === 'string' ? { name: shownName(name) } : {}) })
  if (input.success) return input.data
  const fields = input.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }))
  return refusal(400, 'INVALID_INPUT', fields.map(({ path, message }) => `${path}: ${message}`).join('; '), { fields })
}

function parsed(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    return undefined // no JSON, which the caller says
  }
}

async function collect(poll: string, { origin, gone }: DoorHead, { asking, pools }: ConnectDoorDeps): Promise<DoorAnswer> {
  const collected = await asking.collect(poll, gone)
  switch (collected.kind) {
    case 'unknown':
      return refusal(404, 'NOT_FOUND', 'There is nothing at this address.')
    case 'pending': {
      const { code, expiresAt } = collected
      return json(202, { state: 'pending', code, interval, expiresAt }, ['retry-after', String(interval)])
    }
    case 'denied':
      return refusal(403, 'DENIED', 'The person at Keywheel said no.')
    case 'expired':
      return refusal(410, 'EXPIRED', 'Its time is over. Ask again with POST /connect.')
    case 'fetched':
      return refusal(410, 'FETCHED', 'The token was fetched already; it is given once.')
    case 'approved':
      return approved(collected, origin, pools())
  }
}

/** The token, and where it is good for what. */
function approved(
  { token, name, pools }: Extract<Collected, { kind: 'approved' }>,
  origin: string,
  served: readonly string[],
): DoorAnswer {
  const addresses = {
    openai: `${origin}/v1`,
    anthropic: origin,
    gemini: origin,
    pools: Object.fromEntries((pools ?? served).map((slug) => [slug, `${origin}/${slug}`])),
  }
  return json(200, { state: 'approved', token, name, pools, baseUrl: origin, addresses })
}

function json(status: number, body: unknown, headers: string[] = []): DoorAnswer {
  const type = ['content-type', 'application/json; charset=utf-8']
  return { status, headers: [...type, ...headers], body: Buffer.from(JSON.stringify(body)) }
}

function refusal(status: number, code: string, message: string, more: ErrorData = {}): DoorAnswer {
  const { retryAfter, ...data } = more
  const wait = retryAfter === undefined ? [] : ['retry-after', String(retryAfter)]
  return json(status, { error: { code, message, ...data } }, wait)
}

function notAllowed(allow: 'GET' | 'POST'): DoorAnswer {
  const answer = refusal(405, 'METHOD_NOT_ALLOWED', `This address takes ${allow} only.`)
  return { ...answer, headers: [...answer.headers, 'allow', allow] }
}

/** The door as the settings have it: undefined while programs may not ask. */
export function connectDoorOf(catalog: Catalog, clock: Clock): () => Door | undefined {
  const asking = createAsking({ catalog, clock, findProcess: (connection) => findPeerProcess(connection) })
  const published = () => [...catalog.pools.values()].filter((row) => row.deletedAt === null && row.state === 'published')
  const door = createConnectDoor({ asking, pools: () => published().map(({ slug }) => slug) })
  return () => (catalog.settings().connectRequests ? door : undefined)
}
