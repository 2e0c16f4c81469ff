/** A gateway small enough to see through: real HTTP in and out around `translate`, in front of an upstream that plays a script. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { operationOf } from '../../../src-main/gateway/operation.ts'
import { translate } from '../../../src-main/gateway/translate.ts'
import type { WireFormat } from '../../../src-main/gateway/types.ts'

interface Sent {
  path: string
  body: Record<string, unknown>
}

/** An answer in the upstream's own format: the body, or the bytes of a stream; with a status when it is not 200. */
export type Script = (step: number, stream: boolean) => string | { status: number; body: string }

export interface Gateway {
  url: string
  /** What the upstream was sent, in order. */
  sent: Sent[]
  /** What each translation had to leave out. */
  dropped: string[][]
  close(): Promise<void>
}

const paths: Readonly<Record<WireFormat, (stream: boolean, model: string) => string>> = {
  chat: () => '/v1/chat/completions',
  responses: () => '/v1/responses',
  messages: () => '/v1/messages',
  gemini: (stream, model) => `/v1beta/models/${model}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
}

export async function startGateway(to: WireFormat, model: string, script: Script): Promise<Gateway> {
  const sent: Sent[] = []
  const dropped: string[][] = []
  const upstream = await listen(async (request, response) => {
    const body = JSON.parse((await bytesOf(request)).toString()) as Record<string, unknown>
    const path = request.url ?? ''
    sent.push({ path, body })
    const stream = body.stream === true || path.includes(':stream')
    const said = script(sent.length, stream)
    const { status, body: text } = typeof said === 'string' ? { status: 200, body: said } : said
    response.writeHead(status, { 'content-type': stream && status === 200 ? 'text/event-stream' : 'application/json' })
    await inPieces(response, text)
  })
  const gateway = await listen(async (request, response) => {
    const bytes = await bytesOf(request)
    const operation = operationOf(request.method ?? '', request.url ?? '')
    if (operation?.kind !== 'generate') return void response.writeHead(404).end()
    const body = JSON.parse(bytes.toString()) as { stream?: boolean }
    const given = { model: operation.model, stream: operation.stream }
    const translation = translate({ from: operation.format, to, bytes, body, model, given })
    dropped.push([...translation.dropped])
    const stream = operation.stream ?? body.stream === true
    const answer = await fetch(upstream.url + paths[to](stream, model), {
      method: 'POST',
      body: Buffer.from(translation.body ?? bytes),
    })
    const streams = stream && answer.ok
    response.writeHead(answer.status, { 'content-type': streams ? 'text/event-stream' : 'application/json' })
    if (translation.answer === null) return void response.end(Buffer.from(await answer.arrayBuffer()))
    if (!streams) return void response.end(JSON.stringify(translation.answer.whole(answer.status, await answer.json())))
    const translated = translation.answer.stream()
    for await (const chunk of answer.body ?? []) response.write(translated.push(chunk))
    response.end(translated.end())
  })
  return {
    url: gateway.url,
    sent,
    dropped,
    async close() {
      await gateway.close()
      await upstream.close()
    },
  }
}

/** So that no event comes in one piece. */
async function inPieces(response: ServerResponse, text: string): Promise<void> {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += 37) {
    response.write(bytes.subarray(at, at + 37))
    await new Promise(setImmediate)
  }
  response.end()
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

export async function listen(
  serve: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Promise<{ url: string; close(): Promise<void> }> {
  const server: Server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      // What breaks after the head is seen by the client as a cut.
      if (response.headersSent) return void response.destroy()
      response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify({ error: { message: String(error) } }))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
