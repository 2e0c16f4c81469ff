/** Sends a reply, or does whatever the behaviour does instead. */
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Behaviour, Reply } from './types.ts'

/** How one answer is sent. `gone` is aborted when the connection closes first. */
export interface Delivery {
  response: ServerResponse
  behaviour: Behaviour
  reply: Reply
  gone: AbortSignal
}

/** Returns when the answer is out, cut or (no-answer) withheld; rejects with the reason of `gone` when the caller left. */
export async function deliver(delivery: Delivery): Promise<void> {
  const { response, behaviour, reply, gone } = delivery
  if (behaviour.kind === 'no-answer') return
  if (behaviour.kind === 'reset') {
    response.socket?.resetAndDestroy()
    return
  }
  if (behaviour.kind === 'slow-first-byte') await sleep(behaviour.ms, undefined, { signal: gone })
  await (reply.kind === 'stream' ? sendStream(delivery, reply) : sendJson(delivery, reply))
}

async function sendStream({ response, behaviour, gone }: Delivery, reply: Extract<Reply, { kind: 'stream' }>): Promise<void> {
  response.writeHead(200, { 'content-type': reply.contentType, 'cache-control': 'no-cache', ...reply.headers })
  response.flushHeaders()
  const delayMs = (behaviour.kind === 'ok' && behaviour.chunkDelayMs) || 0
  const cutAfter = cutPoint(behaviour)
  for (const [index, chunk] of reply.chunks.entries()) {
    if (index === cutAfter) return cut(response)
    if (delayMs > 0) await sleep(delayMs, undefined, { signal: gone })
    gone.throwIfAborted()
    if (!response.write(chunk)) await once(response, 'drain', { signal: gone })
  }
  if (cutAfter !== null) return cut(response)
  response.end()
}

async function sendJson({ response, behaviour }: Delivery, reply: Extract<Reply, { kind: 'json' }>): Promise<void> {
  const body = Buffer.from(JSON.stringify(reply.body))
  response.writeHead(reply.status, { 'content-type': 'application/json', 'content-length': body.length, ...reply.headers })
  if (cutPoint(behaviour) === null) {
    response.end(body)
    return
  }
  response.write(body.subarray(0, body.length >> 1))
  await cut(response)
}

/** Chunks before the cut; null = none is made. */
function cutPoint(behaviour: Behaviour): number | null {
  if (behaviour.kind === 'cut-stream') return behaviour.chunks
  return behaviour.kind === 'cut-body' ? 1 : null
}

/** Lets what was written leave first: a cut at once would drop it from the socket's buffer. */
async function cut(response: ServerResponse): Promise<void> {
  await new Promise((sent) => response.write('', sent))
  response.destroy()
}
