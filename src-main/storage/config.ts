/** Reads and writes of keywheel.db. */
import type { VaultWrites } from '../vault/types.ts'
import type { Connection } from './connection.ts'
import { putChange } from './history.ts'
import {
  approvals,
  audit,
  clients,
  headers,
  history,
  intents,
  keys,
  linkKeys,
  links,
  memberships,
  notices,
  pools,
  prompts,
  promptVersions,
  records,
  refreshes,
  remotes,
  routes,
  settings,
  slots,
  users,
} from './tables.ts'
import type { ConfigWrites, Loaded } from './types.ts'

/** Everything of it that the main thread holds in memory. */
export function load(config: Connection): Omit<Loaded, 'memory'> {
  return {
    pools: pools.all(config),
    keys: keys.all(config),
    memberships: memberships.all(config),
    clients: clients.all(config),
    approvals: approvals.all(config),
    remotes: remotes.all(config),
    links: links.all(config),
    linkKeys: linkKeys.all(config),
    users: users.all(config),
    refreshes: refreshes.all(config),
    routes: routes.all(config),
    prompts: prompts.all(config),
    promptVersions: promptVersions.all(config),
    notices: notices.all(config),
    settings: Object.fromEntries(settings.all(config).map(({ name, value }) => [name, value])),
  }
}

/** All of it, or nothing. Removals come first, so that a thing may take the place of a removed one. */
export function write(config: Connection, writes: ConfigWrites): void {
  config.transaction(() => {
    for (const id of writes.removeKeys ?? []) keys.remove(config, { id })
    for (const slug of writes.removePools ?? []) pools.remove(config, { slug })
    for (const id of writes.removeClients ?? []) clients.remove(config, { id })
    for (const id of writes.removeApprovals ?? []) approvals.remove(config, { id })
    for (const id of writes.removeRemotes ?? []) remotes.remove(config, { id })
    for (const link of writes.removeLinks ?? []) links.remove(config, link)
    for (const linkKey of writes.removeLinkKeys ?? []) linkKeys.remove(config, linkKey)
    for (const id of writes.removeUsers ?? []) users.remove(config, { id })
    for (const id of writes.removeRefreshes ?? []) refreshes.remove(config, { id })
    for (const id of writes.removeRoutes ?? []) routes.remove(config, { id })
    for (const slug of writes.removePrompts ?? []) prompts.remove(config, { slug })
    for (const id of writes.removeNotices ?? []) notices.remove(config, { id })
    for (const row of writes.putPools ?? []) pools.put(config, row)
    for (const row of writes.putKeys ?? []) keys.put(config, row)
    for (const { keyId, pools: joined } of writes.setMemberships ?? []) {
      memberships.remove(config, { keyId })
      for (const membership of joined) memberships.put(config, { ...membership, keyId })
    }
    for (const row of writes.putClients ?? []) clients.put(config, row)
    for (const row of writes.putApprovals ?? []) approvals.put(config, row)
    for (const row of writes.putRemotes ?? []) remotes.put(config, row)
    for (const row of writes.putLinks ?? []) links.put(config, row)
    for (const row of writes.putLinkKeys ?? []) linkKeys.put(config, row)
    for (const row of writes.putUsers ?? []) users.put(config, row)
    for (const row of writes.putRefreshes ?? []) refreshes.put(config, row)
    for (const row of writes.putRoutes ?? []) routes.put(config, row)
    for (const row of writes.putPrompts ?? []) prompts.put(config, row)
    for (const row of writes.putPromptVersions ?? []) promptVersions.put(config, row)
    for (const row of writes.putHistory ?? []) putChange(config, row)
    for (const row of writes.putNotices ?? []) notices.put(config, row)
    for (const [name, value] of Object.entries(writes.putSettings ?? {})) settings.put(config, { name, value })
    for (const row of writes.audit ?? []) audit.put(config, row)
    if (writes.vault) writeVault(config, writes.vault)
  })
}

function writeVault(config: Connection, writes: VaultWrites): void {
  for (const id of writes.removeSlots ?? []) slots.remove(config, { id })
  for (const keyId of writes.removeRecords ?? []) records.remove(config, { keyId })
  for (const id of writes.removeIntents ?? []) intents.remove(config, { id })
  if (writes.header) {
    // There is one vault at most.
    headers.remove(config, {})
    headers.put(config, writes.header)
  }
  for (const row of writes.putSlots ?? []) slots.put(config, row)
  for (const row of writes.putRecords ?? []) records.put(config, row)
  for (const row of writes.putIntents ?? []) intents.put(config, row)
}

/** Everything but the settings and how the vault is locked, down to the free pages. */
export function erase(config: Connection): void {
  config.transaction(() => {
    for (const each of [memberships, keys, pools, clients, approvals, linkKeys, links, remotes, refreshes, users, routes])
      each.remove(config, {})
    for (const each of [promptVersions, prompts, history, notices, audit, records]) each.remove(config, {})
  })
  shrink(config)
}

/** Gives free pages back to the disk and empties the WAL, where deleted rows would go on existing. */
export function shrink(connection: Connection): void {
  connection.exec('VACUUM')
  connection.pragma('wal_checkpoint(TRUNCATE)')
}
