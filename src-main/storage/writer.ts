/** The main thread's end of the writer: changes of the configuration one after the other, large ones in parts. */
import { serial } from '../base/serial.ts'
import type { WriterCalls } from './calls.ts'
import { partsOf } from './parts.ts'
import type { Thread } from './thread.ts'
import type { ConfigWrites } from './types.ts'

export interface Writer {
  call: Thread<WriterCalls>['call']
  /** One transaction, however many messages it takes to get there. */
  write(writes: ConfigWrites): Promise<void>
  erase(): Promise<void>
  /** Closes the files when every write before it is done, and ends the thread. */
  close(): Promise<void>
}

export function createWriter(thread: Thread<WriterCalls>): Writer {
  const inTurn = serial()
  let lastWrite = 0
  return {
    call: thread.call,
    write: (writes) =>
      inTurn(async () => {
        const write = ++lastWrite
        const parts = partsOf(writes)
        for (const part of parts.slice(0, -1)) await thread.call('stage', { write, part })
        await thread.call('write', { write, part: parts.at(-1) ?? {} })
      }),
    erase: () => inTurn(() => thread.call('erase')),
    async close() {
      try {
        await inTurn(() => thread.call('close'))
      } finally {
        await thread.stop()
      }
    },
  }
}
