/** What a network's error code says was not connected to; null = somebody was, or it says nothing about that. */
import type { Unreached } from '../../src-preload/contract/index.ts'

const meanings: ReadonlyMap<string, Unreached> = new Map([
  ...[
    'EAI_AGAIN',
    'ENOTFOUND',
    'ENETDOWN',
    'ENETUNREACH',
    'EHOSTDOWN',
    'EHOSTUNREACH',
    'EADDRNOTAVAIL',
    'ETIMEDOUT',
    'UND_ERR_CONNECT_TIMEOUT',
  ].map((code) => [code, 'network'] as const),
  // Its machine is there, and says no.
  ['ECONNREFUSED', 'upstream'],
  ['OUTBOUND_UNREACHABLE', 'proxy'],
  ['OUTBOUND_TIMEOUT', 'proxy'],
])

export function unreachedBy(code: string | null | undefined): Unreached | null {
  return meanings.get(code ?? '') ?? null
}
