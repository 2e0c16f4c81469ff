/** The whole of Keywheel, headless, with everything on: token, pool, limits, lease, usage to disk. */
import { existsSync } from 'node:fs'
import { startUnlockedHost } from '../../support/unlocked-host.ts'
import type { Peer } from './process.ts'

export interface Keywheel extends Peer {
  token: string
  /** Requests that were written down, and those of them that were not ok. */
  recorded(): Promise<{ requests: number; failed: number }>
}

/** With a pool `bench` of so many keys, each with limits that are never reached. Needs a build (`npm run build`). */
export async function startKeywheel(name: string, upstream: number, keys: number): Promise<Keywheel> {
  if (!existsSync('out/main/headless.js')) throw new Error('run npm run build first')
  const host = await startUnlockedHost()
  const ask = async (method: string, path: string, body?: unknown) => {
    const answer = await host.rest(method, path, body)
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
    return answer.body
  }
  const limits = { '*': { rpm: 1_000_000, tpm: 1_000_000_000 } }
  const baseUrl = `http://127.0.0.1:${upstream}/v1`
  await ask('POST', '/pools', { slug: 'bench', provider: 'openai', baseUrl, config: { limits, models: ['gpt-4o-mini'] } })
  const lines = Array.from({ length: keys }, (_, i) => `sk-bench-${String(i).padStart(32, '0')}`)
  await ask('POST', '/keys/import', { text: lines.join('\n'), pool: 'bench' })
  const { token } = (await ask('POST', '/clients', { name: 'bench' })) as { token: string }
  if (host.proxy === null) throw new Error('the proxy is not running')
  return {
    name,
    port: Number(new URL(host.proxy).port),
    token,
    pids: () => [host.pid],
    async stop() {
      await host.stop()
    },
    async recorded() {
      const { requests, failed } = (await ask('GET', '/usage/summary?from=0')) as { requests: number; failed: number }
      return { requests, failed }
    },
  }
}
