/** What a client says about one call in headers that are for Keywheel alone; none of them goes upstream. */
import type { Lane } from '../../pool/types.ts'
import type { Refusal } from '../admit/request-checks.ts'
import { headerValue } from '../raw-headers.ts'
import type { ProxyClient } from '../types.ts'

export interface CallOptions {
  lane: Lane
  /** Calls of one session stay on one key; absent = the request itself may say. */
  session?: string
}

/** Longer names would only fill the table of sessions. */
const sessionMax = 200

/** From `x-keywheel-lane` (else the client's own lane) and `x-keywheel-session`. */
export function callOptions(raw: readonly string[], client: ProxyClient): CallOptions | Refusal {
  const lane = headerValue(raw, 'x-keywheel-lane')?.trim() ?? client.lane
  if (lane !== 'interactive' && lane !== 'background') {
    return { status: 400, code: 'BAD_LANE', message: 'x-keywheel-lane must be interactive or background.' }
  }
  const session = headerValue(raw, 'x-keywheel-session')?.trim() ?? ''
  if (session.length > sessionMax) {
    return { status: 400, code: 'BAD_SESSION', message: `x-keywheel-session must have at most ${sessionMax} characters.` }
  }
  // Two clients that both count their sessions from 1 mean different ones.
  return session === '' ? { lane } : { lane, session: `${client.id}/${session}` }
}
