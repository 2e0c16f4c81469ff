/** The mock upstream of the proxy benchmark, in a process of its own: the same answer to everybody, with limits as OpenAI announces them. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

const answer = Buffer.from(
  JSON.stringify({
    id: 'bench',
    object: 'chat.completion',
    model: 'gpt-4o',
    choices: [{ index: 0, message: { role: 'assistant', content: 'x'.repeat(400) }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 500, completion_tokens: 20, total_tokens: 520 },
  }),
)
const limits = {
  'x-ratelimit-limit-requests': '10000000',
  'x-ratelimit-remaining-requests': '9999999',
  'x-ratelimit-reset-requests': '6ms',
  'openai-organization': 'org-bench',
}
const event = (delta: object, end: string | null) =>
  `data: ${JSON.stringify({ id: 'bench', object: 'chat.completion.chunk', model: 'gpt-4o', choices: [{ index: 0, delta, finish_reason: end }] })}\n\n`
const usage = `data: ${JSON.stringify({ id: 'bench', model: 'gpt-4o', choices: [], usage: { prompt_tokens: 500, completion_tokens: 20, total_tokens: 520 } })}\n\n`
const events = [
  event({ role: 'assistant', content: '' }, null),
  ...Array.from({ length: 20 }, (_, i) => event({ content: `word ${i} ` }, null)),
]

const server = createServer((request, response) => {
  let text = ''
  request.setEncoding('latin1').on('data', (chunk: string) => (text += chunk))
  request.on('end', () => {
    if (!text.includes('"stream":true')) {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': answer.length, ...limits }).end(answer)
      return
    }
    response.writeHead(200, { 'content-type': 'text/event-stream', ...limits })
    let sent = 0
    const next = () => {
      if (sent < events.length) {
        response.write(events[sent++])
        setImmediate(next)
      } else response.end(`${usage}data: [DONE]\n\n`)
    }
    next()
  })
}).listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`))
