/** `keywheel task`: one task for a model, by way of the running Keywheel. */
import { setTimeout as delay } from 'node:timers/promises'
import { contract } from '../../src-preload/contract/index.ts'
import { type Ask, type FailureKind, type Reply, runTask, type TaskEnd, type TaskOptions } from '../task/index.ts'
import { type Borrowed, withClient } from './client.ts'
import { exitCodes } from './failure.ts'
import { type HttpAnswer, http, parseJson } from './http.ts'
import type { Keywheel } from './keywheel.ts'

export interface TaskWish extends TaskOptions {
  /** Only keys of this pool; absent = wherever the model is served. */
  pool?: string
  /** How often a model is asked again after a failure that may pass. */
  maxRetries: number
}

/** Throws CommandError and TaskInputError. */
export async function taskByKeywheel(
  keywheel: Keywheel,
  task: string,
  { pool, maxRetries, ...options }: TaskWish,
): Promise<TaskEnd> {
  const { quality: chains } = await keywheel.call(contract.settings.get)
  return withClient(keywheel, { name: 'task', pool: pool ?? null }, (client) => {
    const ask = (...args: Parameters<Ask>) => persistently(maxRetries, options, () => askProxy(client, pool, ...args))
    return runTask(task, options, { ask, chains, backend: 'keywheel', now: () => performance.now() })
  })
}

export function exitCodeOf(failure: FailureKind | null): number {
  switch (failure) {
    case null:
      return exitCodes.ok
    case 'no-key':
      return exitCodes.noKey
    case 'unreachable':
      return exitCodes.notRunning
    case 'model':
    case 'denied':
    case 'stopped':
      return exitCodes.failed
  }
}

interface Try {
  reply: Reply
  /** Another try might go better. */
  passing: boolean
}

/** The pool has tried its keys by then; waits 1 s, 2 s, 4 s, … at most 30 s. */
async function persistently(tries: number, { signal, onProgress }: TaskOptions, attempt: () => Promise<Try>): Promise<Reply> {
  for (let tried = 0; ; tried++) {
    const { reply, passing } = await attempt()
    if (reply.kind === 'answer' || !passing || tried >= tries || signal?.aborted) return reply
    const ms = Math.min(30_000, 1000 * 2 ** tried)
    onProgress?.(`${reply.message} Again in ${ms / 1000} s.`)
    await delay(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined)
  }
}

async function askProxy(
  { proxy, token }: Borrowed,
  pool: string | undefined,
  model: string,
  body: Record<string, unknown>,
  signal: AbortSignal | undefined,
): Promise<Try> {
  const name = pool === undefined ? model : `${pool}/${model}`
  const url = new URL(`${proxy}/v1beta/models/${name.split('/').map(encodeURIComponent).join('/')}:generateContent`)
  try {
    const answer = await http(url, { method: 'POST', headers: { 'x-goog-api-key': token }, body, signal })
    return judge(answer)
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'it failed'
    if (signal?.aborted) return { reply: { kind: 'stopped', message: 'stopped.', keyId: null }, passing: false }
    return { reply: { kind: 'unreachable', message: `the proxy does not answer (${reason}).`, keyId: null }, passing: true }
  }
}

function judge({ status, headers, text }: HttpAnswer): Try {
  const body = parseJson(text)
  const keyId = headerOf(headers['x-keywheel-key'])
  const model = headerOf(headers['x-keywheel-model'])
  if (status < 300 && body !== undefined) return { reply: { kind: 'answer', body, keyId, model }, passing: false }
  const { said, reason } = readError(body)
  const message = `${said ?? 'the answer is not JSON.'} (${status})`
  return { reply: { kind: kindOf(status, reason), message, keyId }, passing: status >= 500 && !keyless.has(reason ?? '') }
}

/** Keywheel's own words for: no key of the pool will serve this now. */
const keyless = new Set([
  'NO_KEYS',
  'NO_USABLE_KEY',
  'NO_READY_KEY',
  'LIMIT_SPENT',
  'LIMIT_IS_ZERO',
  'VAULT_LOCKED',
  'KEY_NOT_FOUND',
])

function kindOf(status: number, reason: string | null): Exclude<FailureKind, 'unreachable' | 'stopped'> {
  // What an upstream says of its keys is between it and the pool; only Keywheel's own 401 is about our token.
  if (status === 401 && reason !== null) return 'denied'
  return status === 429 || keyless.has(reason ?? '') ? 'no-key' : 'model'
}

interface GoogleError {
  error?: { message?: unknown; details?: unknown }
}

/** `reason` only where Keywheel itself made the error. */
function readError(body: unknown): { said: string | null; reason: string | null } {
  const { message, details } = (body as GoogleError | undefined)?.error ?? {}
  const infos = Array.isArray(details) ? (details as { domain?: unknown; reason?: unknown }[]) : []
  const own = infos.find((info) => info?.domain === 'keywheel')?.reason
  return { said: typeof message === 'string' ? message : null, reason: typeof own === 'string' ? own : null }
}

const headerOf = (value: string | string[] | undefined) => (typeof value === 'string' ? value : null)
