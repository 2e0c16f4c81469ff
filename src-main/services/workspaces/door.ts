/** One set of services for as long as Keywheel runs: windows, sessions and live streams hold on to it while workspaces change behind it. */
import { KeywheelError, type LiveEvent } from '../../../src-preload/contract/index.ts'
import type { Clock } from '../../pool/types.ts'
import type { WorkspaceServices } from '../types.ts'

interface WorkspaceDoor {
  /** Leads to the open workspace. While it is shut every call fails with WORKSPACE_SWITCHING; subscriptions live on. */
  readonly services: WorkspaceServices
  /** Lets nobody in any more; resolves when the calls inside have ended, or after `graceMs`. */
  shut(graceMs: number): Promise<void>
  /** Lets calls in to this workspace, and tells everybody that everything has changed. */
  leadTo(next: WorkspaceServices): void
  /** Tells everybody a fact that is no workspace's. */
  tell(event: LiveEvent): void
}

/** A call meant for one workspace must never be carried out in another: it is refused rather than kept waiting. */
const again = 1

export function createWorkspaceDoor(first: WorkspaceServices, clock: Pick<Clock, 'after'>): WorkspaceDoor {
  let open: WorkspaceServices | null = first
  const inside = new Set<Promise<unknown>>()
  const listeners = new Set<(event: LiveEvent) => void>()
  const tell = (event: LiveEvent) => {
    for (const listener of listeners) listener(event)
  }
  let leave = first.subscribe(tell)

  const enter = (call: (services: WorkspaceServices) => unknown): unknown => {
    if (open === null) throw new KeywheelError('WORKSPACE_SWITCHING', undefined, { retryAfter: again })
    const result = call(open)
    if (result instanceof Promise) {
      inside.add(result)
      const out = () => void inside.delete(result)
      result.then(out, out)
    }
    return result
  }

  return {
    tell,
    services: delegates(first, enter, (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    }),
    async shut(graceMs) {
      open = null
      const grace = Promise.withResolvers<void>()
      const cancel = clock.after(graceMs, grace.resolve)
      await Promise.race([Promise.allSettled(inside), grace.promise])
      cancel()
    },
    leadTo(next) {
      leave()
      leave = next.subscribe(tell)
      open = next
      tell({ type: 'proxy.state', status: next.proxy.status() })
      tell({ type: 'vault.state', status: next.vault.status() })
      tell({ type: 'changed', what: 'workspaces' })
    },
  }
}

type Methods = Record<string, (...args: unknown[]) => unknown>

/** Every method of every noun, made once: all workspaces have the same. Outside of the door, which must not keep the first one alive. */
function delegates(
  model: WorkspaceServices,
  enter: (call: (services: WorkspaceServices) => unknown) => unknown,
  subscribe: WorkspaceServices['subscribe'],
): WorkspaceServices {
  const { subscribe: _, ...nouns } = model
  const led = Object.entries(nouns).map(([noun, service]) => {
    const methods = Object.keys(service).map((method) => {
      const call = (...args: unknown[]) =>
        enter((services) => (services as unknown as Record<string, Methods>)[noun]?.[method]?.(...args))
      return [method, call]
    })
    return [noun, Object.fromEntries(methods)]
  })
  return { ...(Object.fromEntries(led) as Omit<WorkspaceServices, 'subscribe'>), subscribe }
}
