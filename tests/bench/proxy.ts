/**
 * What the proxy costs: the same load on the floor (node:http in, undici out), nginx, Portkey's gateway and the whole Keywheel, each
 * in a process of its own before the same upstream, in interleaved rounds of one run; medians of medians, and what was aimed at.
 * BENCH_LONG=1 also sends 200,000 requests and looks at the memory.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { type Load, run, type Target } from './proxy/load.ts'
import { floor, keywheel, nginx, portkey, script } from './proxy/peers.ts'

const messages = [{ role: 'user', content: 'x'.repeat(2000) }]
const plain = Buffer.from(JSON.stringify({ model: 'gpt-4o', messages }))
const stream = Buffer.from(JSON.stringify({ model: 'gpt-4o', stream: true, stream_options: { include_usage: true }, messages }))

const modes = {
  'calls/s, 32 at once': { body: plain, connections: 32, calls: 3000, rounds: 7, of: (load: Load) => load.callsPerSecond },
  'ms p50, one by one': { body: plain, connections: 1, calls: 400, rounds: 7, of: (load: Load) => load.p50Ms },
  'streams/s, 32 at once': { body: stream, connections: 32, calls: 600, rounds: 7, of: (load: Load) => load.callsPerSecond },
} as const
type Mode = keyof typeof modes

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

const upstream = await script('upstream')
const bottom = await floor(upstream.port)
const few = await keywheel(upstream.port, 10)
const peers = [bottom, await nginx(upstream.port), await portkey(upstream.port), few.raw].filter((peer) => peer !== null)
const targets: Target[] = [...peers.map(({ target }) => target), few.unified]

const results = new Map<string, number[]>()
const failures = new Map<string, number>()
const measure = async (mode: Mode, target: Target) => {
  const { body, connections, calls, of } = modes[mode]
  const name = `${mode}\n${target.name}`
  const load = await run(target, body, { connections, calls })
  results.set(name, [...(results.get(name) ?? []), of(load)])
  if (load.failed > 0) failures.set(name, (failures.get(name) ?? 0) + load.failed)
}
for (const target of targets) await run(target, plain, { connections: 32, calls: 3000 })
for (const mode of Object.keys(modes) as Mode[]) {
  for (let round = 0; round < modes[mode].rounds; round++) for (const target of targets) await measure(mode, target)
}
const of = (mode: Mode, target: Target) => median(results.get(`${mode}\n${target.name}`) ?? [])

console.log(
  `${''.padEnd(26)}${Object.keys(modes)
    .map((mode) => mode.padStart(32))
    .join('')}`,
)
for (const target of targets) {
  const cells = (Object.keys(modes) as Mode[]).map((mode) => {
    const [own, ground] = [of(mode, target), of(mode, bottom.target)]
    const against = mode.startsWith('ms') ? `+${(own - ground).toFixed(2)}` : `${(own / ground).toFixed(2)}×`
    return `${own.toFixed(mode.startsWith('ms') ? 2 : 0)} (${against})`.padStart(32)
  })
  console.log(target.name.padEnd(26) + cells.join(''))
}
if (!peers.some(({ target }) => target.name === 'nginx')) console.log('nginx is not installed and was left out.')
if (!peers.some(({ target }) => target.name.includes('portkey')))
  console.log('@portkey-ai/gateway could not be fetched and was left out.')

/** A figure of calls that failed says nothing. */
for (const [name, count] of failures) console.log(`${name.replace('\n', ', ')}: ${count} calls were not answered with 200`)
aimedAt()
await compareKeyCounts()
if (process.env['BENCH_LONG'] === '1') await watchMemory(few.raw.target)
for (const peer of peers) await peer.stop()
upstream.child.kill()

/** What was aimed at, and whether it was hit, with the pool's own address. */
function aimedAt(): void {
  const own = few.raw.target
  const ratio = (mode: Mode, target: Target) => of(mode, own) / of(mode, target)
  const say = (aim: string, value: string, met: boolean) => console.log(`${met ? 'met   ' : 'MISSED'} ${aim}: ${value}`)
  const [calls, one, streams] = ['calls/s, 32 at once', 'ms p50, one by one', 'streams/s, 32 at once'] as const
  say('calls/s ≥ 0.75 × the floor', ratio(calls, bottom.target).toFixed(2), ratio(calls, bottom.target) >= 0.75)
  const above = of(one, own) - of(one, bottom.target)
  say('p50 ≤ 0.25 ms above the floor', `${above.toFixed(2)} ms`, above <= 0.25)
  say('streams/s ≥ 0.75 × the floor', ratio(streams, bottom.target).toFixed(2), ratio(streams, bottom.target) >= 0.75)
  const other = peers.find(({ target }) => target.name.includes('portkey'))?.target
  if (other) say("calls/s ≥ 8 × Portkey's", ratio(calls, other).toFixed(1), ratio(calls, other) >= 8)
}

/** CPU a call with many keys against that with few. */
async function compareKeyCounts(): Promise<void> {
  const many = await keywheel(upstream.port, 10_000)
  const cpu: Record<'few' | 'many', number[]> = { few: [], many: [] }
  const calls = 2000
  // Once through all keys: the first answer on each names its account, which is learned and written down.
  for (const { target } of [few.raw, many.raw]) await run(target, plain, { connections: 32, calls: 12_000 })
  for (let round = 0; round < 7; round++) {
    for (const [name, { target }] of [
      ['few', few.raw],
      ['many', many.raw],
    ] as const) {
      const before = cpuMs(target.pid)
      await run(target, plain, { connections: 32, calls })
      cpu[name].push((cpuMs(target.pid) - before) / calls)
    }
  }
  const [ten, thousands] = [median(cpu.few), median(cpu.many)]
  const met = thousands / ten <= 1.15
  console.log(
    `${met ? 'met   ' : 'MISSED'} CPU a call within 15 %: ${ten.toFixed(3)} ms with 10 keys, ${thousands.toFixed(3)} ms with 10,000 (${(thousands / ten).toFixed(2)}×)`,
  )
  await many.raw.stop()
}

async function watchMemory(target: Target): Promise<void> {
  const sizes: number[] = []
  for (let part = 0; part < 10; part++) {
    await run(target, plain, { connections: 32, calls: 20_000 })
    sizes.push(residentMb(target.pid))
  }
  console.log(`memory over 200,000 requests, MB: ${sizes.map((size) => size.toFixed(0)).join(' ')}`)
}

/** User and system time of a process, all its threads together, from /proc; ticks are 1/100 s nearly everywhere. */
function cpuMs(pid: number | null): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const ticks = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / ticks
}

function residentMb(pid: number | null): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
}
