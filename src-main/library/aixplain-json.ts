/** An aiXplain key as JSON: both spellings are read, the platform's own is written. */
import {
  type AixplainAssetLimits,
  type AixplainLimits,
  AixplainValidationError,
  type FieldIssue,
  limitNames,
  readAssetLimits,
  readLimits,
} from './aixplain-limits.ts'

/** What is known of a key; `expiresAt` in wall ms. */
export interface AixplainFields {
  id: string
  name: string
  /** US dollars. */
  budget: number | null
  expiresAt: number | null
  globalLimits: AixplainLimits | null
  assetLimits: AixplainAssetLimits[]
  isAdmin: boolean
  accessKey: string | null
}

/** As the platform spells it. Never holds the access key. */
export interface AixplainJson {
  id: string
  name: string
  budget: number | null
  assetsLimits: AixplainAssetLimits[]
  /** ISO 8601 in UTC. */
  expiresAt: string | null
  globalLimits?: AixplainLimits
}

const mostDollars = 1e9
const isoWithZone = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)$/

/** Takes the names of version 1 (`assetsLimits`, `expiresAt`) and 2 (`asset_limits`, `expires_at`). Throws AixplainValidationError with every fault. */
export function readKey(value: unknown): AixplainFields {
  const issues: FieldIssue[] = []
  const json = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>
  const either = (...names: string[]) => names.map((name) => json[name]).find((given) => given !== undefined && given !== null)
  const global = either('globalLimits', 'global_limits')
  const fields: AixplainFields = {
    id: text(either('id'), 'id', issues) ?? '',
    name: text(either('name'), 'name', issues) ?? '',
    budget: readBudget(either('budget'), issues),
    expiresAt: readExpiry(either('expiresAt', 'expires_at'), issues),
    globalLimits: global === undefined ? null : readLimits(global, 'globalLimits', issues),
    assetLimits: readAssetLimits(either('assetsLimits', 'assetLimits', 'asset_limits'), 'assetsLimits', issues),
    isAdmin: either('isAdmin', 'is_admin') === true,
    accessKey: text(either('accessKey', 'access_key', 'key'), 'accessKey', issues) ?? null,
  }
  if (fields.name === '') issues.push({ field: 'name', message: 'give the key a name' })
  if (issues.length > 0) throw new AixplainValidationError(issues)
  return fields
}

export function writeKey({ id, name, budget, assetLimits, expiresAt, globalLimits }: AixplainFields): AixplainJson {
  return {
    id,
    name,
    budget,
    assetsLimits: assetLimits.map((limits) => ({ ...written(limits), assetId: limits.assetId })),
    expiresAt: expiresAt === null ? null : new Date(expiresAt).toISOString(),
    ...(globalLimits ? { globalLimits: written(globalLimits) } : {}),
  }
}

function written(limits: AixplainLimits): AixplainLimits {
  const names = [...limitNames, 'tokenType'] as const
  return Object.fromEntries(names.filter((name) => limits[name] !== undefined).map((name) => [name, limits[name]]))
}

function readBudget(value: unknown, issues: FieldIssue[]): number | null {
  if (value === undefined) return null
  if (typeof value === 'number' && value >= 0 && value <= mostDollars) return value
  issues.push({ field: 'budget', message: `give US dollars, 0 to ${mostDollars}` })
  return null
}

/** A time without a zone would mean another moment on every machine. */
function readExpiry(value: unknown, issues: FieldIssue[]): number | null {
  if (value === undefined) return null
  const at =
    value instanceof Date ? value.getTime() : typeof value === 'string' && isoWithZone.test(value) ? momentOf(value) : Number.NaN
  if (!Number.isNaN(at)) return at
  issues.push({ field: 'expiresAt', message: 'give an ISO 8601 time with its zone, such as 2027-01-31T00:00:00Z' })
  return null
}

function momentOf(iso: string): number {
  return Date.parse(iso.replace(' ', 'T').replace(/([+-]\d\d)(\d\d)$/, '$1:$2'))
}

function text(value: unknown, field: string, issues: FieldIssue[]): string | undefined {
  if (value === undefined || typeof value === 'string') return value
  issues.push({ field, message: 'give a text' })
  return undefined
}
