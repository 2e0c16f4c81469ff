/** Keeps privacy mode's promise at the one door: answers are masked as they come in, and nothing masked is ever sent back. */
import { createORPCClient } from '@orpc/client'
import type { QueryClient } from '@tanstack/react-query'
import type { LiveBatch } from '../../src-preload/contract/index.ts'
import type { Client, Connection } from '../bridge/index.ts'
import { isMasked, maskAnswer } from './mask.ts'
import { privacy } from './privacy.ts'

/** A call that privacy mode does not allow: it would show a secret, write a masked file, or save a masked text. */
export class PrivacyError extends Error {
  override readonly name = 'PrivacyError'

  constructor() {
    super('Privacy mode is on.')
  }
}

/** Their answers are of no use when masked: they hold a token or secret that is shown once, or make a file. */
const refused: ReadonlySet<string> = new Set(['keys.reveal', 'clients.create', 'clients.rotate', 'transfer.export'])

type Call = (input: unknown, options: unknown) => Promise<unknown>

/** The same connection, with privacy mode kept. */
export function guardConnection(connection: Connection): Connection {
  const { client } = connection
  return {
    ...connection,
    client: createORPCClient<Client>({
      async call(path, input, options) {
        if (isMasked(input) || (privacy.on() && refused.has(path.join('.')))) throw new PrivacyError()
        const answer = await at(client, path)(input, options)
        return shown(path[0] ?? '', answer)
      },
    }),
    onLive: (listener) => connection.onLive((batch) => listener(shown<LiveBatch>('live', batch))),
  }
}

/** Masks what is known already when privacy mode begins; asks again when it ends. */
export function followPrivacy(cache: QueryClient): void {
  let was = privacy.on()
  privacy.subscribe(() => {
    const on = privacy.on()
    if (on === was) return
    was = on
    if (!on) return void cache.invalidateQueries()
    for (const { queryKey, state } of cache.getQueryCache().getAll())
      if (state.data !== undefined)
        cache.setQueryData(queryKey, maskAnswer(nounOf(queryKey), state.data), { updatedAt: state.dataUpdatedAt })
  })
}

function at(client: Client, path: readonly string[]): Call {
  let found = client as unknown as Record<string, unknown>
  for (const part of path) found = found[part] as Record<string, unknown>
  return found as unknown as Call
}

function shown<T>(noun: string, answer: T): T {
  if (isIterator(answer)) return masking(noun, answer) as T
  return privacy.on() ? maskAnswer(noun, answer) : answer
}

function isIterator(answer: unknown): answer is AsyncIterator<unknown> {
  return typeof answer === 'object' && answer !== null && Symbol.asyncIterator in answer
}

/** No generator: its `return` would wait for the step under way. */
function masking(noun: string, steps: AsyncIterator<unknown>): AsyncIterableIterator<unknown> {
  return {
    async next() {
      const step = await steps.next()
      return step.done ? step : { done: false, value: shown(noun, step.value) }
    },
    return: async (value?: unknown) => (await steps.return?.(value)) ?? { done: true, value },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}

function nounOf(queryKey: readonly unknown[]): string {
  const [path] = queryKey
  return Array.isArray(path) ? String(path[0]) : ''
}
