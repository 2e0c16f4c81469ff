/** Reads a JSON body, with a cap, before any handler sees the request. */
import type { IncomingMessage } from 'node:http'
import { KeywheelError } from '../../src-preload/contract/index.ts'

const mebibyte = 1024 * 1024
/** Imports carry whole files, checks the ids of any number of keys, the Playground pictures; every other call is small. */
const largePaths = new Set([
  '/keys/import',
  '/keys/preview',
  '/keys/check',
  '/keys/checkMany',
  '/import',
  '/transfer/import',
  '/playground',
  '/playground/run',
])
/** Deeper JSON than any document of ours; some code beyond the parser is recursive. */
const maxDepth = 64

/** Bytes that a body of this call may have; `path` without `/api` or `/rpc`. */
export function bodyCap(path: string): number {
  return largePaths.has(path) ? 64 * mebibyte : mebibyte
}

/**
 * The parsed body; undefined when there is none.
 * @throws KeywheelError UNSUPPORTED_MEDIA_TYPE, PAYLOAD_TOO_LARGE, MALFORMED_JSON or INVALID_INPUT
 */
export async function readJson(request: IncomingMessage, cap: number): Promise<unknown> {
  const { 'content-type': type, 'content-length': length, 'content-encoding': encoding } = request.headers
  const announced = request.headers['transfer-encoding'] !== undefined || Number(length ?? 0) > 0
  if (!announced) return undefined
  const isJson = /^application\/json(?:\s*;\s*charset="?utf-8"?)?\s*$/i.test(type ?? '')
  if (!isJson || (encoding !== undefined && encoding !== 'identity')) throw new KeywheelError('UNSUPPORTED_MEDIA_TYPE')
  if (Number(length ?? 0) > cap) throw tooLarge(cap)
  const text = await readText(request, cap)
  if (text.trim() === '') return undefined
  const value = parse(text)
  if (isDeeperThan(value, maxDepth))
    throw new KeywheelError('INVALID_INPUT', `The body is nested more than ${maxDepth} levels deep.`)
  return value
}

async function readText(request: IncomingMessage, cap: number): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  // Not `for await`: leaving that loop destroys the socket before the refusal can be sent.
  await new Promise<void>((resolve, reject) => {
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes <= cap) return chunks.push(chunk)
      // The rest flows on unread; Node's request time-out bounds it.
      request.removeAllListeners('data').resume()
      return reject(tooLarge(cap))
    })
    request.once('end', resolve).once('error', reject)
  })
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks))
  } catch {
    throw new KeywheelError('MALFORMED_JSON', 'The body is not valid UTF-8.')
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    // The parser's own words quote the body; only the place is passed on.
    const place = error instanceof Error ? /at position \d+(?: \(line \d+ column \d+\))?/.exec(error.message)?.[0] : undefined
    throw new KeywheelError('MALFORMED_JSON', `The body is not valid JSON${place ? `: see ${place}` : ''}.`)
  }
}

function tooLarge(cap: number): KeywheelError {
  return new KeywheelError('PAYLOAD_TOO_LARGE', `The body is too large; this call takes at most ${cap / mebibyte} MiB.`)
}

function isDeeperThan(value: unknown, limit: number): boolean {
  let level: unknown[] = [value]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > limit) return true
    const next: unknown[] = []
    for (const item of level) {
      if (typeof item !== 'object' || item === null) continue
      for (const child of Object.values(item)) next.push(child)
    }
    level = next
  }
  return false
}
