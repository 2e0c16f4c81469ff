/** The fields of a key in tables and lists, under all the names that they have in other programs, in English and Chinese. */
import papaparse from 'papaparse'
import {
  instantSchema,
  keyIdentifier,
  limitsSchema,
  type ProviderId,
  providerIds,
  secretSchema,
} from '../../../src-preload/contract/index.ts'
import type { Candidate, KeyExtras } from './key-import-types.ts'

export const secretNames = ['secret', 'raw_key', 'rawkey', 'api_key', 'apikey', 'key', 'value', 'token', '密钥', 'key值']
const identifierNames = ['identifier', '标识符', '标识', 'id']
const labelNames = ['label', 'alias', '别名', 'name', 'title', ...identifierNames]
const fields = {
  identifier: ['identifier', '标识符', '标识'],
  tags: ['tags', '标签'],
  notes: ['description', 'notes', '描述', '备注'],
  enabled: ['is_active', 'enabled', '状态'],
  expiresAt: ['expires_at', 'expiresat', 'expire_time', '过期时间'],
  priority: ['priority', '优先级'],
  weight: ['weight', '权重'],
  limits: ['limits'],
} as const

const longestLabel = 128
type Fields = ReadonlyMap<string, unknown>

/** `names` in lower case, with what they hold. */
export function candidateOf(line: number, names: Fields, fallbackLabel: string | null = null): Candidate {
  const text = (wanted: readonly string[]) => {
    for (const name of wanted) {
      const value = names.get(name)
      if (typeof value === 'string' && value.trim() !== '') return value
    }
    return null
  }
  const found = candidate(line, (text(secretNames) ?? '').trim(), text(labelNames) ?? fallbackLabel)
  return withExtras(found, names)
}

/** A key with or without a label; the reason says why it cannot be one. */
export function candidate(line: number, secret: string, label: string | null): Candidate {
  const name = label?.trim().slice(0, longestLabel) || null
  return { line, secret, label: name, reason: reasonOf(secret) }
}

/** The schema's own words for each way in which a text is no key: asking it for each of 100,000 lines would take a second. */
const reasons = { empty: whyNot(''), characters: whyNot(' '), length: whyNot('x'.repeat(16_385)) }

function whyNot(secret: string): string {
  return secretSchema.safeParse(secret).error?.issues[0]?.message ?? 'this is not a key'
}

function reasonOf(secret: string): string | null {
  if (secret === '') return reasons.empty
  if (secret.length > 16_384) return reasons.length
  return /^[\x21-\x7e]+$/.test(secret) ? null : reasons.characters
}

function withExtras(found: Candidate, names: Fields): Candidate {
  const extras: KeyExtras = {}
  let reason = found.reason
  for (const [field, wanted] of Object.entries(fields) as [keyof typeof fields, readonly string[]][]) {
    const value = wanted.map((name) => names.get(name)).find((one) => one !== undefined && one !== null && one !== '')
    if (value === undefined) continue
    const read = readers[field](value)
    if ('why' in read) reason ??= `${field}: ${read.why}`
    else Object.assign(extras, { [field]: read.value })
  }
  // Any table may have a column of that name, with words of its own.
  const word = wordOf(names.get('state') ?? names.get('status'))
  if (extras.enabled === undefined && off.has(word)) extras.enabled = false
  return { ...found, reason, ...(Object.keys(extras).length === 0 ? {} : { extras }) }
}

type Read = { value: unknown } | { why: string }

const readers: Record<keyof typeof fields, (value: unknown) => Read> = {
  identifier(value) {
    const read = keyIdentifier.safeParse(value)
    return read.success ? { value: read.data } : { why: read.error.issues[0]?.message ?? 'this is no name' }
  },
  tags(value) {
    const list = Array.isArray(value) ? value : typeof value === 'string' ? splitTags(value) : null
    if (!list?.every((tag) => typeof tag === 'string')) return { why: 'give texts, with commas between them' }
    const tags = [...new Set(list.map((tag) => tag.trim()).filter((tag) => tag !== ''))]
    if (tags.length > 32) return { why: 'give at most 32' }
    return tags.every((tag) => tag.length <= 64) ? { value: tags } : { why: 'a tag has at most 64 characters' }
  },
  notes(value) {
    if (typeof value !== 'string') return { why: 'give a text' }
    return value.length <= 4000 ? { value } : { why: 'give at most 4000 characters' }
  },
  enabled(value) {
    const word = wordOf(value)
    if (on.has(word)) return { value: true }
    return off.has(word) ? { value: false } : { why: 'give 启用 or 停用, true or false' }
  },
  expiresAt(value) {
    if (value === 0 || value === '0') return { why: 'give a time, or nothing' }
    const read = instantSchema.safeParse(value)
    return read.success ? { value: read.data } : { why: 'give a time such as 2027-01-31T00:00:00Z' }
  },
  priority: wholeNumber(-1_000_000),
  weight: wholeNumber(0),
  limits(value) {
    const read = limitsSchema.safeParse(value)
    return read.success ? { value: read.data } : { why: 'give rpm, tpm, rpd and tpd by model, as whole numbers' }
  },
}

const on: ReadonlySet<string> = new Set(['启用', 'true', '1', 'yes', 'on', 'active', 'enabled'])
const off: ReadonlySet<string> = new Set(['停用', '禁用', 'false', '0', 'no', 'off', 'inactive', 'disabled'])

/** Texts, numbers and yes or no; an object has no word, and may have no text either. */
function wordOf(value: unknown): string {
  return ['string', 'number', 'boolean'].includes(typeof value) ? String(value).trim().toLowerCase() : ''
}

function wholeNumber(least: number): (value: unknown) => Read {
  return (value) => {
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
    if (Number.isInteger(number) && (number as number) >= least && (number as number) <= 1_000_000) return { value: number }
    return { why: `give a whole number from ${least} to 1000000` }
  }
}

/** A tag with a comma in it stands in quotes. */
function splitTags(text: string): string[] {
  return text.includes('"') ? (papaparse.parse<string[]>(text).data[0] ?? []) : text.split(/[,，]/)
}

const otherNames: Readonly<Record<string, ProviderId>> = { google: 'gemini', claude: 'anthropic', grok: 'xai' }

/** A provider by its name in another program; undefined = we do not know it. */
export function providerNamed(name: string): ProviderId | undefined {
  const plain = name.trim().toLowerCase()
  return (
    providerIds.find((id) => id === plain && id !== 'demo') ?? (Object.hasOwn(otherNames, plain) ? otherNames[plain] : undefined)
  )
}
