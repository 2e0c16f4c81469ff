/** Export and import of what a workspace holds. An import is planned first; the same plan, unseen or seen, is what is applied. */
import { type ExportDocument, type ImportPlan, invalid, KeywheelError } from '../../../src-preload/contract/index.ts'
import type { Clock } from '../../pool/types.ts'
import type { AuditRow, ConfigWrites } from '../../storage/types.ts'
import type { Vault } from '../../vault/types.ts'
import type { Catalog } from '../catalog.ts'
import { type DemoUpstream, demoWrites } from '../demo.ts'
import { countReveal } from '../keys/reveal-limit.ts'
import { clearing } from '../pools/pools.ts'
import type { Actor, TransferService } from '../types.ts'
import { readDocument, writeDocument } from './document.ts'
import { writeFiles } from './files.ts'
import { planImport, type Steps } from './plan.ts'
import { promptWrites } from './prompts.ts'

export interface TransferDeps {
  catalog: Catalog
  vault: Vault
  clock: Clock
  demo: DemoUpstream
  appVersion: string
  /** Scripts may have secrets in the clear only where Keywheel was started so. */
  allowReveal: boolean
}

const shownRows = 200

export function createTransferService(deps: TransferDeps): TransferService {
  const { catalog, vault, clock, demo } = deps
  const audit = (actor: Actor, action: string, subject: string): AuditRow[] => [{ at: clock.now(), actor, action, subject }]
  const plan = (document: ExportDocument) => planImport(document, { catalog, vault, now: clock.now() })
  const present = ({ settings }: Steps) => {
    const all = catalog.settings()
    const names = Object.keys(settings) as (keyof typeof settings)[]
    return Object.fromEntries(names.map((name) => [name, all[name]]))
  }
  return {
    async export(input, actor) {
      const { format = 'keywheel', pool } = input
      if (input.secrets === 'clear' && actor !== 'local' && !deps.allowReveal) throw new KeywheelError('REVEAL_DISABLED')
      if (format === 'keywheel' && pool !== undefined)
        throw invalid('pool', 'our own document takes no single pool; leave it out')
      if (format === 'keywheel' && input.keys !== undefined && input.what !== 'keys')
        throw invalid('keys', 'single keys go without pools and settings; say what = keys')
      const now = clock.now()
      const exported =
        format === 'keywheel' ? await writeDocument(input, deps, now) : await writeFiles({ ...input, format }, deps)
      // Written down before it is handed out: an export with secrets is every secret at once.
      const what = format === 'keywheel' ? input.what : `${format}${pool === undefined ? '' : ` of ${pool}`}`
      const reveals = input.secrets === 'clear' ? countReveal(catalog, now) : {}
      await catalog.commit({ putSettings: reveals, audit: audit(actor, 'export', `${what}, secrets ${input.secrets}`) })
      return exported
    },
    async import(input, actor) {
      const document = await readDocument(input)
      if (input.mode === 'preview') {
        const steps = await plan(document)
        return report(steps, present(steps), false)
      }
      return catalog.exclusive(async () => {
        const steps = await plan(document)
        const before = present(steps)
        const writes = writesOf(steps, catalog, clock.now())
        if (writes.putPools?.some((row) => row.provider === 'demo')) await demo.start()
        writes.audit = audit(actor, 'import', summaryOf(steps))
        const secrets = steps.keys.flatMap((step) => step.secret ?? [])
        if (secrets.length === 0) await catalog.commit(writes)
        else await vault.set(secrets, (vaultWrites) => catalog.commit({ ...writes, vault: vaultWrites }))
        return report(steps, before, true)
      })
    },
  }
}

function writesOf(
  { pools, keys, routes, prompts, clients, remotes, settings }: Steps,
  catalog: Catalog,
  now: number,
): ConfigWrites {
  const putPools = pools.flatMap((step) => step.row ?? [])
  const trashed = putPools.filter(({ slug }) => (catalog.pools.get(slug)?.deletedAt ?? null) !== null)
  const cleared = trashed.map(({ slug }) => clearing(catalog, slug))
  const demo = putPools.some((row) => row.provider === 'demo') ? demoWrites(now) : { putKeys: [], setMemberships: [] }
  const passing = remotes.flatMap((step) => step.keys ?? [])
  const changed = keys.flatMap(({ row, pools: links }) => (row && links ? [{ row, links }] : []))
  return {
    ...promptWrites(prompts),
    putRoutes: routes.flatMap((step) => step.row ?? []),
    removePools: cleared.flatMap(({ removePools = [] }) => removePools),
    removeKeys: cleared.flatMap(({ removeKeys = [] }) => removeKeys),
    putPools,
    putKeys: [...keys.flatMap((step) => step.freed ?? []), ...[...changed, ...passing].map(({ row }) => row), ...demo.putKeys],
    putClients: clients.flatMap((step) => step.row ?? []),
    putRemotes: remotes.flatMap((step) => step.row ?? []),
    putLinks: remotes.flatMap((step) => step.links ?? []),
    putSettings: settings,
    setMemberships: [
      ...changed.map(({ row, links }) => ({ keyId: row.id, pools: links })),
      ...passing.map(({ row, pool }) => ({ keyId: row.id, pools: [{ pool, priority: 0, weight: 1 }] })),
      ...demo.setMemberships,
    ],
  }
}

function summaryOf({ pools, keys, routes, prompts, clients, remotes, settings }: Steps): string {
  const counts = Object.entries({ pools, keys, routes, prompts, clients, remotes, settings: Object.keys(settings) })
  return counts.map(([what, steps]) => `${steps.length} ${what}`).join(', ')
}

/** `settingsBefore` = the settings that change, as they were. */
function report(
  { pools, keys, routes, prompts, clients, remotes, settings }: Steps,
  settingsBefore: ImportPlan['settingsBefore'],
  applied: boolean,
): ImportPlan {
  const counts: ImportPlan['keys']['counts'] = {}
  for (const { action } of keys) counts[action] = (counts[action] ?? 0) + 1
  return {
    applied,
    pools: pools.map(({ row: _row, ...step }) => step),
    routes: routes.map(({ model, action, reason }) => ({ model, action, reason })),
    prompts: prompts.map(({ slug, action, reason }) => ({ slug, action, reason })),
    clients: clients.map(({ name, action, reason }) => ({ name, action, reason })),
    remotes: remotes.map(({ name, action, reason }) => ({ name, action, reason })),
    settings: Object.keys(settings),
    settingsBefore,
    settingsAfter: { ...settings },
    keys: { counts, rows: keys.slice(0, shownRows).map(({ label, hint, action, reason }) => ({ label, hint, action, reason })) },
  }
}
