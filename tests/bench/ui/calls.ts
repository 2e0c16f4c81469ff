/** A program that calls so many times a second, whatever becomes of the calls. */
import { Agent, request } from 'node:http'

export interface Calls {
  /** Answered so far. */
  readonly done: number
  readonly failed: number
  stop(): Promise<void>
}

/** Small chat calls to `url` (of a pool) at an even pace of `perSecond`. */
export function startCalls(url: string, token: string, perSecond: number): Calls {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 })
  const body = JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'hello' }] })
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'content-length': String(body.length) }
  const open = new Set<Promise<void>>()
  const counts = { done: 0, failed: 0 }
  const call = () =>
    new Promise<void>((resolve) => {
      const sent = request(`${url}/chat/completions`, { method: 'POST', agent, headers }, (answer) => {
        answer.resume().once('close', () => {
          counts[answer.statusCode === 200 ? 'done' : 'failed'] += 1
          resolve()
        })
      })
      sent.once('error', () => {
        counts.failed += 1
        resolve()
      })
      sent.end(body)
    })
  const start = performance.now()
  let begun = 0
  const timer = setInterval(() => {
    const due = ((performance.now() - start) * perSecond) / 1000
    // A proxy that does not keep up is not asked for more than it has open.
    for (; begun < due; begun += 1) {
      if (open.size >= perSecond) continue
      const one: Promise<void> = call().finally(() => open.delete(one))
      open.add(one)
    }
  }, 10)
  return {
    get done() {
      return counts.done
    },
    get failed() {
      return counts.failed
    },
    async stop() {
      clearInterval(timer)
      await Promise.all(open)
      agent.destroy()
    },
  }
}
