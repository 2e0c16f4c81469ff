/** The limits of an aiXplain key: read with every fault named, and as the engine's. */
import type { Limit, Limits, Window } from '../pool/types.ts'

const tokenTypes = ['input', 'output', 'total'] as const
export const limitNames = ['tpm', 'tpd', 'rpm', 'rpd'] as const
export type LimitName = (typeof limitNames)[number]

/** Tokens and requests per minute (sliding) and day (until the zone's midnight). Absent = unlimited, 0 = none at all. */
export interface AixplainLimits extends Partial<Record<LimitName, number>> {
  /** Which tokens `tpm` and `tpd` count; absent = total. */
  tokenType?: (typeof tokenTypes)[number]
}

/** The limits of one model or other asset. */
export interface AixplainAssetLimits extends AixplainLimits {
  assetId: string
}

export interface FieldIssue {
  field: string
  message: string
}

/** Everything that was wrong with a key, or with a change to it. */
export class AixplainValidationError extends Error {
  override readonly name = 'AixplainValidationError'
  readonly code = 'INVALID_INPUT'
  readonly fields: readonly FieldIssue[]

  constructor(fields: readonly FieldIssue[]) {
    super(fields.map(({ field, message }) => `${field}: ${message}`).join('; '))
    this.fields = fields
  }
}

/** The other names of each field: those of version 2 of the SDK. */
const aliases: Readonly<Record<LimitName, string>> = {
  tpm: 'token_per_minute',
  tpd: 'token_per_day',
  rpm: 'request_per_minute',
  rpd: 'request_per_day',
}

/** Null counts as absent. What is wrong goes to `issues`, under `path`. */
export function readLimits(value: unknown, path: string, issues: FieldIssue[]): AixplainLimits {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    issues.push({ field: path, message: 'give an object with tpm, tpd, rpm and rpd' })
    return {}
  }
  const given = value as Record<string, unknown>
  const limits: AixplainLimits = {}
  for (const name of limitNames) {
    const amount = given[name] ?? given[aliases[name]]
    if (amount === undefined || amount === null) continue
    const message = amountIssue(amount)
    if (message) issues.push({ field: `${path}.${name}`, message })
    else limits[name] = amount as number
  }
  const tokenType = given['tokenType'] ?? given['token_type']
  const known = tokenTypes.find((type) => type === tokenType)
  if (known) limits.tokenType = known
  else if (tokenType !== undefined && tokenType !== null) {
    issues.push({ field: `${path}.tokenType`, message: `give one of ${tokenTypes.join(', ')}` })
  }
  return limits
}

export function readAssetLimits(value: unknown, path: string, issues: FieldIssue[]): AixplainAssetLimits[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) {
    issues.push({ field: path, message: 'give a list' })
    return []
  }
  const seen = new Set<string>()
  return value.map((entry: unknown, index) => {
    const at = `${path}.${index}`
    const limits = readLimits(entry, at, issues)
    const { assetId, model } = (entry ?? {}) as Record<string, unknown>
    const asset = assetId ?? model
    if (typeof asset !== 'string' || asset === '')
      issues.push({ field: `${at}.assetId`, message: 'give the model that it limits' })
    else if (seen.has(asset)) issues.push({ field: `${at}.assetId`, message: 'there are other limits for this model' })
    else seen.add(asset)
    return { ...limits, assetId: String(asset) }
  })
}

/** Undefined = it is fine. */
export function amountIssue(amount: unknown): string | undefined {
  const fine = typeof amount === 'number' && Number.isSafeInteger(amount) && amount >= 0
  return fine ? undefined : 'give a whole number of 0 or more'
}

/** So high that it limits nothing: the day's use is counted also where nobody limits it. */
const COUNT_ONLY = 1e15

/** As the engine enforces and counts them; days end at midnight in `zone`. */
export function engineLimits(global: AixplainLimits, assets: readonly AixplainAssetLimits[], zone: string): Limits {
  const entries = [{ ...global, assetId: '' }, ...assets].map((limits) => [limits.assetId, listOf(limits, zone)] as const)
  return Object.fromEntries(entries)
}

function listOf({ tpm, tpd, rpm, rpd, tokenType = 'total' }: AixplainLimits, zone: string): Limit[] {
  const minute: Window = { slideMs: 60_000 }
  const day: Window = { calendar: 'day', zone }
  return [
    ...(rpm === undefined ? [] : [{ unit: 'requests', window: minute, amount: rpm } as const]),
    ...(tpm === undefined ? [] : [{ unit: tokenType, window: minute, amount: tpm }]),
    { unit: 'requests', window: day, amount: rpd ?? COUNT_ONLY },
    { unit: tokenType, window: day, amount: tpd ?? COUNT_ONLY },
  ]
}
