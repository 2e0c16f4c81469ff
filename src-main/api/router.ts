/** The whole contract, implemented. */
import { approvals } from './approvals.ts'
import { backups } from './backups.ts'
import { cache } from './cache.ts'
import { clients } from './clients.ts'
import { history } from './history.ts'
import { os } from './implementer.ts'
import { keys } from './keys.ts'
import { notices } from './notices.ts'
import { playground } from './playground.ts'
import { pools } from './pools.ts'
import { prompts } from './prompts.ts'
import { proxy } from './proxy.ts'
import { remotes } from './remotes.ts'
import { routes } from './routes.ts'
import { settings } from './settings.ts'
import { system } from './system.ts'
import { tasks } from './tasks.ts'
import { transfer } from './transfer.ts'
import { requests, usage } from './usage.ts'
import { users } from './users.ts'
import { vault } from './vault.ts'
import { workspaces } from './workspaces.ts'

/** One router for every transport; inputs and outputs are parsed by the contract's schemas. */
export function createRouter() {
  return os.router({
    pools,
    routes,
    prompts,
    cache,
    keys,
    clients,
    approvals,
    remotes,
    users,
    workspaces,
    proxy,
    usage,
    requests,
    vault,
    settings,
    history,
    playground,
    notices,
    backups,
    transfer,
    tasks,
    system,
  })
}
export type AppRouter = ReturnType<typeof createRouter>
