/** The doors beside the calls: programs that ask for a token, and the apipool protocol. A body is read whole, then answered. */
import { localError } from '../../providers/index.ts'
import { bodyFailed, internal } from '../answer/call-refusals.ts'
import { answerWith } from '../answer/local-answer.ts'
import { logFailure } from '../log-failure.ts'
import { headerReader, headerValue } from '../raw-headers.ts'
import { ReplayBody, type ReplayBudget } from '../replay-body.ts'
import type { Door, DoorAnswer, DoorHead, Exchange, ProxyDeps, RawHeaders } from '../types.ts'
import type { Refusal } from './request-checks.ts'
import type { DoorRoute } from './route.ts'

/** A request that one of the doors answers. */
export interface DoorCall {
  exchange: Exchange
  where: DoorRoute
  door: Door
  cors: RawHeaders
}

/**
 * Bytes of bodies that are held at once, for all of them. Apart from what calls have: whoever stands at a door without a token must
 * not take that from those who have one.
 */
export const doorMemory = 128 * 1024 * 1024

interface DoorWorks {
  deps: Pick<ProxyDeps, 'clock' | 'log'>
  memory: ReplayBudget
}

/** Never rejects. */
export async function answerDoor(call: DoorCall, { deps, memory }: DoorWorks): Promise<void> {
  const { exchange, where, door, cors } = call
  const head = headOf(call)
  let kept: ReplayBody | null = null
  try {
    const max = exchange.body.length === 0 ? 0 : await door.maxBody(head)
    if (typeof max !== 'number') return say(call, max)
    kept = new ReplayBody(exchange.body, memory, max)
    const body = await readBody(exchange, kept, max)
    if (exchange.gone.aborted) return
    if (!(body instanceof Uint8Array)) return refuseAtDoor(exchange, where.door, body, cors)
    say(call, await door.answer({ ...head, body }))
  } catch (error) {
    if (exchange.gone.aborted) return
    logFailure(deps.log, error, 'a door could not answer', { door: where.door })
    refuseAtDoor(exchange, where.door, internal, cors)
  } finally {
    kept?.release()
  }
}

function say({ exchange, cors }: DoorCall, { status, headers, body }: DoorAnswer): void {
  if (!exchange.gone.aborted) answerWith(exchange, status, [...headers, ...cors], body)
}

/** What Keywheel says at a door without asking what is behind it; the apipool protocol has its own form of errors. */
export function refuseAtDoor(exchange: Exchange, door: DoorRoute['door'], refusal: Refusal, cors: RawHeaders): void {
  const { status, code, message, retryAfter } = refusal
  const wait = retryAfter === undefined ? [] : ['retry-after', String(retryAfter)]
  const body = door === 'apipool' ? JSON.stringify({ detail: message }) : localError('plain', status, code, message).body
  answerWith(exchange, status, ['content-type', 'application/json; charset=utf-8', ...wait, ...cors], Buffer.from(body))
}

function headOf({ exchange, where }: DoorCall): DoorHead {
  const { method, rawHeaders, peer, gone } = exchange
  return {
    method,
    path: where.path,
    query: new URLSearchParams(where.query),
    header: headerReader(rawHeaders),
    peer,
    // Checked to be one of our own names before anything else is.
    origin: `http://${headerValue(rawHeaders, 'host')?.toLowerCase() ?? ''}`,
    gone,
  }
}

async function readBody(exchange: Exchange, kept: ReplayBody, max: number): Promise<Uint8Array | Refusal> {
  if (exchange.body.length === 0) return new Uint8Array(0)
  const coding = headerValue(exchange.rawHeaders, 'content-encoding')?.trim().toLowerCase() ?? 'identity'
  if (coding !== 'identity') {
    return { status: 415, code: 'UNSUPPORTED_MEDIA_TYPE', message: 'The body must not be compressed: it has to be read here.' }
  }
  const bytes = await kept.gather(max)
  if (kept.failure !== null) return bodyFailed(kept.failure)
  if (bytes !== null) return bytes
  if ((exchange.body.length ?? kept.bytes) <= max) return noMemory
  return { status: 413, code: 'PAYLOAD_TOO_LARGE', message: `The body is longer than ${max} bytes.` }
}

const noMemory: Refusal = {
  status: 503,
  code: 'OUT_OF_BUFFERS',
  message: 'Too many long requests are under way. Try again in a moment.',
  retryAfter: 1,
}
