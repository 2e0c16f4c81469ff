/** A door for programs that ask, over a read model in memory, on a clock that a test moves. */
import { setImmediate as turn } from 'node:timers/promises'
import type { Door, DoorAnswer } from '../../src-main/proxy/types.ts'
import { createApprovalService } from '../../src-main/services/approvals/approvals.ts'
import { createAsking } from '../../src-main/services/approvals/asking.ts'
import { createConnectDoor } from '../../src-main/services/approvals/door.ts'
import { createCatalog } from '../../src-main/services/catalog.ts'
import type { ConfigWrites, Loaded } from '../../src-main/storage/types.ts'
import type { Approval, ApprovalDecision } from '../../src-preload/contract/index.ts'
import { nothingStored, pool } from '../storage/fixtures.ts'
import { VirtualClock } from '../support/clock.ts'

export const origin = 'http://127.0.0.1:8787'

/** What a person who changes nothing says. */
export const plainly: ApprovalDecision = { lane: 'interactive', budget: null, quotas: [], expiresAt: null }

interface Call {
  method?: string
  path?: string
  body?: string | object | Buffer
  headers?: Record<string, string>
  peer?: { address: string; port: number }
  gone?: AbortSignal
}

interface DeskOptions {
  loaded?: Partial<Loaded>
  clock?: VirtualClock
  process?: (port: number) => Approval['process']
}

export function openDesk({ loaded = {}, clock = new VirtualClock(), process = () => null }: DeskOptions = {}) {
  const written: ConfigWrites[] = []
  let failure: Error | null = null
  const write = async (writes: ConfigWrites) => {
    await turn()
    if (failure !== null) throw failure
    written.push(writes)
  }
  const pools = ['main', 'other'].map((slug) => ({ ...pool(), slug }))
  const catalog = createCatalog({ write }, { ...nothingStored, pools, ...loaded })
  const asking = createAsking({ catalog, clock, findProcess: ({ port }) => Promise.resolve(process(port)) })
  const door = createConnectDoor({ asking, pools: () => pools.map(({ slug }) => slug) })
  const send = (call: Call) => answerOf(door, call)
  return {
    catalog,
    clock,
    written,
    approvals: createApprovalService({ catalog, clock }),
    /** From then on nothing can be written, until null. */
    fail: (error: Error | null) => (failure = error),
    send,
    ask: (body: object = { name: 'Program' }, port = 50_000) =>
      send({ method: 'POST', path: '/connect', body, peer: { address: '127.0.0.1', port } }),
    poll: (path: string, gone?: AbortSignal) => send({ path, ...(gone ? { gone } : {}) }),
  }
}

async function answerOf(door: Door, { method = 'GET', path = '/connect', body = '', headers = {}, peer, gone }: Call) {
  const said: Record<string, string> = { 'content-type': 'application/json', ...headers }
  const answer = await door.answer({
    method,
    path,
    query: new URLSearchParams(),
    header: (name) => said[name.toLowerCase()],
    peer: peer ?? { address: '127.0.0.1', port: 50_000 },
    origin,
    gone: gone ?? new AbortController().signal,
    body: Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
  })
  return { status: answer.status, headers: headersOf(answer), json: JSON.parse(Buffer.from(answer.body).toString()) }
}

function headersOf({ headers }: DoorAnswer): Record<string, string> {
  const pairs = headers.flatMap((name, at) => (at % 2 === 0 ? [[name, headers[at + 1] ?? '']] : []))
  return Object.fromEntries(pairs) as Record<string, string>
}
