/** Turns what happens in the rooms into facts on the bus. */
import type { LiveEvent, RequestRow } from '../../src-preload/contract/index.ts'
import type { Clock, PoolEngine } from '../pool/types.ts'
import type { ConfigWrites } from '../storage/types.ts'
import type { Vault } from '../vault/types.ts'
import type { Bus } from './bus.ts'
import type { Catalog } from './catalog.ts'
import type { KeyViews } from './keys/key-view.ts'

export interface FactDeps {
  bus: Bus
  catalog: Catalog
  engine: PoolEngine
  vault: Vault
  views: KeyViews
  clock: Clock
  /** The number of ready keys may have changed. */
  onReadiness(): void
}

const readinessDelayMs = 100

export function publishFacts({ bus, catalog, engine, vault, views, clock, onReadiness }: FactDeps) {
  let cancel: (() => void) | undefined
  // Ten thousand keys may change at once; the proxy's state is looked at once for all of them.
  const readiness = () => {
    cancel ??= clock.after(readinessDelayMs, () => {
      cancel = undefined
      onReadiness()
    })
  }
  const stopKeys = engine.onKeyChange((id) => {
    const row = catalog.keys.get(id)
    if (row && row.deletedAt === null) bus.publish({ type: 'key.changed', key: views.view(row) })
    readiness()
  })
  const stopVault = vault.onChange((status) => {
    bus.publish({ type: 'vault.state', status })
    readiness()
  })
  catalog.observe((writes) => {
    for (const what of changedBy(writes)) bus.publish({ type: 'changed', what })
    readiness()
  })
  return {
    requestFinished(request: RequestRow) {
      bus.publish({ type: 'request.finished', request })
    },
    stop() {
      stopKeys()
      stopVault()
      cancel?.()
    },
  }
}

type Changed = Extract<LiveEvent, { type: 'changed' }>['what']

function changedBy(writes: ConfigWrites): Changed[] {
  const changed: Changed[] = []
  if (writes.putPools?.length || writes.removePools?.length) changed.push('pools')
  if (writes.putKeys?.length || writes.removeKeys?.length || writes.setMemberships?.length) changed.push('keys')
  if (writes.putClients?.length || writes.removeClients?.length) changed.push('clients')
  if (writes.putApprovals?.length || writes.removeApprovals?.length) changed.push('approvals')
  if (writes.putUsers?.length || writes.removeUsers?.length) changed.push('users')
  if ([writes.putRemotes, writes.removeRemotes, writes.putLinks, writes.removeLinks].some((rows) => rows?.length)) {
    changed.push('remotes')
  }
  if (writes.putRoutes?.length || writes.removeRoutes?.length) changed.push('routes')
  if (writes.putPrompts?.length || writes.removePrompts?.length) changed.push('prompts')
  if (writes.putHistory?.length) changed.push('history')
  if (writes.putNotices?.length || writes.removeNotices?.length) changed.push('notices')
  if (Object.keys(writes.putSettings ?? {}).some((name) => !name.startsWith('state.'))) changed.push('settings')
  return changed
}
