/** The proxy's switch: one state that says what is, never what was asked for. */
import { KeywheelError, type ProxyStatus } from '../../src-preload/contract/index.ts'
import type { Clock } from '../pool/types.ts'
import type { Proxy } from '../proxy/index.ts'
import type { Catalog } from './catalog.ts'
import type { KnownClients } from './clients/client-sync.ts'
import { testProxy } from './proxy-test.ts'
import type { Actor, ProxyService } from './types.ts'

export interface ProxyServiceDeps {
  proxy: Proxy
  catalog: Catalog
  clock: Clock
  /** Keys that could serve now, over all pools. */
  readyKeys(): number
  offline(): ProxyStatus['offline']
  onState(status: ProxyStatus): void
  borrowToken: KnownClients['borrowToken']
  fetch: typeof globalThis.fetch
}

type Phase = 'off' | 'starting' | 'on' | 'stopping' | 'error'

/** The name under which the catalog remembers whether the proxy was on. */
const rememberedOn = 'state.proxyOn'

export interface ProxySwitch extends ProxyService {
  /**
   * Starts it if it was on at the last stop (or there was none); on the very first start a taken port is stepped over silently.
   * `port` = what was asked for this run: it goes before the setting until another one is set, and is not remembered.
   */
  restore(port: number | undefined): Promise<void>
  /** Tells listeners when the number of ready keys, or of upstreams that are reached, has changed what the state is. */
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
  let told = ''
  /** The port of this run, when it is not the setting's: off and on again leads back to it. */
  let runPort: number | undefined
  /** What is being done to the proxy now; `close` waits for it. */
  let moving: Promise<unknown> = Promise.resolve()
  let closed = false
  catalog.observe(({ putSettings }) => {
    if (putSettings?.['proxyPort'] !== undefined) runPort = undefined
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
      offline: deps.offline(),
    }
  }
  const tell = () => {
    const now = status()
    const face = `${now.state} ${now.url} ${now.reason?.code} ${now.offline?.proxy} ${now.offline?.hosts.join()}`
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
  const remember = (on: boolean, actor: Actor, settings: { proxyPort?: number } = {}) =>
    catalog.commit({
      putSettings: { ...settings, [rememberedOn]: on },
      audit: [{ at: clock.now(), actor, action: on ? 'proxy.start' : 'proxy.stop', subject: 'proxy' }],
    })

  const listen = async (wanted: number): Promise<void> => {
    enter('starting', null)
    try {
      const bound = await proxy.start(wanted)
      // "Any free one" is chosen once: programs that were pointed to it find it there again.
      if (wanted === 0) runPort = bound.port
      enter('on', bound.port)
    } catch (error) {
      const failure =
        error instanceof KeywheelError ? error : new KeywheelError('INTERNAL', `The proxy could not start: ${String(error)}`)
      enter('error', null, { code: failure.code, message: failure.message, nextPort: failure.data.nextPort ?? null })
      throw failure
    }
  }

  const start = async (wanted: number | undefined, actor: Actor): Promise<ProxyStatus> => {
    const target = wanted ?? runPort ?? catalog.settings().proxyPort
    if (phase === 'on') {
      if (wanted === undefined || wanted === port) return status()
      enter('stopping', port)
      await proxy.stop()
    }
    await listen(target)
    await remember(true, actor, wanted ? { proxyPort: wanted } : {})
    return status()
  }

  const halt = async () => {
    if (phase === 'on') {
      enter('stopping', port)
      await proxy.stop()
    }
    enter('off', null)
  }

  /** What fails here is in the state; it never keeps Keywheel from starting. */
  const restore = async (wanted: number | undefined, first: boolean): Promise<void> => {
    try {
      await listen(wanted ?? catalog.settings().proxyPort)
      if (first) await remember(true, 'system')
    } catch (error) {
      if (!(error instanceof KeywheelError)) throw error
      const { nextPort } = error.data
      // A port that was asked for, or that programs were already pointed to, is never changed behind their back.
      if (wanted !== undefined || !first || nextPort === undefined) return
      await listen(nextPort).then(
        () => remember(true, 'system', { proxyPort: nextPort }),
        () => undefined,
      )
    }
  }

  /** Runs a change of the switch; PROXY_BUSY while another one is under way. */
  const move = <T>(change: () => Promise<T>): Promise<T> => {
    if (closed || phase === 'starting' || phase === 'stopping') return Promise.reject(new KeywheelError('PROXY_BUSY'))
    const moved = change()
    moving = moved.catch(() => undefined)
    return moved
  }

  return {
    status,
    start: ({ port: wanted }, actor) => move(() => start(wanted, actor)),
    stop: (actor) =>
      move(async () => {
        await halt()
        await remember(false, actor)
        return status()
      }),
    test: (input) => testProxy(input, status().url, deps),
    restore(wanted) {
      runPort = wanted
      const was = catalog.remembered(rememberedOn)
      if (was === false || (was === true && !catalog.settings().proxyRestore)) return Promise.resolve()
      return move(() => restore(wanted, was !== true))
    },
    refresh: tell,
    async close() {
      closed = true
      await moving
      await halt()
    },
  }
}
