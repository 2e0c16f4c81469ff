/** What helps to find a fault and may be put into a public report: versions, states, counts, warnings; no secret, no name, no address. */
import { homedir, hostname, userInfo } from 'node:os'
import type { Settings, SystemInfo } from '../../src-preload/contract/index.ts'
import { configMigrations } from '../storage/tables.ts'
import type { PoolRow, Storage } from '../storage/types.ts'
import { usageMigrations } from '../usage/schema.ts'
import type { UsageRecorder } from '../usage/types.ts'
import type { Vault } from '../vault/types.ts'
import type { Catalog } from './catalog.ts'
import type { KeyViews } from './keys/key-view.ts'
import { type Names, nameless } from './nameless.ts'
import type { ProxySwitch } from './proxy.ts'
import { defaultWorkspace } from './workspaces/folders.ts'

export interface DiagnosticDeps {
  catalog: Catalog
  storage: Pick<Storage, 'sizes'>
  vault: Pick<Vault, 'status'>
  views: Pick<KeyViews, 'state' | 'counts' | 'accounts'>
  proxy: Pick<ProxySwitch, 'status'>
  recorder: Pick<UsageRecorder, 'dropped'>
  about: Pick<SystemInfo, 'version' | 'shell' | 'dataDir' | 'workspace' | 'revealAllowed'>
  /** The log's last warnings, as JSON lines. */
  recentWarnings: () => readonly string[]
}

type Facts = Record<string, unknown>

/** More pools than these are counted only. */
const shownPools = 50

export async function diagnosticsOf(deps: DiagnosticDeps): Promise<Facts> {
  const { catalog, about, recorder } = deps
  const { version, shell, revealAllowed } = about
  const { node, electron, chrome, v8 } = process.versions
  return {
    keywheel: { version, shell, revealAllowed },
    machine: { platform: `${process.platform} ${process.arch}`, node, v8, ...(electron ? { electron, chrome } : {}) },
    process: { uptimeSeconds: Math.round(process.uptime()), residentBytes: process.memoryUsage.rss() },
    storage: {
      ...(await deps.storage.sizes()),
      schema: { configuration: configMigrations.at(-1)?.version, usage: usageMigrations.at(-1)?.version },
      droppedRows: recorder.dropped,
    },
    proxy: proxyFacts(deps),
    vault: vaultFacts(deps),
    settings: settingsFacts(catalog.settings()),
    pools: poolFacts(deps),
    keys: keyFacts(deps),
    counts: countsOf(catalog),
    warnings: warningsOf(deps),
  }
}

function proxyFacts({ proxy }: DiagnosticDeps): Facts {
  const { state, port, reason, inFlight } = proxy.status()
  return { state, port, reason: reason?.code ?? null, inFlight }
}

function vaultFacts({ vault }: DiagnosticDeps): Facts {
  const { mode, state, reason, slots, records, keychain } = vault.status()
  return { mode, state, reason, slots: slots.map(({ kind }) => kind), records, keychain: keychain.available }
}

/** Everything but what a person has written into them: of that only how much there is. */
function settingsFacts(settings: Settings): Facts {
  const { proxyOrigins, prices, creditRules, noProxy, caFile, outbound, quality, ...plain } = settings
  return {
    ...plain,
    outbound: outbound === 'system' || outbound === 'direct' ? outbound : 'a proxy',
    noProxy: noProxy !== '',
    caFile: caFile !== null,
    proxyOrigins: proxyOrigins.length,
    prices: prices.length,
    creditRules: creditRules.length,
    quality: Object.fromEntries(Object.entries(quality).map(([level, models]) => [level, models.length])),
  }
}

const live = <Row extends { deletedAt: number | null }>(rows: Iterable<Row>) => [...rows].filter((row) => row.deletedAt === null)

function poolFacts({ catalog, views }: DiagnosticDeps): Facts {
  const pools = live(catalog.pools.values())
  const facts = ({ slug, provider, state, strategy, config }: PoolRow) => ({
    provider,
    state,
    strategy,
    keys: views.counts(slug),
    accounts: views.accounts(slug),
    // What was chosen, not as what: models, limits and fallbacks have names in them.
    chosen: Object.keys(config),
    server: catalog.links.get(slug)?.mode ?? null,
  })
  return { total: pools.length, inTrash: catalog.pools.size - pools.length, shown: pools.slice(0, shownPools).map(facts) }
}

function keyFacts({ catalog, views }: DiagnosticDeps): Facts {
  const keys = live(catalog.keys.values())
  const states: Record<string, Record<string, number>> = {}
  for (const row of keys) {
    const of = (states[row.provider] ??= {})
    const state = views.state(row)
    of[state] = (of[state] ?? 0) + 1
  }
  return { total: keys.length, inTrash: catalog.keys.size - keys.length, states }
}

function countsOf(catalog: Catalog): Facts {
  const clients = [...catalog.clients.values()]
  return {
    clients: clients.length,
    revokedClients: clients.filter(({ revokedAt }) => revokedAt !== null).length,
    pendingApprovals: [...catalog.approvals.values()].filter(({ decision }) => decision === null).length,
    routes: catalog.routes.size,
    prompts: catalog.prompts.size,
    servers: catalog.remotes.size,
    users: catalog.users.size,
  }
}

function warningsOf(deps: DiagnosticDeps): unknown[] {
  const hide = nameless(namesIn(deps))
  return deps.recentWarnings().map((line) => {
    const { time, ...rest } = JSON.parse(line) as Facts
    return { at: typeof time === 'number' ? new Date(time).toISOString() : null, ...(hidden(rest, hide) as Facts) }
  })
}

function hidden(value: unknown, hide: (text: string) => string): unknown {
  if (typeof value === 'string') return hide(value)
  if (Array.isArray(value)) return value.map((one) => hidden(one, hide))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [hide(name), hidden(one, hide)]))
}

/** Every name that a person gave to something here, and the machine's own. */
function namesIn({ catalog, about }: DiagnosticDeps): Names {
  const named = <Row>(rows: Iterable<Row>, kind: string, names: (row: Row) => (string | null)[]) =>
    [...rows].flatMap((row) => names(row).flatMap((name) => (name ? [[name, kind] as const] : [])))
  return [
    ...named(catalog.pools.values(), 'pool', ({ slug, name, alias }) => [slug, name, alias]),
    ...named(catalog.keys.values(), 'key', ({ label, hint, identifier, account, discovered, tags }) =>
      [label, hint, identifier, account, discovered, ...tags].map((name) => (typeof name === 'string' ? name : null)),
    ),
    ...named(catalog.clients.values(), 'client', ({ name, tokenHint }) => [name, tokenHint]),
    ...named(catalog.approvals.values(), 'client', ({ name }) => [name]),
    ...named(catalog.remotes.values(), 'server', ({ name, username }) => [name, username]),
    ...named(catalog.users.values(), 'user', ({ username, email }) => [username, email]),
    ...named(catalog.routes.values(), 'model', ({ model }) => [model]),
    ...named(catalog.prompts.values(), 'prompt', ({ slug, name }) => [slug, name]),
    ...named([about.dataDir, homedir()], 'path', (name) => [name]),
    ...named([userName(), hostname()], 'name', (name) => [name]),
    // The default one is called so everywhere.
    ...named([about.workspace], 'workspace', (name) => [name === defaultWorkspace ? null : name]),
  ]
}

/** Who has no entry among the system's users has no name that could be shown. */
function userName(): string | null {
  try {
    return userInfo().username
  } catch {
    return null
  }
}
