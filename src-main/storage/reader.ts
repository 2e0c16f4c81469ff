/** Queries one after the other, each with a deadline: SQLite cannot be interrupted, so a thread that is late is given up for a new one. */

import { KeywheelError } from '../../src-preload/contract/errors.ts'
import { serial } from '../base/serial.ts'
import type { Calls } from './calls.ts'
import type { Thread } from './thread.ts'

export interface Reader<Map> {
  /** The first question starts the thread. */
  ask: Thread<Map>['call']
  /** Takes a new thread for what comes after the queries under way. */
  renew(): Promise<void>
  close(): Promise<void>
}

interface ReaderOptions<Map> {
  start: () => Promise<Thread<Map>>
  deadlineMs: number
  log: { warn(fields: Record<string, unknown>, message: string): void }
}

/** Threads that were given up and still work at most; each holds a processor. */
const maxAbandoned = 2

export function createReader<Map extends Calls<Map> & { close(): void }>({
  start,
  deadlineMs,
  log,
}: ReaderOptions<Map>): Reader<Map> {
  const inTurn = serial()
  let current: Promise<Thread<Map>> | null = null
  let abandoned = 0

  function thread(): Promise<Thread<Map>> {
    if (current) return current
    if (abandoned >= maxAbandoned)
      throw new KeywheelError('STORAGE_FAILED', 'Earlier queries are still running; try again in a moment, with a shorter range.')
    const starting = start()
    const forget = () => {
      if (current === starting) current = null
    }
    current = starting
    starting.then(({ ended }) => ended).then(forget, forget)
    return starting
  }

  async function run(name: string, call: (thread: Thread<Map>) => Promise<unknown>): Promise<unknown> {
    const running = await thread()
    const late = Promise.withResolvers<never>()
    const timer = setTimeout(() => {
      abandon(running)
      log.warn({ query: name, deadlineMs }, 'a query took too long and was abandoned')
      late.reject(
        new KeywheelError(
          'STORAGE_FAILED',
          `This took longer than ${deadlineMs / 1000} s and was abandoned; take a shorter range.`,
        ),
      )
    }, deadlineMs)
    return Promise.race([call(running), late.promise]).finally(() => clearTimeout(timer))
  }

  function abandon(running: Thread<Map>): void {
    current = null
    abandoned += 1
    const done = () => {
      abandoned -= 1
    }
    running.stop().then(done, done)
  }

  async function stop(): Promise<void> {
    if (!current) return
    const running = await current
    current = null
    await running.call(...(['close'] as unknown as Parameters<Thread<Map>['call']>))
    await running.stop()
  }

  const ask = (...call: Parameters<Thread<Map>['call']>) => inTurn(() => run(call[0], (running) => running.call(...call)))
  return {
    ask: ask as Thread<Map>['call'],
    renew: () => inTurn(stop),
    close: () => inTurn(stop),
  }
}
