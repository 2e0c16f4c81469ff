/** An upstream that begins each answer and ends it when the test says so: what is under way for exactly as long as is wanted. */
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

export interface HeldUpstream {
  url: string
  /** Ends every answer that was begun, and those to come at once. */
  release(): void
  /** How many answers were begun. */
  readonly begun: number
}

export async function startHeldUpstream(): Promise<HeldUpstream> {
  const held: ServerResponse[] = []
  let [released, begun] = [false, 0]
  const end = (response: ServerResponse) =>
    response.end('data: {"choices":[{"delta":{"content":"the end"}}]}\n\ndata: [DONE]\n\n')
  const server = createServer((request, response) => {
    request.resume().once('end', () => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write('data: {"choices":[{"delta":{"content":"the beginning"}}]}\n\n')
      begun += 1
      if (released) end(response)
      else held.push(response)
    })
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((closed) => server.close(closed))
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    release() {
      released = true
      for (const response of held.splice(0)) end(response)
    },
    get begun() {
      return begun
    },
  }
}
