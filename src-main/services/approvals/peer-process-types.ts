/** A connection between programs on this machine, and who is at its other end. */
import type { Approval } from '../../../src-preload/contract/index.ts'

export type PeerProcess = NonNullable<Approval['process']>

/** One connection to this machine's proxy, as seen from here. */
export interface Connection {
  address: string
  port: number
  /** The port that it came to. */
  ownPort: number
}
