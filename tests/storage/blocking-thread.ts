/** A thread whose `block` is stuck inside SQLite, as in a long query, until the test gives a lock back. */
import { parentPort, workerData } from 'node:worker_threads'
import { serve } from '../../src-main/storage/calls.ts'
import { connect } from '../../src-main/storage/connection.ts'

export interface BlockingCalls {
  block(): void
  echo(input: string): string
  crash(): never
  close(): void
}

serve<BlockingCalls>(parentPort, () => ({
  block() {
    const connection = connect((workerData as { file: string }).file, { busyMs: 60_000 })
    connection.exec('BEGIN EXCLUSIVE; ROLLBACK')
    connection.close()
  },
  echo: (input) => input,
  crash: () => process.exit(1),
  close: () => undefined,
}))
