/** One HTTP call over loopback, whole: status, headers and the decoded body. */
import { type IncomingMessage, request } from 'node:http'
import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate } from 'node:zlib'

export interface HttpCall {
  url: URL
  method: string
  headers: Readonly<Record<string, string>>
  body: string | null
  signal: AbortSignal
}

export interface HttpAnswer {
  status: number
  /** By lower-case names; what came several times is joined with commas. */
  headers: Record<string, string>
  body: Uint8Array
}

const longest = 32 * 1024 * 1024

/** Rejects with the signal's reason, or with an error whose message may be shown. */
export async function callWhole({ url, method, headers, body, signal }: HttpCall): Promise<HttpAnswer> {
  signal.throwIfAborted()
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const length = body === null ? {} : { 'content-length': String(Buffer.byteLength(body)) }
    // Not `url` itself, which would bring other escapes into the path.
    const { hostname: host, port } = url
    const path = url.href.slice(url.origin.length)
    const outgoing = request({ host, port, path, method, agent: false, signal, headers: { ...headers, ...length } })
    outgoing.once('response', resolve)
    outgoing.once('error', (error) => reject(signal.aborted ? (signal.reason as Error) : error))
    outgoing.end(body ?? undefined)
  })
  const bytes = await bodyOf(answer, signal)
  return {
    status: answer.statusCode ?? 0,
    headers: headersOf(answer),
    body: await decoded(bytes, answer.headers['content-encoding']),
  }
}

async function bodyOf(answer: IncomingMessage, signal: AbortSignal): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      length += chunk.byteLength
      if (length > longest) throw tooLong
      chunks.push(chunk)
    }
  } catch (error) {
    throw signal.aborted ? signal.reason : error === tooLong ? error : cut
  }
  return Buffer.concat(chunks)
}

const tooLong = new Error('the answer is longer than 32 MiB')
const cut = new Error('the answer was cut before its end')

const codings = { gzip: promisify(gunzip), deflate: promisify(inflate), br: promisify(brotliDecompress) } as const

/** An upstream may code its answer although nobody asked for that. */
async function decoded(bytes: Buffer, coding: string | undefined): Promise<Uint8Array> {
  const name = coding?.trim().toLowerCase() ?? 'identity'
  if (name === 'identity' || bytes.byteLength === 0) return bytes
  const decode =
    name === 'x-gzip' ? codings.gzip : Object.hasOwn(codings, name) ? codings[name as keyof typeof codings] : undefined
  if (decode === undefined) throw new Error('the answer comes in a coding that is not known here')
  return decode(bytes, { maxOutputLength: longest })
}

function headersOf({ headersDistinct }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(Object.entries(headersDistinct).map(([name, values]) => [name, values?.join(', ') ?? '']))
}
