/** A changed port moves a proxy that is on. */
import type { Settings } from '../../../src-preload/contract/index.ts'
import { useProxySwitch } from '../../queries/use-proxy-switch.ts'

/** Give it what was set. */
export function useMovedPort(): (set: Partial<Settings>) => void {
  const { status, start } = useProxySwitch()
  return ({ proxyPort }) => {
    const listening = status?.port ?? null
    if (proxyPort !== undefined && listening !== null && listening !== proxyPort) start(proxyPort)
  }
}
