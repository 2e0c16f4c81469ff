/** What the proxy adds to a call: the same load direct and through it, in one run, with client, proxy and upstream on this machine. */
import { once } from 'node:events'
import { Agent, createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { openHouse } from '../proxy/house.ts'

const body = Buffer.from(JSON.stringify({ model: 'bench', messages: [{ role: 'user', content: 'x'.repeat(2000) }] }))
const answer = Buffer.from(
  JSON.stringify({ id: 'bench', choices: [], usage: { prompt_tokens: 500, completion_tokens: 20, total_tokens: 520 } }),
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
const connections = 64
const rounds = 5
const callsARound = 4000

interface Target {
  port: number
  path: string
  authorization: string
}

function call({ port, path, authorization }: Target, agent: Agent): Promise<number> {
  const started = performance.now()
  return new Promise((resolve, reject) => {
    const headers = { authorization, 'content-type': 'application/json', 'content-length': body.length }
    const sent = request({ port, host: '127.0.0.1', path, method: 'POST', agent, headers }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`status ${response.statusCode}`))
      response.on('end', () => resolve(performance.now() - started)).resume()
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

/** Closed loop: every connection sends its next call when its last one was answered. */
async function throughput(target: Target, calls: number): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  let left = calls
  const started = performance.now()
  const worker = async () => {
    while (left-- > 0) await call(target, agent)
  }
  await Promise.all(Array.from({ length: connections }, worker))
  agent.destroy()
  return calls / ((performance.now() - started) / 1000)
}

/** One call after the other, so that nothing waits for anything else. */
async function latency(target: Target, calls: number): Promise<{ p50: number; p99: number }> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const times: number[] = []
  for (let i = 0; i < calls; i++) times.push(await call(target, agent))
  agent.destroy()
  times.sort((a, b) => a - b)
  const at = (share: number) => times[Math.floor(times.length * share)] ?? 0
  return { p50: at(0.5), p99: at(0.99) }
}

const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
const show = (name: string, value: number, unit: string) =>
  console.log(`${name.padEnd(34)} ${value.toFixed(2).padStart(10)} ${unit}`)

const upstream = createServer((incoming, response) => {
  incoming
    .on('end', () =>
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': answer.length, ...limits }).end(answer),
    )
    .resume()
}).listen(0, '127.0.0.1')
await once(upstream, 'listening')
const upstreamPort = (upstream.address() as AddressInfo).port
const keys = Array.from({ length: 10 }, (_, i) => `sk-bench-${String(i).padStart(24, '0')}`)
const house = await openHouse([{ slug: 'bench', baseUrl: `http://127.0.0.1:${upstreamPort}/v1`, keys, strategy: 'round_robin' }])
const direct: Target = { port: upstreamPort, path: '/v1/chat/completions', authorization: 'Bearer x' }
const proxied: Target = { port: house.port, path: '/bench/chat/completions', authorization: `Bearer ${house.token}` }

await throughput(direct, 2000)
await throughput(proxied, 4000)
const rates: Record<'direct' | 'proxied', number[]> = { direct: [], proxied: [] }
const times: Record<'direct' | 'proxied', { p50: number; p99: number }[]> = { direct: [], proxied: [] }
const cpuMs: Record<'direct' | 'proxied', number[]> = { direct: [], proxied: [] }
for (let round = 0; round < rounds; round++) {
  for (const kind of ['direct', 'proxied'] as const) {
    const before = process.cpuUsage()
    rates[kind].push(await throughput(kind === 'direct' ? direct : proxied, callsARound))
    const { user, system } = process.cpuUsage(before)
    cpuMs[kind].push((user + system) / 1000 / callsARound)
  }
  times.direct.push(await latency(direct, 500))
  times.proxied.push(await latency(proxied, 500))
}
const of = (kind: 'direct' | 'proxied', part: 'p50' | 'p99') => median(times[kind].map((time) => time[part]))
show(`direct, ${connections} connections`, median(rates.direct), 'calls/s')
show(`through the proxy`, median(rates.proxied), 'calls/s')
show('ratio', median(rates.proxied) / median(rates.direct), '')
show('added p50', of('proxied', 'p50') - of('direct', 'p50'), 'ms')
show('added p99', of('proxied', 'p99') - of('direct', 'p99'), 'ms')
show('CPU per call, client and upstream', median(cpuMs.direct), 'ms')
show('CPU per call that the proxy adds', median(cpuMs.proxied) - median(cpuMs.direct), 'ms')
console.log(`rows recorded: ${house.rows.length}, not ok: ${house.rows.filter((row) => row.outcome !== 'ok').length}`)
await house.close()
upstream.closeAllConnections()
upstream.close()
