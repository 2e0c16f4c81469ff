/**
 * What Keywheel costs, beside others, in one run: the same upstream, the same load, in rounds that take turns; every program in
 * a process of its own. Keywheel has everything on: token, limits, lease, usage to disk. nginx and Portkey's gateway are left out,
 * and it is said, where they cannot be had. Needs a build. `--short` leaves out the 200,000 calls that memory is watched over.
 */
import { type Keywheel, startKeywheel } from './peers/keywheel.ts'
import { type Load, latencies, median, type Target, throughput } from './peers/load.ts'
import { startNginx } from './peers/nginx.ts'
import { portkeyHeaders, startPortkey } from './peers/portkey.ts'
import { cpuMs, type Peer, residentMb, startScript } from './peers/process.ts'

const rounds = 5
const cpuRounds = 7
const plain: Load = { connections: 32, calls: 3000 }
const streams: Load = { connections: 32, calls: 1000, streamed: true }
const file = (name: string) => new URL(`./peers/${name}.ts`, import.meta.url)

interface Runner {
  peer: Peer
  target: Target
  rates: number[]
  streamRates: number[]
  p50: number[]
  p99: number[]
  cpu: number[]
  failed: number
}

const runner = (peer: Peer, path: string, headers: Record<string, string>, name = peer.name): Runner => ({
  peer: { ...peer, name },
  target: { port: peer.port, path, headers },
  rates: [],
  streamRates: [],
  p50: [],
  p99: [],
  cpu: [],
  failed: 0,
})

const upstream = await startScript('upstream', file('upstream'))
const started: Peer[] = [upstream]
const start = async <P extends Peer>(peer: Promise<P | null>, what: string): Promise<P | null> => {
  const one = await peer
  if (one === null) console.log(`left out: ${what}`)
  else started.push(one)
  return one
}

const floor = (await start(startScript('floor', file('floor'), [String(upstream.port)]), 'floor')) as Peer
const nginx = await start(startNginx(upstream.port), 'nginx is not installed')
const portkey = await start(startPortkey(), 'Portkey’s gateway could not be fetched from the registry')
const keywheel = (await start(startKeywheel('Keywheel', upstream.port, 10), 'Keywheel')) as Keywheel
const many = (await start(startKeywheel('Keywheel, 10,000 keys', upstream.port, 10_000), 'Keywheel')) as Keywheel

const key = { authorization: 'Bearer sk-bench' }
const token = { authorization: `Bearer ${keywheel.token}` }
const floorRun = runner(floor, '/v1/chat/completions', key, 'floor (node:http + undici)')
const poolRun = runner(keywheel, '/bench/v1/chat/completions', token, 'Keywheel, a pool')
const unifiedRun = runner(keywheel, '/v1/chat/completions', token, 'Keywheel, unified API')
const nginxRun = nginx && runner(nginx, '/v1/chat/completions', key)
const portkeyRun = portkey && runner(portkey, '/v1/chat/completions', { ...key, ...portkeyHeaders(upstream.port) })
const runners = [floorRun, nginxRun, portkeyRun, poolRun, unifiedRun].filter((one) => one !== null)

try {
  await compare()
  await manyKeys()
  if (!process.argv.includes('--short')) await longRun()
  for (const one of [keywheel, many]) {
    const { requests, failed } = await one.recorded()
    console.log(`${one.name}: ${requests} requests written down, ${failed} of them not ok`)
  }
} finally {
  for (const peer of started.toReversed()) await peer.stop()
}

