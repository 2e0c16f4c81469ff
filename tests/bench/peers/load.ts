/** The load: the same calls to any of them, as fast as so many connections allow. */
import { Pool } from 'undici'

export interface Target {
  port: number
  path: string
  headers: Readonly<Record<string, string>>
}

const messages = [{ role: 'user', content: 'x'.repeat(2000) }]
const bodyOf = (streamed: boolean, model: string) =>
  Buffer.from(JSON.stringify({ ...(streamed ? { stream: true } : {}), model, messages }))

export interface Load {
  connections: number
  calls: number
  streamed?: boolean
  model?: string
}

export interface Run {
  /** Answered as they should be, per second. */
  rate: number
  /** Any other status, an answer that was cut, or none at all. */
  failed: number
}

/** Closed loop: each connection sends its next call when its last has ended. */
export async function throughput(
  target: Target,
  { connections, calls, streamed = false, model = 'gpt-4o-mini' }: Load,
): Promise<Run> {
  const pool = new Pool(`http://127.0.0.1:${target.port}`, { connections })
  const body = bodyOf(streamed, model)
  let [left, failed] = [calls, 0]
  const worker = async () => {
    while (left-- > 0) if (!(await succeeds(pool, target, body, streamed))) failed++
  }
  const started = performance.now()
  await Promise.all(Array.from({ length: connections }, worker))
  const seconds = (performance.now() - started) / 1000
  await pool.destroy()
  return { rate: (calls - failed) / seconds, failed }
}

/** One call after the other. Gives the sorted times in ms. Throws when one fails. */
export async function latencies(target: Target, calls: number): Promise<number[]> {
  const pool = new Pool(`http://127.0.0.1:${target.port}`, { connections: 1 })
  const body = bodyOf(false, 'gpt-4o-mini')
  const times: number[] = []
  for (let i = 0; i < calls; i++) {
    const started = performance.now()
    if (!(await succeeds(pool, target, body, false))) throw new Error(`${target.path} on port ${target.port} failed`)
    times.push(performance.now() - started)
  }
  await pool.destroy()
  return times.toSorted((a, b) => a - b)
}

async function succeeds(pool: Pool, { path, headers }: Target, body: Buffer, streamed: boolean): Promise<boolean> {
  try {
    const all = { ...headers, 'content-type': 'application/json', 'content-length': String(body.length) }
    const answer = await pool.request({ method: 'POST', path, headers: all, body })
    let last = ''
    for await (const bytes of answer.body) last = (bytes as Buffer).toString('latin1')
    return answer.statusCode === 200 && (!streamed || last.includes('[DONE]'))
  } catch {
    return false // It counts as failed, which is what is asked.
  }
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}
