/** The proxy's switch: one state that says what is, never what was asked for. */
import { KeywheelError, type ProxyStatus } from '../../src-preload/contract/index.ts'
import type { Clock } from '../pool/types.ts'
import type { Proxy } from '../proxy/index.ts'
import type { Catalog } from './catalog.ts'
import { testProxy } from './proxy-test.ts'
import type { Actor, ProxyService } from './types.ts'

export interface ProxyServiceDeps {
  proxy: Proxy
  catalog: Catalog
  clock: Clock
  /** Keys that could serve now, over all pools. */
  readyKeys(): number
  onState(status: ProxyStatus): void
  /** A token that opens the proxy until `revoke`. */
  borrowToken(): { token: string; revoke(): void }
  fetch: typeof globalThis.fetch
}

type Phase = 'off' | 'starting' | 'on' | 'stopping' | 'error'

/** The name under which the catalog remembers whether the proxy was on. */
const rememberedOn = 'state.proxyOn'

export interface ProxySwitch extends ProxyService {
  /** Starts it if it was on at the last stop (or there was none); on the very first start a taken port is stepped over silently. */
  restore(port: number | undefined): Promise<void>
  /** Tells listeners when the number of ready keys has changed what the state is. */
  refresh(): void
  /** Stops it for good, without remembering it as switched off. */
  close(): Promise<void>
}

export function createProxyService(deps: ProxyServiceDeps): ProxySwitch {
  const { proxy, catalog, clock } = deps
  let phase: Phase = 'off'
  let port: number | null = null
  let reason: ProxyStatus['reason'] = null
  let since = clock.now()
  /** Where it listened last: programs were pointed there, so it goes back there. */
  let lastPort: number | undefined
  let told = ''
  catalog.observe(({ putSettings }) => {
    if (putSettings?.['proxyPort'] !== undefined) lastPort = undefined
  })

  const status = (): ProxyStatus => {
    const starved = phase === 'on' && deps.readyKeys() === 0
    return {
      state: starved ? 'degraded' : phase,
      url: port === null ? null : `http://127.0.0.1:${port}`,
      port,
      reason: starved ? { code: 'NO_READY_KEY', message: 'No key is ready to serve.', nextPort: null } : reason,
      since,
      inFlight: proxy.inFlight,
    }
  }
  const tell = () => {
    const now = status()
    const face = `${now.state} ${now.url} ${now.reason?.code}`
    if (face === told) return
    told = face
    deps.onState(now)
  }
  const enter = (next: Phase, at: number | null, why: ProxyStatus['reason'] = null) => {
    phase = next
    port = at
    reason = why
    since = clock.now()
    tell()
  }
  const remember = (on: boolean, actor: Actor) =>
    catalog.commit({
      putSettings: { [rememberedOn]: on },
      audit: [{ at: clock.now(), actor, action: on ? 'proxy.start' : 'proxy.stop', subject: 'proxy' }],
    })

  const listen = async (wanted: number): Promise<void> => {
    enter('starting', null)
    try {
      const bound = await proxy.start(wanted)
      lastPort = bound.port
      enter('on', bound.port)
    } catch (error) {
      const failure =
        error instanceof KeywheelError ? error : new KeywheelError('INTERNAL', `The proxy could not start: ${String(error)}`)
      enter('error', null, { code: failure.code, message: failure.message, nextPort: failure.data.nextPort ?? null })
      throw failure
    }
  }

  const start = async (wanted: number | undefined, actor: Actor): Promise<ProxyStatus> => {
    if (phase === 'starting' || phase === 'stopping') throw new KeywheelError('PROXY_BUSY')
    const target = wanted ?? lastPort ?? catalog.settings().proxyPort
    if (phase === 'on') {
      if (wanted === undefined || wanted === port) return status()
      await halt()
    }
    await listen(target)
    await remember(true, actor)
    if (wanted !== undefined && wanted !== 0) await catalog.commit({ putSettings: { proxyPort: wanted } })
    return status()
  }

  const halt = async () => {
    enter('stopping', port)
    await proxy.stop()
    enter('off', null)
  }

  return {
    status,
    start: ({ port: wanted }, actor) => start(wanted, actor),
    async stop(actor) {
      if (phase === 'starting' || phase === 'stopping') throw new KeywheelError('PROXY_BUSY')
      if (phase === 'on') await halt()
      else enter('off', null)
      await remember(false, actor)
      return status()
    },
    test: (input) => testProxy(input, status().url, deps),
    async restore(wanted) {
      const was = catalog.remembered(rememberedOn)
      if (was === false || (was === true && !catalog.settings().proxyRestore)) return
      try {
        await listen(wanted ?? catalog.settings().proxyPort)
      } catch (error) {
        const next = error instanceof KeywheelError ? error.data.nextPort : undefined
        // A port that was asked for, or that programs were already pointed to, is never changed behind their back.
        if (wanted !== undefined || was === true || next === undefined) return
        await listen(next)
        await catalog.commit({ putSettings: { proxyPort: next } })
      }
      await remember(true, 'system')
    },
    refresh: tell,
    async close() {
      if (phase === 'on') await halt()
    },
  }
}
