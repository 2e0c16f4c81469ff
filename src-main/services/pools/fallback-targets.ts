/** Where a pool's fallback rules lead: only to pools that are there and speak the same API. */
import { type ErrorData, KeywheelError, type PoolConfig, type ProviderId } from '../../../src-preload/contract/index.ts'
import { findProvider } from '../../providers/index.ts'
import type { PoolRow } from '../../storage/types.ts'

/** Services whose own models' names have a slash in them: there `a/b` may be a model. */
const slashed: readonly ProviderId[] = ['openrouter', 'groq', 'openai-compatible', 'custom', 'demo']

/** As the contract has it: what is longer could be stored, and never be read again. */
const longestTarget = 200

/** A live pool by its name. */
type FindPool = (slug: string) => Pick<PoolRow, 'provider'> | undefined

/**
 * The row with targets that nobody can misread: `a/b` is model b of pool a when there is such a pool; otherwise it is a model of
 * this pool and stored as `this-pool/a/b`, whatever pools come and go later. INVALID_INPUT names each entry that leads nowhere
 * (`config.fallback.1.then.0`).
 */
export function withTargets(row: PoolRow, findPool: FindPool): PoolRow {
  const { fallback } = row.config
  if (fallback === undefined) return row
  const fields: Issue[] = []
  const clear = fallback.map(({ model, then }, entry) => {
    const targets = then.map((target, step) => {
      const place = placeOf(target, row, findPool)
      if (place.issue !== undefined) fields.push({ path: `config.fallback.${entry}.then.${step}`, message: place.issue })
      return place.target
    })
    return { model, then: targets }
  })
  if (fields.length > 0) throw refusal(fields)
  return { ...row, config: { ...row.config, fallback: clear } }
}

/** The rules without targets in pools that are gone: calls pass them over until the pool is back. */
export function livingTargets(fallback: PoolConfig['fallback'], isPool: (slug: string) => boolean): PoolConfig['fallback'] {
  return fallback
    .map(({ model, then }) => ({ model, then: then.filter((target) => !target.includes('/') || isPool(slugOf(target))) }))
    .filter(({ then }) => then.length > 0)
}

type Issue = NonNullable<ErrorData['fields']>[number]

function placeOf(target: string, row: PoolRow, findPool: FindPool): { target: string; issue?: string } {
  if (!target.includes('/')) return { target }
  const slug = slugOf(target)
  const pool = slug === row.slug ? row : findPool(slug)
  if (pool === undefined) {
    const own = `${row.slug}/${target}`
    if (slashed.some((id) => id === row.provider) && own.length <= longestTarget) return { target: own }
    return { target, issue: `there is no pool "${slug}"; give pool/model with a pool that is there, or a model of this pool` }
  }
  if (target.length === slug.length + 1) return { target, issue: 'name a model after the slash' }
  const [here, there] = [row, pool].map(({ provider }) => findProvider(provider)?.format)
  if (here === there) return { target }
  return {
    target,
    issue: `the pool "${slug}" speaks another API (${there}); calls can move only to pools that speak the same one (${here})`,
  }
}

function slugOf(target: string): string {
  return target.slice(0, target.indexOf('/'))
}

function refusal(fields: Issue[]): KeywheelError {
  const text = fields.map(({ path, message }) => `${path}: ${message}`).join('; ')
  return new KeywheelError('INVALID_INPUT', text, { fields })
}
