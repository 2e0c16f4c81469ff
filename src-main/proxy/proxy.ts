/** The proxy, whole: accept → admit → call, on loopback, started and stopped at run time. */
import { KeywheelError } from '../../src-preload/contract/index.ts'
import { connectionLimit } from './accept/connection-limit.ts'
import { createHttpAcceptor } from './accept/http-acceptor.ts'
import { type AdmittedCall, admit } from './admit/admission.ts'
import { answerDoor, type DoorCall, doorMemory } from './admit/door.ts'
import { createFailureLimiter } from './admit/failure-limiter.ts'
import { createAccountWatch } from './attempt/account-watch.ts'
import { createEstimates } from './attempt/estimates.ts'
import { createRetryBudget, type RetryBudget } from './attempt/retry.ts'
import { serveCall } from './call.ts'
import type { CallContext } from './call-context.ts'
import { createUndiciForwarder } from './forward/undici-forwarder.ts'
import { logFailure } from './log-failure.ts'
import { answerMetrics } from './metrics-answer.ts'
import { answerModels } from './model-lists.ts'
import { createReplayBudget } from './replay-body.ts'
import type { Acceptor, Exchange, Forwarder, ProxyDeps } from './types.ts'

export interface Proxy {
  /** Listens on both loopback families; 0 = any free port. PORT_TAKEN (nextPort set), PROXY_BUSY when it runs already. */
  start(port: number): Promise<{ port: number }>
  /** Takes no more, lets what is under way end within the grace, then cuts it. Every call is recorded when this resolves. */
  stop(): Promise<void>
  /** Calls under way. */
  readonly inFlight: number
}

/** Limits that a test may want smaller. Times in ms, sizes in bytes. */
export interface ProxyLimits {
  headersMs: number
  bodyWindowMs: number
  bodyBytesPerSecond: number
  writeStallMs: number
  lingerMs: number
  graceMs: number
  /** At most; fewer when the system allows few open files. */
  maxConnections: number
  replayBytes: number
  replayTotalBytes: number
}

const defaults: ProxyLimits = {
  headersMs: 10_000,
  bodyWindowMs: 15_000,
  bodyBytesPerSecond: 256,
  writeStallMs: 60_000,
  lingerMs: 2_000,
  graceMs: 10_000,
  maxConnections: 10_000,
  replayBytes: 16 * 1024 * 1024,
  replayTotalBytes: 256 * 1024 * 1024,
}

interface Running {
  acceptor: Acceptor
  forwarder: Forwarder
}

/** A proxy that is not running yet. */
export function createProxy(deps: ProxyDeps, limits: Partial<ProxyLimits> = {}): Proxy {
  const { graceMs, replayBytes, replayTotalBytes, headersMs, writeStallMs, lingerMs, ...rest } = { ...defaults, ...limits }
  const pace = { windowMs: rest.bodyWindowMs, minBytesPerSecond: rest.bodyBytesPerSecond }
  const maxConnections = connectionLimit(rest.maxConnections)
  const calls = new Set<Promise<void>>()
  const limiter = createFailureLimiter(deps.clock)
  const replay = createReplayBudget(replayTotalBytes)
  const memory = createReplayBudget(doorMemory)
  const estimates = createEstimates(deps.cost, deps.clock)
  const accounts = createAccountWatch((keyId, account) => {
    try {
      deps.onAccount(keyId, account)
    } catch (error) {
      // The answer that named it is the client's all the same.
      logFailure(deps.log, error, 'an account could not be noted')
    }
  })
  const retries = new Map<string, RetryBudget>()
  let running: Running | null = null

  const retriesOf = (slug: string): RetryBudget => {
    const known = retries.get(slug) ?? createRetryBudget(deps.clock)
    retries.set(slug, known)
    return known
  }
  const track = (done: Promise<void>) => {
    calls.add(done)
    void done.finally(() => calls.delete(done))
  }
  const serve = (call: AdmittedCall | DoorCall, context: CallContext) => {
    if ('door' in call) return track(answerDoor(call, { deps, memory }))
    const { target } = call
    if (target.kind === 'unified' && target.operation.kind === 'models') return answerModels(call, target.operation, deps)
    // Only what is told of a call can still fail here, and never the next call with it.
    const done = target.kind === 'metrics' ? answerMetrics(call, deps) : serveCall(call, context)
    track(done.catch((error: unknown) => logFailure(deps.log, error, 'a proxied call could not be recorded')))
  }

  return {
    async start(port) {
      if (running !== null) throw new KeywheelError('PROXY_BUSY', 'The proxy is running already.')
      let bound = 0
      const forwarder = createUndiciForwarder({ resolve: deps.resolve, trust: deps.trust, ownPort: () => bound })
      const context = { deps, forwarder, replay, replayBytes, retriesOf, estimates, accounts }
      const onExchange = (exchange: Exchange) => {
        try {
          const call = admit(exchange, { deps, limiter, port: bound })
          if (call !== null) serve(call, context)
        } catch (error) {
          logFailure(deps.log, error, 'a request failed inside Keywheel before it was a call')
          exchange.abort()
        }
      }
      const acceptor = createHttpAcceptor({
        clock: deps.clock,
        limits: { pace, headersMs, writeStallMs, lingerMs, maxConnections },
        onExchange,
      })
      running = { acceptor, forwarder }
      try {
        bound = (await acceptor.listen(port)).port
        return { port: bound }
      } catch (error) {
        running = null
        await forwarder.close()
        throw error
      }
    },
    async stop() {
      const stopping = running
      if (stopping === null) return
      await stopping.acceptor.close(graceMs)
      await Promise.all(calls)
      await stopping.forwarder.close()
      running = null
    },
    get inFlight() {
      return calls.size
    },
  }
}
