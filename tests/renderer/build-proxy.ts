/** The proxy as it is when nothing is the matter. */
import type { ProxyStatus } from '../../src-preload/contract/index.ts'

export const proxyOn = {
  state: 'on',
  url: 'http://127.0.0.1:8787',
  port: 8787,
  reason: null,
  since: 0,
  inFlight: 0,
  offline: null,
} as const satisfies ProxyStatus
