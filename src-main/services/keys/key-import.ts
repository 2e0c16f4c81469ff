/** Reads keys out of whatever was pasted: lines, .env, CSV, JSON, keys.json, a cURL command. Pure; nothing is stored here. */
import { parse as parseEnv } from 'dotenv'
import { invalid } from '../../../src-preload/contract/index.ts'
import { mapInSlices } from '../../vault/slices.ts'
import { fromCsv, headingOf, isApipoolHeading } from './key-import-csv.ts'
import { candidate } from './key-import-fields.ts'
import { fromJson } from './key-import-json.ts'
import type { Candidate, Draft, DraftKeys, ParsedKeys } from './key-import-types.ts'

/**
 * Finds out what the text is and takes the keys from it. Every line that is no key is reported with its reason, none is dropped.
 * `env` = the .env beside a keys.json; both may also stand in one text, one after the other.
 */
export function parseKeys(given: string, env?: string): ParsedKeys {
  const { format, drafts } = draftsOf(given, env)
  return { format, candidates: drafts.map((draft) => draft()) }
}

/** The same, a slice at a time. INVALID_INPUT for more than `most` keys. */
export async function parseKeysInSlices(given: string, env: string | undefined, most: number): Promise<ParsedKeys> {
  const { format, drafts } = draftsOf(given, env)
  if (drafts.length > most) throw invalid('text', `give at most ${most} keys at a time`)
  return { format, candidates: await mapInSlices(drafts, (draft) => draft()) }
}

function draftsOf(given: string, env: string | undefined): DraftKeys {
  const text = given.replace(/^\uFEFF/, '')
  const trimmed = text.trim()
  const together = env === undefined ? twoFilesOf(trimmed) : null
  if (together) return fromJson(together.json, together.env) ?? brokenJson
  if (/^[[{]/.test(trimmed)) return fromJson(trimmed, env) ?? brokenJson
  if (/^curl\s/.test(trimmed)) return { format: 'curl', drafts: read(fromCurl(trimmed)) }
  const lines = text.split(/\r\n|\n|\r/)
  const content = lines.filter((line) => !isBlank(line))
  if (content.length > 0 && content.every(isAssignment)) return { format: 'env', drafts: read(fromEnv(lines)) }
  const heading = headingOf(lines)
  if (heading) return { format: isApipoolHeading(heading) ? 'apipool-csv' : 'csv', drafts: fromCsv(lines) }
  return { format: 'lines', drafts: read(fromLines(lines)) }
}

const brokenJson: DraftKeys = {
  format: 'json',
  drafts: [() => ({ line: 1, secret: '', label: null, reason: 'this begins like JSON but is not valid JSON' })],
}

/** Lines are read as they are cut. */
const read = (candidates: readonly Candidate[]): Draft[] => candidates.map((found) => () => found)

const isBlank = (line: string) => line.trim() === '' || line.trim().startsWith('#')
const isAssignment = (line: string) => /^\s*(export\s+)?[A-Za-z_][A-Za-z0-9_.]*\s*=/.test(line)

/** A JSON object and a .env in one text, in either order; null = it is not that. */
function twoFilesOf(text: string): { json: string; env: string } | null {
  const lines = text.split('\n')
  const isEnv = (some: readonly string[]) => some.some(isAssignment) && some.every((line) => isBlank(line) || isAssignment(line))
  if (text.startsWith('{')) {
    // The object ends at the last line that ends with a brace; variables have none there.
    const end = lines.findLastIndex((line) => line.trimEnd().endsWith('}') && !isAssignment(line) && !isBlank(line))
    const env = lines.slice(end + 1)
    return isEnv(env) ? { json: lines.slice(0, end + 1).join('\n'), env: env.join('\n') } : null
  }
  const start = lines.findIndex((line) => line.startsWith('{'))
  const env = lines.slice(0, Math.max(start, 0))
  return isEnv(env) ? { json: lines.slice(start).join('\n'), env: env.join('\n') } : null
}

const unquote = (text: string) =>
  text
    .trim()
    .replace(/^["']|["']$/g, '')
    .trim()

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

function fromEnv(lines: readonly string[]): Candidate[] {
  return lines.flatMap((line, index) => (isBlank(line) ? [] : fromAssignment(line, index + 1)))
}

/** `NAME=key`, or several keys with commas between them. */
function fromAssignment(text: string, line: number): Candidate[] {
  const [name = null, value = ''] = Object.entries(parseEnv(text))[0] ?? []
  const secrets = value.split(/[,\s]+/).filter(Boolean)
  return (secrets.length > 0 ? secrets : ['']).map((secret) => candidate(line, secret, name))
}

function fromCurl(text: string): Candidate[] {
  const found = /(?:authorization:\s*bearer\s+|x-api-key:\s*|x-goog-api-key:\s*|api-key:\s*|[?&]key=)([^\s"'&]+)/i.exec(text)?.[1]
  return [found ? candidate(1, found, null) : { line: 1, secret: '', label: null, reason: 'no key header in this command' }]
}
