/** Export and import of what a workspace holds. An import is planned first; the same plan, unseen or seen, is what is applied. */
import {
  type ExportDocument,
  type ExportedKey,
  type ImportPlan,
  invalid,
  KeywheelError,
} from '../../../src-preload/contract/index.ts'
import type { Clock } from '../../pool/types.ts'
import type { AuditRow, ConfigWrites } from '../../storage/types.ts'
import { mapInSlices } from '../../vault/slices.ts'
import type { Vault } from '../../vault/types.ts'
import type { Catalog } from '../catalog.ts'
import { type DemoUpstream, demoWrites } from '../demo.ts'
import { countReveal } from '../keys/reveal-limit.ts'
import { clearing } from '../pools/pools.ts'
import { inSlices, type Tasks, type Work } from '../tasks.ts'
import type { Actor, TransferService } from '../types.ts'
import { readDocument, writeDocument } from './document.ts'
import { writeFiles } from './files.ts'
import { createKeyPlanner, type KeyStep, type PlanDeps, planImport, type Steps } from './plan.ts'
import { promptWrites } from './prompts.ts'

export interface TransferDeps {
  catalog: Catalog
  vault: Vault
  clock: Clock
  demo: DemoUpstream
  tasks: Pick<Tasks, 'run'>
  appVersion: string
  /** Scripts may have secrets in the clear only where Keywheel was started so. */
  allowReveal: boolean
}

const shownRows = 200

export function createTransferService(deps: TransferDeps): TransferService {
  const { catalog, vault, clock, demo } = deps
  const audit = (actor: Actor, action: string, subject: string): AuditRow[] => [{ at: clock.now(), actor, action, subject }]
  const planDeps = (): PlanDeps => ({ catalog, vault, now: clock.now() })
  const present = ({ settings }: Steps) => {
    const all = catalog.settings()
    const names = Object.keys(settings) as (keyof typeof settings)[]
    return Object.fromEntries(names.map((name) => [name, all[name]]))
  }
  /** What the document says of pools and the rest, and of as many keys as are written with it. */
  const begin = async (document: ExportDocument) => {
    const steps = await planImport(document, planDeps())
    const planner = createKeyPlanner(steps.pools, planDeps())
    if (vault.status().state !== 'unlocked') {
      // VAULT_LOCKED before anything is written, by the first key that needs it open.
      const rehearsal = createKeyPlanner(steps.pools, planDeps())
      await mapInSlices(document.keys, (key) => rehearsal.plan(key))
    }
    return { steps, planner, before: present(steps) }
  }
  const write = async (writes: ConfigWrites, keys: readonly KeyStep[]) => {
    const secrets = keys.flatMap((step) => step.secret ?? [])
    const all = joined(writes, keyWrites(keys))
    if (secrets.length > 0) await vault.set(secrets, (vaultWrites) => catalog.commit({ ...all, vault: vaultWrites }))
    else if (all.audit || keys.some(({ row }) => row)) await catalog.commit(all)
  }
  const apply = async (document: ExportDocument, actor: Actor, work: Work): Promise<ImportPlan> => {
    let begun: Awaited<ReturnType<typeof begin>> | undefined
    const keys = createKeyCount()
    const slice = async (some: readonly ExportedKey[]) => {
      const first = begun === undefined
      begun ??= await begin(document)
      const { steps, planner } = begun
      const planned = some.map((key) => planner.plan(key))
      const writes = first ? writesOf(steps, catalog, clock.now()) : {}
      if (writes.putPools?.some((row) => row.provider === 'demo')) await demo.start()
      if (first) writes.audit = audit(actor, 'import', summaryOf(steps, document.keys.length))
      await write(writes, planned)
      if (first) planner.settled()
      keys.add(planned)
    }
    const left = await inSlices({
      items: document.keys,
      work,
      slice: (some) => catalog.exclusive(() => slice(some)),
      kept: keys.written,
    })
    const { steps, before } = begun ?? (await begin(document))
    return report(steps, { before, keys: keys.report(left), applied: begun !== undefined })
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
    async import(input, actor, signal) {
      const document = await readDocument(input)
      if (input.mode === 'apply') return deps.tasks.run(input.task, signal, (work) => apply(document, actor, work))
      const steps = await planImport(document, planDeps())
      const planner = createKeyPlanner(steps.pools, planDeps())
      const keys = createKeyCount()
      await mapInSlices(document.keys, (key) => keys.add([planner.plan(key)]))
      return report(steps, { before: present(steps), keys: keys.report(0), applied: false })
    },
  }
}

