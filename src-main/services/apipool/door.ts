/** The apipool-server at the proxy's port: there while the setting says so. */
import type { Door } from '../../proxy/types.ts'
import type { ApipoolServer } from '../../remote/server/index.ts'
import type { Catalog } from '../catalog.ts'

export interface ApipoolDoor {
  /** Undefined = it is shut. */
  door(): Door | undefined
  /** The server needs what is made after the proxy, and the proxy has this door. */
  lead(server: ApipoolServer): void
}

export function createApipoolDoor(catalog: Pick<Catalog, 'settings'>): ApipoolDoor {
  let server: ApipoolServer | undefined
  return {
    door: () => (catalog.settings().apipoolServer ? server : undefined),
    lead(to) {
      server = to
    },
  }
}