async function compare(): Promise<void> {
  for (const { target } of runners) {
    await throughput(target, { ...plain, calls: 2000 })
    await throughput(target, { ...streams, calls: 300 })
  }
  for (let round = 0; round < rounds; round++) {
    for (const one of runners) {
      const before = cpuMs(one.peer.pids())
      const whole = await throughput(one.target, plain)
      one.rates.push(whole.rate)
      const after = cpuMs(one.peer.pids())
      if (before !== null && after !== null) one.cpu.push((after - before) / plain.calls)
      const streamed = await throughput(one.target, streams)
      one.streamRates.push(streamed.rate)
      one.failed += whole.failed + streamed.failed
      const times = await latencies(one.target, 400)
      one.p50.push(median(times))
      one.p99.push(times[Math.floor(times.length * 0.99)] ?? 0)
    }
  }
  row('', ['calls/s', 'of floor', 'streams/s', 'of floor', 'p50 ms', 'over floor', 'p99 ms', 'CPU ms', 'failed'])
  for (const one of runners) {
    const of = (list: 'rates' | 'streamRates') => median(one[list]) / median(floorRun[list])
    row(one.peer.name, [
      median(one.rates).toFixed(0),
      of('rates').toFixed(2),
      median(one.streamRates).toFixed(0),
      of('streamRates').toFixed(2),
      median(one.p50).toFixed(3),
      (median(one.p50) - median(floorRun.p50)).toFixed(3),
      median(one.p99).toFixed(3),
      median(one.cpu).toFixed(3),
      String(one.failed),
    ])
  }
  for (const one of [poolRun, unifiedRun]) judge(one)
}

function judge(one: Runner): void {
  verdict(`${one.peer.name}: no call fails`, String(one.failed), one.failed === 0)
  const rate = median(one.rates) / median(floorRun.rates)
  const streamRate = median(one.streamRates) / median(floorRun.streamRates)
  const added = median(one.p50) - median(floorRun.p50)
  verdict(`${one.peer.name}: ≥ 0.75 of the floor's calls/s at ${plain.connections}`, rate.toFixed(2), rate >= 0.75)
  verdict(`${one.peer.name}: ≥ 0.75 of the floor's streams/s`, streamRate.toFixed(2), streamRate >= 0.75)
  verdict(`${one.peer.name}: ≤ 0.25 ms above the floor's p50 at 1`, added.toFixed(3), added <= 0.25)
  if (portkeyRun === null) return
  const times = median(one.rates) / median(portkeyRun.rates)
  verdict(`${one.peer.name}: ≥ 8 × Portkey`, times.toFixed(1), times >= 8)
}

/** CPU a request does not grow with the number of keys. */
async function manyKeys(): Promise<void> {
  const few = poolRun.target
  const lots: Target = { port: many.port, path: few.path, headers: { authorization: `Bearer ${many.token}` } }
  await throughput(lots, { ...plain, calls: 12_000 })
  const ratios: number[] = []
  for (let round = 0; round < cpuRounds; round++) {
    const [one, other] = [await cpuOf(keywheel, few), await cpuOf(many, lots)]
    if (one === null || other === null) return console.log('left out: CPU by number of keys, which this system does not tell')
    ratios.push(other / one)
  }
  verdict('CPU a request with 10,000 keys: ≤ 1.15 × that with 10', median(ratios).toFixed(2), median(ratios) <= 1.15)
}

async function cpuOf(peer: Peer, to: Target): Promise<number | null> {
  const before = cpuMs(peer.pids())
  await throughput(to, plain)
  const after = cpuMs(peer.pids())
  return before === null || after === null ? null : after - before
}

/** 200,000 calls: what is in memory in the second half is not more than what was in the first. */
async function longRun(): Promise<void> {
  const megabytes: number[] = []
  for (let tenth = 0; tenth < 10; tenth++) {
    await throughput(poolRun.target, { ...plain, calls: 20_000 })
    const resident = residentMb(keywheel.pids())
    if (resident === null) return console.log('left out: memory, which this system does not tell')
    megabytes.push(resident)
  }
  const [first, second] = [Math.max(...megabytes.slice(2, 5)), Math.max(...megabytes.slice(5))]
  const told = `${megabytes.map((one) => one.toFixed(0)).join(' ')} MB`
  verdict('memory over 200,000 calls: the second half at most 1.1 × the first', told, second <= first * 1.1)
}

function row(name: string, cells: readonly string[]): void {
  console.log(name.padEnd(28) + cells.map((cell) => cell.padStart(11)).join(''))
}

function verdict(what: string, seen: string, met: boolean): void {
  console.log(`${met ? 'met   ' : 'MISSED'}  ${what}: ${seen}`)
}
