/** One model asked with one key after another, until it answers or another key would fare no better. */
import { type Reply, readAnswer } from '../task/index.ts'
import type { KeyPoolManager } from './gemini.ts'
import { KeyPoolError } from './gemini-errors.ts'
import type { CallEnd } from './gemini-task-call.ts'

export interface KeyTries {
  pool: KeyPoolManager
  provider: string
  /** Keys tried for one model at most. */
  most: number
  /** Seconds that a key stays reserved if this program dies. */
  reservation: number
  /** Keys that are no good for any model: they stay reserved until the task is over. */
  bad: string[]
  call(model: string, secret: string): Promise<CallEnd>
  /** Hears in how many seconds a key is expected back. */
  onWait(retryAfter: number): void
  onProgress(message: string): void
}

/** A key that has failed stays reserved meanwhile, so that the next one is another. */
export async function askWithKeys(model: string, tries: KeyTries): Promise<Reply> {
  const tried: string[] = []
  const ends = new Set<CallEnd['kind']>()
  let message = ''
  try {
    while (tried.length < tries.most) {
      const key = await reserve(model, tries)
      if ('none' in key) {
        if (tried.length === 0) message = key.none
        break
      }
      tried.push(key.id)
      const end = await callWith(key.id, model, tries)
      if (end.kind === 'answer') return { kind: 'answer', body: end.body, keyId: key.id, model: null }
      if (end.kind === 'model' || end.kind === 'stopped') return { kind: end.kind, message: end.message, keyId: key.id }
      ends.add(end.kind)
      message = end.message
      tries.onProgress(`${model} on ${key.id}: ${message}`)
    }
  } finally {
    for (const id of tried) if (!tries.bad.includes(id)) await tries.pool.releaseKey(id)
  }
  // When nobody was ever reached, no other model would be.
  const unreachable = ends.has('network') && ends.size === 1
  return { kind: unreachable ? 'unreachable' : 'no-key', message, keyId: tried.at(-1) ?? null }
}

async function reserve(
  model: string,
  { pool, provider, reservation, onWait }: KeyTries,
): Promise<{ id: string } | { none: string }> {
  try {
    return { id: await pool.reserveKey(provider, { model, seconds: reservation }) }
  } catch (error) {
    if (!(error instanceof KeyPoolError && error.code === 'NO_KEY_AVAILABLE')) throw error
    if (error.retryAfter !== null) onWait(error.retryAfter)
    return { none: error.message }
  }
}

async function callWith(id: string, model: string, { pool, bad, call }: KeyTries): Promise<CallEnd> {
  const end = await callWithSecret(id, model, pool, call)
  if (end.kind === 'key') bad.push(id)
  if (end.kind === 'refused') await pool.markKeyRateLimited(id, { errorMessage: end.text, model })
  if (end.kind === 'answer') {
    const { tokensIn, tokensOut, thinkingTokens } = readAnswer(end.body)
    await pool.updateUsage(id, {
      requests: 1,
      inputTokens: tokensIn ?? 0,
      outputTokens: (tokensOut ?? 0) + (thinkingTokens ?? 0),
    })
  }
  return end
}

async function callWithSecret(id: string, model: string, pool: KeyPoolManager, call: KeyTries['call']): Promise<CallEnd> {
  let secret: string
  try {
    secret = pool.getApiKey(id)
  } catch (error) {
    if (error instanceof KeyPoolError && error.code === 'KEY_VARIABLE_UNSET') return { kind: 'key', message: error.message }
    throw error
  }
  return call(model, secret)
}
