/** What each pool serves, kept up to date, and the router made of it. */
import { z } from 'zod'
import type { ServedModel } from '../../../src-preload/contract/index.ts'
import { serial } from '../../base/serial.ts'
import { createRouter } from '../../gateway/router.ts'
import type { ModelIndex, Router } from '../../gateway/types.ts'
import type { Clock, PoolEngine } from '../../pool/types.ts'
import { findProvider } from '../../providers/index.ts'
import type { ProxyLog } from '../../proxy/types.ts'
import type { ConfigWrites, PoolRow } from '../../storage/types.ts'
import type { Bus } from '../bus.ts'
import type { Catalog } from '../catalog.ts'
import { repeat } from '../chores.ts'
import { type ListedModels, modelIndex } from './model-index.ts'
import { listModels, type ModelListDeps } from './model-list.ts'

export interface Models {
  /** Another object after each change of routes, pools or lists. */
  router(): Router
  /** Every model of every pool that clients may call. */
  served(): ServedModel[]
  /** Asks every provider now; resolves when all have answered or failed. What fails keeps its old list. */
  refresh(): Promise<void>
  /** Asks by itself from now on: soon after a pool or key has come, and hourly. Gives back how to stop. */
  keepAsking(): () => Promise<void>
  stop(): Promise<void>
}

export interface ModelDeps extends ModelListDeps {
  catalog: Catalog
  engine: Pick<PoolEngine, 'key' | 'servable'>
  bus: Bus
  clock: Clock
  log: ProxyLog
}

const hourMs = 3_600_000
const againMs = 300_000
/** Keys come in batches; a pool is asked for when the first have settled. */
const settleMs = 200
const atOnce = 4
/** Whose hour is over is looked for so often. */
const turnMs = 60_000

const rememberedList = z.object({ address: z.string(), models: z.array(z.string()) })
/** A setting that is none: remembered, and shown nowhere. */
const settingOf = (slug: string) => `state.models.${slug}`
/** A list is of one upstream: another base URL has another. The demo pool's changes at each start. */
const addressOf = ({ provider, baseUrl }: PoolRow) => `${provider} ${baseUrl}`

export function createModels(deps: ModelDeps): Models {
  const { catalog, engine, vault, bus, clock, log } = deps
  const lists = new Map<string, z.infer<typeof rememberedList>>()
  /** Wall ms of the next try, by pool. */
  const due = new Map<string, number>()
  const stopping = new AbortController()
  const alone = serial()
  let index: ModelIndex | undefined
  let router: Router | undefined
  let cancel: (() => void) | undefined
  let asking = false

  const livePools = () => [...catalog.pools.values()].filter((row) => row.deletedAt === null)
  const listed: ListedModels = (row) => {
    const list = lists.get(row.slug)
    return list?.address === addressOf(row) ? list.models : null
  }
  const isAsked = (row: PoolRow) =>
    row.state !== 'retired' && findProvider(row.provider)?.models.path !== null && row.config.models === undefined
  const published = () => livePools().filter((row) => row.state === 'published')
  const isOpen = (row: PoolRow) => row.provider === 'demo' || vault.status().state === 'unlocked'

  const changed = () => {
    index = undefined
    router = undefined
    bus.publish({ type: 'changed', what: 'models' })
  }
  const known = () => (index ??= modelIndex(published(), [...catalog.routes.values()], listed))

  const ask = async (row: PoolRow): Promise<ConfigWrites['putSettings']> => {
    const answer = await listModels(row, deps, stopping.signal)
    if (answer === null || stopping.signal.aborted) return undefined
    due.set(row.slug, clock.now() + (answer.kind === 'listed' ? hourMs : againMs))
    if (answer.kind === 'failed') {
      log.info({ pool: row.slug, reason: answer.reason }, 'the list of its models could not be had')
      return undefined
    }
    const list = { address: addressOf(row), models: answer.models }
    if (JSON.stringify(lists.get(row.slug)) === JSON.stringify(list)) return undefined
    lists.set(row.slug, list)
    changed()
    return { [settingOf(row.slug)]: list }
  }
  const askAll = (rows: readonly PoolRow[]) =>
    alone(async () => {
      const waiting = [...rows]
      const news: NonNullable<ConfigWrites['putSettings']> = {}
      const worker = async () => {
        for (let row = waiting.shift(); row && !stopping.signal.aborted; row = waiting.shift())
          Object.assign(news, await ask(row))
      }
      await Promise.all(Array.from({ length: atOnce }, worker))
      if (Object.keys(news).length > 0) await catalog.exclusive(() => catalog.commit({ putSettings: news }))
    })
  const run = () => {
    const now = clock.now()
    const rows = livePools().filter((row) => isAsked(row) && isOpen(row) && (due.get(row.slug) ?? 0) <= now)
    return rows.length > 0 ? askAll(rows) : Promise.resolve()
  }
  const soon = () => {
    if (!asking) return
    cancel ??= clock.after(settleMs, () => {
      cancel = undefined
      run().catch((error: unknown) => log.warn({ error: String(error) }, 'a list of models could not be kept'))
    })
  }

  for (const { slug } of catalog.pools.values()) {
    const list = rememberedList.safeParse(catalog.remembered(settingOf(slug)))
    if (list.success) lists.set(slug, list.data)
  }
  const stopVault = vault.onChange(soon)
  catalog.observe(({ putPools = [], removePools = [], putRoutes = [], removeRoutes = [], setMemberships = [], putKeys = [] }) => {
    if (putPools.length + removePools.length + putRoutes.length + removeRoutes.length > 0) changed()
    const touched = new Set(putPools.map(({ slug }) => slug))
    for (const { pools } of setMemberships) for (const { pool } of pools) touched.add(pool)
    for (const { id } of putKeys) for (const slug of catalog.poolsOf(id).keys()) touched.add(slug)
    // A pool that has its list waits for its hour; one without may have got the key that can fetch it.
    for (const slug of touched) {
      const row = catalog.pools.get(slug)
      if (row && listed(row) === null) due.delete(slug)
    }
    if (touched.size > 0) soon()
  })

  return {
    router: () => (router ??= createRouter(known())),
    served: () => {
      const { served } = known()
      const byPool = Map.groupBy(served, ({ pool }) => pool)
      return published().flatMap((row) => {
        const entries = byPool.get(row.slug) ?? []
        const models = entries.map(({ model }) => model)
        const ready = isOpen(row) ? engine.servable(row.slug, models) : []
        return entries.map((entry, at) => ({ ...entry, ready: ready[at] === true }))
      })
    },
    refresh: () => askAll(livePools().filter((row) => isAsked(row) && isOpen(row))),
    keepAsking() {
      asking = true
      soon()
      const stopTurns = repeat(clock, log, { firstMs: turnMs, everyMs: turnMs }, run)
      return () => {
        asking = false
        cancel?.()
        return stopTurns()
      }
    },
    async stop() {
      stopVault()
      stopping.abort()
      await alone(async () => undefined)
    },
  }
}
