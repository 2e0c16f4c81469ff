/** Whether the provider may have charged for an attempt. */
import type { Attempt } from '../../../src-preload/contract/index.ts'
import { isOutboundFailure } from '../forward/outbound-failure.ts'
import { isAddressRefusal } from '../forward/upstream-address.ts'
import type { Failure } from './attempt.ts'
import { isTlsFailure } from './retry.ts'

export type Billed = NonNullable<Attempt['billed']>

/** No answer, or only the head of one. */
export function billedForFailure({ stage, bytesSent, code }: Failure): Billed {
  if (isTlsFailure(code) || isAddressRefusal(code) || isOutboundFailure(code)) return 'no'
  if (stage === 'connect' || (stage === 'sending' && bytesSent === 0)) return 'no'
  return stage === 'body' ? 'yes' : 'maybe'
}

/**
 * An error in place of an answer. Providers do not charge for those; but who speaks for one that could not be reached or took too
 * long (502, 504, and 500 from whatever stands in between) does not know what became of the call.
 */
export function billedForError(status: number): Billed {
  return status === 500 || status === 502 || status === 504 || status === 524 ? 'maybe' : 'no'
}
