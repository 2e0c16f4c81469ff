/** What helps whoever reads a report, and names nobody: no keys, tokens, labels, addresses of upstreams or paths. Pure. */
import type { Pool, ProxyStatus, SystemInfo, VaultStatus } from '../../../src-preload/contract/index.ts'

export interface DiagnosticFacts {
  info: SystemInfo
  proxy: ProxyStatus | undefined
  vault: VaultStatus | undefined
  pools: readonly Pool[] | undefined
  userAgent: string
}

/** JSON text, one fact a line. */
export function diagnosticsOf({ info, proxy, vault, pools, userAgent }: DiagnosticFacts): string {
  const { version, shell, platform, node, databaseBytes, usageBytes, droppedRows } = info
  return JSON.stringify(
    {
      keywheel: { version, shell, platform, node, databaseBytes, usageBytes, droppedRows },
      page: userAgent,
      proxy: proxy && { state: proxy.state, port: proxy.port, reason: proxy.reason?.code ?? null, inFlight: proxy.inFlight },
      vault: vault && {
        mode: vault.mode,
        state: vault.state,
        reason: vault.reason,
        slots: vault.slots.map(({ kind }) => kind),
        records: vault.records,
        keychain: vault.keychain.available,
      },
      pools: pools?.map(({ provider, strategy, keys, untrustedKeys }) => ({ provider, strategy, keys, untrustedKeys })),
    },
    null,
    2,
  )
}
