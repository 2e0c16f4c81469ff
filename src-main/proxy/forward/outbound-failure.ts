/** What can go wrong between here and the proxy on the way out. None of it is a key's fault or the upstream's. */

const codes = ['OUTBOUND_UNREACHABLE', 'OUTBOUND_TIMEOUT', 'OUTBOUND_REFUSED', 'OUTBOUND_FORBIDDEN', 'OUTBOUND_CA'] as const
type OutboundCode = (typeof codes)[number]

export function isOutboundFailure(code: string): code is OutboundCode {
  return (codes as readonly string[]).includes(code)
}

/** The message is for people: it names the proxy and where it was to lead, never a credential. */
export class OutboundError extends Error {
  override readonly name = 'OutboundError'
  readonly code: OutboundCode

  constructor(code: OutboundCode, message: string) {
    super(message)
    this.code = code
  }
}

/** A proxy as messages name it. */
export function proxyName(proxy: URL): string {
  return `${proxy.protocol}//${proxy.host}`
}
