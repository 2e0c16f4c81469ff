/** What a server says of a pool's settings, as settings of a pool here. */
import { isDeepStrictEqual } from 'node:util'
import { type PoolConfig, type PoolConfigInput, poolConfig, strategies } from '../../../src-preload/contract/index.ts'
import type { ServerConfig } from '../../remote/client/index.ts'
import type { PoolRow } from '../../storage/types.ts'

type Field = keyof PoolConfig

/**
 * They are this machine's own. Where calls go from here must not be said elsewhere, and other pools have other names there; nor what
 * the person here may spend, nor whether one program here is given what another one asked for.
 */
const ours: readonly Field[] = ['outbound', 'fallback', 'fallbackAfter', 'budget', 'cacheTtl', 'cacheShared']
const defaults: PoolConfig = poolConfig.parse({})

interface Ruled {
  strategy: PoolRow['strategy']
  config: PoolConfigInput
  /** Fields that the server rules from now on; the next answer without one of them brings its default back. */
  fields: string[]
}

/**
 * The row's settings under a server's rule; `ruled` = the fields of its last answer. What it says nothing about stays as it is here.
 * Names that are unknown, and values that cannot be followed here, are kept in `custom`.
 */
export function ruledBy(server: ServerConfig, row: Pick<PoolRow, 'strategy' | 'config'>, ruled: readonly string[]): Ruled {
  const given = sort(server)
  const config: Record<string, unknown> = { ...row.config }
  for (const name of ruled) delete config[name]
  for (const [name, value] of given) {
    if (isDeepStrictEqual(value, defaults[name])) delete config[name]
    else config[name] = value
  }
  const strategy = strategies.find((one) => one === server.rotationStrategy) ?? row.strategy
  return { strategy, config, fields: [...given.keys()] }
}

function sort({ poolConfig: nested, clientType, reachLimitException }: ServerConfig): Map<Field, unknown> {
  const given = new Map<Field, unknown>()
  const unknown: Record<string, unknown> = {}
  for (const [text, value] of Object.entries(nested)) {
    const name = camel(text)
    // As apipool reads it: null says nothing.
    if (value === null || value === undefined || name === 'custom') continue
    const field = fieldOf(name, value)
    if (field === undefined) unknown[text] = value
    else given.set(field.name, field.value)
  }
  const custom: unknown = nested['custom']
  const all = { ...(isRecord(custom) ? custom : {}), ...unknown }
  if (Object.keys(all).length > 0) given.set('custom', all)
  // The pool's record rules over what may lie under the same names in its free-form part.
  given.set('clientType', clientType.slice(0, 64))
  given.set('reachLimitException', reachLimitException?.slice(0, 256) ?? null)
  return given
}

function fieldOf(name: string, value: unknown): { name: Field; value: unknown } | undefined {
  if (!Object.hasOwn(poolConfig.shape, name) || (ours as readonly string[]).includes(name)) return undefined
  const read = poolConfig.shape[name as Field].safeParse(value)
  return read.success ? { name: name as Field, value: read.data } : undefined
}

function camel(name: string): string {
  return name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
