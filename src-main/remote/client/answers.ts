/** What an apipool-server answers, read without trusting its shape. By hand, because the library has no schema library in it. */
import { ApipoolError, notApipool } from './error.ts'
import { shown } from './transport.ts'

export interface Tokens {
  accessToken: string
  refreshToken: string
  /** Seconds of the access token's life; null = it does not say. */
  expiresIn: number | null
}

export interface RawKey {
  /** Its name there; not secret. */
  identifier: string
  rawKey: string
  alias: string | null
  tags: string[]
}

export interface RawKeys {
  clientType: string
  keys: RawKey[]
  /** As the server counts them. */
  total: number
}

export interface ServerPool {
  identifier: string
  name: string
  description: string
  clientType: string
  keys: number
}

export interface ServerConfig {
  clientType: string
  reachLimitException: string | null
  rotationStrategy: string
  /** As it is, in the server's own names. */
  poolConfig: Record<string, unknown>
}

/** Where a key stands in a pool. */
export interface ServerRank {
  priority: number
  weight: number
}

export interface ServerStatus {
  success: boolean
  available: number
  total: number
}

export type Invoked = { success: true; data: unknown } | { success: false; error: string }

type Fields = Record<string, unknown>

export function readTokens(value: unknown): Tokens {
  const { access_token, refresh_token, expires_in } = fields(value)
  const expiresIn = typeof expires_in === 'number' && expires_in > 0 ? expires_in : null
  return { accessToken: token(access_token), refreshToken: token(refresh_token), expiresIn }
}

/** A list with one entry that is no key is no list: half of it must not count for the whole. */
export function readKeys(value: unknown): RawKeys {
  const { client_type, keys, total } = fields(value)
  const read = list(keys, 'keys').map((entry, index): RawKey => {
    const { identifier, raw_key, alias, tags } = fields(entry, `keys[${index}]`)
    const name = text(identifier, `keys[${index}].identifier`)
    if (name === '' || name.length > 128) throw notApipool(`keys[${index}].identifier has not 1 to 128 characters`)
    const rawKey = text(raw_key, `keys[${index}].raw_key`)
    if (rawKey === '') throw notApipool(`keys[${index}].raw_key is empty`)
    return { identifier: name, rawKey, alias: optional(alias), tags: texts(tags) }
  })
  return { clientType: optional(client_type) ?? '', keys: read, total: typeof total === 'number' ? total : read.length }
}

export function readPools(value: unknown): { items: ServerPool[]; total: number } {
  const { items, total } = fields(value)
  return { items: list(items, 'items').map((item, index) => readPool(item, `items[${index}]`)), total: count(total) }
}

function readPool(value: unknown, where: string): ServerPool {
  const { identifier, name, description, client_type, member_count } = fields(value, where)
  return {
    identifier: text(identifier, `${where}.identifier`),
    name: optional(name) ?? text(identifier, where),
    description: optional(description) ?? '',
    clientType: optional(client_type) ?? '',
    keys: count(member_count),
  }
}

export function readConfig(value: unknown): ServerConfig {
  const { client_type, reach_limit_exception, rotation_strategy, pool_config, pool_identifier } = fields(value)
  text(pool_identifier, 'pool_identifier')
  return {
    clientType: optional(client_type) ?? '',
    reachLimitException: optional(reach_limit_exception),
    rotationStrategy: optional(rotation_strategy) ?? '',
    poolConfig: pool_config === null || pool_config === undefined ? {} : fields(pool_config, 'pool_config'),
  }
}

/** By the keys' identifiers. */
export function readRanks(value: unknown): Map<string, ServerRank> {
  const { members } = fields(value)
  return new Map(
    list(members ?? [], 'members').map((member, index) => {
      const { key_identifier, priority, weight } = fields(member, `members[${index}]`)
      return [
        text(key_identifier, `members[${index}].key_identifier`),
        { priority: whole(priority, 0), weight: whole(weight, 1) },
      ]
    }),
  )
}

export function readStatus(value: unknown): ServerStatus {
  const { success, data, pool_available, pool_total } = fields(value)
  if (typeof success !== 'boolean') throw notApipool('"success" is missing')
  const { available_keys, total_keys } = typeof data === 'object' && data !== null ? (data as Fields) : {}
  return { success, available: count(available_keys ?? pool_available), total: count(total_keys ?? pool_total) }
}

export function readInvoked(value: unknown): Invoked {
  const { success, data, error } = fields(value)
  if (typeof success !== 'boolean') throw notApipool('"success" is missing')
  return success ? { success, data: data ?? null } : { success, error: shown(optional(error) ?? '') || 'it does not say why' }
}

export function readReported(value: unknown): { accepted: number; duplicates: number } {
  const { accepted, duplicates } = fields(value)
  if (typeof accepted !== 'number') throw notApipool('"accepted" is missing')
  return { accepted, duplicates: count(duplicates) }
}

function fields(value: unknown, where = 'the answer'): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields
  throw notApipool(`${where} is no JSON object`)
}

function list(value: unknown, where: string): readonly unknown[] {
  if (Array.isArray(value)) return value
  throw notApipool(`"${where}" is no list`)
}

function text(value: unknown, where: string): string {
  if (typeof value === 'string') return value
  throw notApipool(`"${where}" is no text`)
}

const optional = (value: unknown): string | null => (typeof value === 'string' ? value : null)
const texts = (value: unknown): string[] => (Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [])
const whole = (value: unknown, absent: number): number => (Number.isSafeInteger(value) ? (value as number) : absent)
const count = (value: unknown): number => (typeof value === 'number' && value >= 0 ? value : 0)

/** Goes into a header, so it can be nothing but what a header takes. */
function token(value: unknown): string {
  if (typeof value === 'string' && /^[\x21-\x7e]{1,16384}$/.test(value)) return value
  throw new ApipoolError('not-apipool', 'The server gave no token that can be used.')
}
