/** Reads keys out of whatever was pasted: lines, .env, CSV, JSON, a cURL command. Pure; nothing is stored here. */
import { parse as parseEnv } from 'dotenv'
import papaparse from 'papaparse'
import { secretSchema } from '../../src-preload/contract/index.ts'

export interface Candidate {
  /** 1-based line in the text; for JSON the position in the list. */
  line: number
  secret: string
  label: string | null
  /** Why it cannot be a key; null = it can. */
  reason: string | null
}

export interface ParsedKeys {
  format: 'lines' | 'env' | 'csv' | 'json' | 'curl'
  candidates: Candidate[]
}

const secretNames = ['secret', 'key', 'api_key', 'apikey', 'raw_key', 'rawkey', 'value', 'token', '密钥', 'key值']
const longestLabel = 128
const labelNames = ['label', 'name', 'alias', 'identifier', 'title', '别名', '标识符', '标识']

/** Finds out what the text is and takes the keys from it. Every line that is no key is reported with its reason, none is dropped. */
export function parseKeys(text: string): ParsedKeys {
  const trimmed = text.trim()
  if (/^[[{]/.test(trimmed)) return { format: 'json', candidates: fromJson(trimmed) }
  if (/^curl\s/.test(trimmed)) return { format: 'curl', candidates: fromCurl(trimmed) }
  const lines = text.split(/\r\n|\n|\r/)
  const content = lines.filter((line) => line.trim() !== '' && !line.trim().startsWith('#'))
  if (content.length > 0 && content.every((line) => /^\s*(export\s+)?[A-Za-z_][A-Za-z0-9_.]*\s*=/.test(line))) {
    return { format: 'env', candidates: fromEnv(lines) }
  }
  const header = content[0]
    ?.toLowerCase()
    .split(/[,;\t]/)
    .map(unquote)
  if (header && header.length > 1 && header.some((name) => secretNames.includes(name))) {
    return { format: 'csv', candidates: fromCsv(text, content[0] ?? '', header) }
  }
  return { format: 'lines', candidates: fromLines(lines) }
}

const unquote = (text: string) =>
  text
    .trim()
    .replace(/^["']|["']$/g, '')
    .trim()

function candidate(line: number, secret: string, label: string | null): Candidate {
  const result = secretSchema.safeParse(secret)
  const name = label?.trim().slice(0, longestLabel) || null
  return { line, secret, label: name, reason: result.success ? null : (result.error.issues[0]?.message ?? 'this is not a key') }
}

/** One key a line, or `label,key`; lines that begin with # are comments. */
function fromLines(lines: readonly string[]): Candidate[] {
  return lines.flatMap((raw, index) => {
    const line = raw.trim()
    if (isBlank(line)) return []
    // One assignment among plain lines, as when a .env is pasted below other keys.
    if (/^(export\s+)?[A-Z_][A-Z0-9_]*=/.test(line)) return fromAssignment(line, index + 1)
    const pair = /^([^,\t]{1,128})[,\t]\s*(\S+)$/.exec(line)
    return [
      pair ? candidate(index + 1, unquote(pair[2] ?? ''), unquote(pair[1] ?? '')) : candidate(index + 1, unquote(line), null),
    ]
  })
}

const isBlank = (line: string) => line.trim() === '' || line.trim().startsWith('#')

function fromEnv(lines: readonly string[]): Candidate[] {
  return lines.flatMap((line, index) => (isBlank(line) ? [] : fromAssignment(line, index + 1)))
}

/** `NAME=key`, or several keys with commas between them. */
function fromAssignment(text: string, line: number): Candidate[] {
  const [name = null, value = ''] = Object.entries(parseEnv(text))[0] ?? []
  const secrets = value.split(/[,\s]+/).filter(Boolean)
  return (secrets.length > 0 ? secrets : ['']).map((secret) => candidate(line, secret, name))
}

function fromCsv(text: string, heading: string, header: readonly string[]): Candidate[] {
  const secretColumn = header.findIndex((name) => secretNames.includes(name))
  const labelColumn = header.findIndex((name) => labelNames.includes(name))
  const { data } = papaparse.parse<string[]>(text, { delimiter: /[,;\t]/.exec(heading)?.[0] ?? ',' })
  let line = 1
  const rows = data.map((row) => {
    const at = line
    // A quoted field may hold line breaks.
    line += 1 + row.reduce((sum, field) => sum + (field.match(/\n/g)?.length ?? 0), 0)
    return { at, row }
  })
  const content = rows.filter(({ row }) => row.some((field) => field.trim() !== '') && !row[0]?.trimStart().startsWith('#'))
  return content
    .slice(1)
    .map(({ at, row }) => candidate(at, row[secretColumn]?.trim() ?? '', labelColumn >= 0 ? (row[labelColumn] ?? null) : null))
}

/** A list of keys, of objects that hold one, or an object whose values are keys. */
function fromJson(text: string): Candidate[] {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return [{ line: 1, secret: '', label: null, reason: 'this begins like JSON but is not valid JSON' }]
  }
  const inner = (value as { keys?: unknown } | null)?.keys
  return listOf(typeof inner === 'object' && inner !== null ? inner : value).map(({ item, name }, index) => {
    if (typeof item === 'string') return candidate(index + 1, item, name)
    if (typeof item !== 'object' || item === null) return candidate(index + 1, '', name)
    const fields = Object.entries(item).map(([field, content]) => [field.toLowerCase(), content] as const)
    const find = (names: readonly string[]) =>
      fields.find(([field, content]) => names.includes(field) && typeof content === 'string')?.[1]
    return candidate(index + 1, String(find(secretNames) ?? ''), find(labelNames) ?? name)
  })
}

function listOf(value: unknown): { item: unknown; name: string | null }[] {
  if (Array.isArray(value)) return value.map((item) => ({ item, name: null }))
  if (typeof value !== 'object' || value === null) return [{ item: value, name: null }]
  return Object.entries(value).map(([name, item]) => ({ item, name }))
}

function fromCurl(text: string): Candidate[] {
  const found = /(?:authorization:\s*bearer\s+|x-api-key:\s*|x-goog-api-key:\s*|api-key:\s*|[?&]key=)([^\s"'&]+)/i.exec(text)?.[1]
  return [found ? candidate(1, found, null) : { line: 1, secret: '', label: null, reason: 'no key header in this command' }]
}
