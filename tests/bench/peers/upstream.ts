/** The upstream of all: answers a chat completion at once, or streams one, with the headers and counts of a real one. Prints its port. */
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

const usage = { prompt_tokens: 500, completion_tokens: 20, total_tokens: 520 }
const whole = Buffer.from(
  JSON.stringify({
    id: 'chatcmpl-bench',
    object: 'chat.completion',
    created: 1_700_000_000,
    model: 'gpt-4o-mini',
    choices: [{ index: 0, message: { role: 'assistant', content: 'Quite so.' }, finish_reason: 'stop' }],
    usage,
  }),
)
/** As OpenAI announces them; never near. */
const limits = {
  'x-ratelimit-limit-requests': '10000000',
  'x-ratelimit-remaining-requests': '9999999',
  'x-ratelimit-reset-requests': '6ms',
  'x-ratelimit-limit-tokens': '1000000000',
  'x-ratelimit-remaining-tokens': '999999000',
  'x-ratelimit-reset-tokens': '10ms',
  'openai-organization': 'org-bench',
}

const chunk = (delta: object, finish: string | null = null, rest: object = {}) =>
  Buffer.from(
    `data: ${JSON.stringify({
      id: 'chatcmpl-bench',
      object: 'chat.completion.chunk',
      created: 1_700_000_000,
      model: 'gpt-4o-mini',
      choices: [{ index: 0, delta, finish_reason: finish }],
      ...rest,
    })}\n\n`,
  )
const chunks = [
  chunk({ role: 'assistant', content: '' }),
  ...Array.from({ length: 20 }, () => chunk({ content: ' word' })),
  chunk({}, 'stop'),
  Buffer.from(
    `data: ${JSON.stringify({ id: 'chatcmpl-bench', object: 'chat.completion.chunk', model: 'gpt-4o-mini', choices: [], usage })}\n\n`,
  ),
  Buffer.from('data: [DONE]\n\n'),
]

/** A chunk in each turn of the loop, as they would come from a network. */
function stream(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', ...limits })
  let next = 0
  const send = () => {
    const one = chunks[next++]
    if (one === undefined) return void response.end()
    response.write(one)
    setImmediate(send)
  }
  send()
}

const server = createServer((request, response) => {
  let streamed = false
  request.on('data', (bytes: Buffer) => {
    streamed ||= bytes.includes('"stream":true')
  })
  request.on('end', () => {
    if (streamed) return stream(response)
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': whole.length, ...limits }).end(whole)
  })
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port))
