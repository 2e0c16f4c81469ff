/** What a commit changes of the configuration, as rows of its history: written with it, so that neither is ever without the other. */
import { randomBytes } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { type Settings, settingsSchema } from '../../src-preload/contract/index.ts'
import type { ConfigWrites, HistoryRow, PoolRow } from '../storage/types.ts'

type State = HistoryRow['before']

interface Present {
  pools: ReadonlyMap<string, PoolRow>
  /** As stored: what was never given is not there. */
  stored: Readonly<Record<string, unknown>>
}

/** How the page looks: saved at a click, and nothing to be taken back later. */
const ofTheView: ReadonlySet<string> = new Set(['theme', 'language'] satisfies (keyof Settings)[])

/** The same change with its history. What is not in the audit is a note that Keywheel makes for itself: nobody's change. */
export function withHistory(writes: ConfigWrites, present: Present): ConfigWrites {
  const author = writes.audit?.[0]
  if (!author || author.actor === 'client') return writes
  const { at, actor } = author
  const changes = [...poolChanges(writes, present), ...settingsChanges(writes, present)]
  if (changes.length === 0) return writes
  const rows = changes.map((change): HistoryRow => ({ id: randomBytes(9).toString('base64url'), at, actor, ...change }))
  return { ...writes, putHistory: [...(writes.putHistory ?? []), ...rows] }
}

type Change = Pick<HistoryRow, 'subject' | 'slug' | 'before' | 'after'>

function poolChanges({ putPools = [], removePools = [] }: ConfigWrites, { pools }: Present): Change[] {
  return putPools.flatMap((row) => {
    const former = pools.get(row.slug)
    // One that takes the place of a destroyed one is new.
    if (!former || removePools.includes(row.slug)) return []
    const [before, after] = [stateOf(former), stateOf(row)]
    return isDeepStrictEqual(before, after) ? [] : [{ subject: 'pool', slug: row.slug, before, after }]
  })
}

/** A pool as `pools.update` takes it. The demo pool's address is not a person's choice. */
export function stateOf({ name, provider, baseUrl, auth, strategy, config }: PoolRow): State {
  const address = provider === 'demo' ? {} : { baseUrl, auth }
  // Through JSON, as the row will come back from the disk: what is undefined there is not there.
  return JSON.parse(JSON.stringify({ name, ...address, strategy, config })) as State
}

function settingsChanges({ putSettings = {} }: ConfigWrites, { stored }: Present): Change[] {
  const schema = settingsSchema.strip()
  const [before, after]: Record<string, unknown>[] = [schema.parse(stored), schema.parse({ ...stored, ...putSettings })]
  const names = Object.keys(putSettings).filter(
    (name) => name in settingsSchema.shape && !ofTheView.has(name) && !isDeepStrictEqual(before?.[name], after?.[name]),
  )
  if (names.length === 0) return []
  const part = (whole: Record<string, unknown> = {}) => Object.fromEntries(names.map((name) => [name, whole[name]]))
  return [{ subject: 'settings', slug: null, before: part(before), after: part(after) }]
}