function writesOf({ pools, routes, prompts, clients, remotes, settings }: Steps, catalog: Catalog, now: number): ConfigWrites {
  const putPools = pools.flatMap((step) => step.row ?? [])
  const trashed = putPools.filter(({ slug }) => (catalog.pools.get(slug)?.deletedAt ?? null) !== null)
  const cleared = trashed.map(({ slug }) => clearing(catalog, slug))
  const demo = putPools.some((row) => row.provider === 'demo') ? demoWrites(now) : { putKeys: [], setMemberships: [] }
  const passing = remotes.flatMap((step) => step.keys ?? [])
  return {
    ...promptWrites(prompts),
    putRoutes: routes.flatMap((step) => step.row ?? []),
    removePools: cleared.flatMap(({ removePools = [] }) => removePools),
    removeKeys: cleared.flatMap(({ removeKeys = [] }) => removeKeys),
    putPools,
    putKeys: [...passing.map(({ row }) => row), ...demo.putKeys],
    putClients: clients.flatMap((step) => step.row ?? []),
    putRemotes: remotes.flatMap((step) => step.row ?? []),
    putLinks: remotes.flatMap((step) => step.links ?? []),
    putSettings: settings,
    setMemberships: [
      ...passing.map(({ row, pool }) => ({ keyId: row.id, pools: [{ pool, priority: 0, weight: 1 }] })),
      ...demo.setMemberships,
    ],
  }
}

type KeyWrites = Required<Pick<ConfigWrites, 'putKeys' | 'setMemberships'>>

function keyWrites(keys: readonly KeyStep[]): KeyWrites {
  const changed = keys.flatMap(({ row, pools }) => (row && pools ? [{ row, pools }] : []))
  return {
    putKeys: [...keys.flatMap((step) => step.freed ?? []), ...changed.map(({ row }) => row)],
    setMemberships: changed.map(({ row, pools }) => ({ keyId: row.id, pools })),
  }
}

function joined(writes: ConfigWrites, { putKeys, setMemberships }: KeyWrites): ConfigWrites {
  return {
    ...writes,
    putKeys: [...putKeys, ...(writes.putKeys ?? [])],
    setMemberships: [...setMemberships, ...(writes.setMemberships ?? [])],
  }
}

function summaryOf({ pools, routes, prompts, clients, remotes, settings }: Steps, keys: number): string {
  const lists = { pools, routes, prompts, clients, remotes, settings: Object.keys(settings) }
  const [first = '', ...others] = Object.entries(lists).map(([what, steps]) => `${steps.length} ${what}`)
  return [first, `${keys} keys`, ...others].join(', ')
}

/** What became of the keys: of each kind how many, and the first ones by name. */
function createKeyCount() {
  const counts: ImportPlan['keys']['counts'] = {}
  const rows: ImportPlan['keys']['rows'] = []
  let written = 0
  return {
    add(steps: readonly KeyStep[]) {
      for (const { label, hint, action, reason, row } of steps) {
        counts[action] = (counts[action] ?? 0) + 1
        if (row) written += 1
        if (rows.length < shownRows) rows.push({ label, hint, action, reason })
      }
    },
    written: () => written,
    report: (left: number): ImportPlan['keys'] => ({ counts, rows, left }),
  }
}

interface Outcome {
  /** The settings that change, as they were. */
  before: ImportPlan['settingsBefore']
  keys: ImportPlan['keys']
  applied: boolean
}

function report({ pools, routes, prompts, clients, remotes, settings }: Steps, { before, keys, applied }: Outcome): ImportPlan {
  return {
    applied,
    pools: pools.map(({ row: _row, ...step }) => step),
    routes: routes.map(({ model, action, reason }) => ({ model, action, reason })),
    prompts: prompts.map(({ slug, action, reason }) => ({ slug, action, reason })),
    clients: clients.map(({ name, action, reason }) => ({ name, action, reason })),
    remotes: remotes.map(({ name, action, reason }) => ({ name, action, reason })),
    settings: Object.keys(settings),
    settingsBefore: before,
    settingsAfter: { ...settings },
    keys,
  }
}
