/** Reads keys out of whatever was pasted: lines, .env, CSV, JSON, keys.json, a cURL command. Pure; nothing is stored here. */
import { parse as parseEnv } from 'dotenv'
import { invalid } from '../../../src-preload/contract/index.ts'
import { mapInSlices } from '../../vault/slices.ts'
import { fromCsv, headingOf, isApipoolHeading } from './key-import-csv.ts'
import { candidate } from './key-import-fields.ts'
import { fromJson } from './key-import-json.ts'
import type { Candidate, DraftKeys, ParsedKeys } from './key-import-types.ts'

/**
 * Finds out what the text is and takes the keys from it. Every line that is no key is reported with its reason, none is dropped.
 * `env` = the .env beside a keys.json; both may also stand in one text, one after the other.
 */
export function parseKeys(given: string, env?: string): ParsedKeys {
  const text = plain(given)
  const lines = linesOf(text)
  const { format, drafts } = wholeOf(text, env) ?? draftsOf(lines, lines.map(numbered).filter(says))
  return { format, candidates: drafts.flatMap((draft) => draft()) }
}

/** The same, a slice at a time. INVALID_INPUT for more than `most` keys. */
export async function parseKeysInSlices(given: string, env: string | undefined, most: number): Promise<ParsedKeys> {
  const tooMany = () => invalid('text', `give at most ${most} keys at a time`)
  const text = plain(given)
  const { format, drafts } = wholeOf(text, env) ?? (await draftsInSlices(linesOf(text)))
  if (drafts.length > most) throw tooMany()
  const candidates = (await mapInSlices(drafts, (draft) => draft())).flat()
  if (candidates.length > most) throw tooMany()
  return { format, candidates }
}

async function draftsInSlices(lines: readonly string[]): Promise<DraftKeys> {
  const content: Line[] = []
  await mapInSlices(lines.entries(), ([index, text]) => isBlank(text) || content.push(numbered(text, index)))
  return draftsOf(lines, content)
}

interface Line {
  text: string
  /** 1-based. */
  number: number
}

const plain = (given: string) => given.replace(/^\uFEFF/, '')
const linesOf = (text: string) => text.split(/\r\n|\n|\r/)
const numbered = (text: string, index: number): Line => ({ text, number: index + 1 })
const isBlank = (line: string) => /^\s*(?:#|$)/.test(line)
const says = ({ text }: Line) => !isBlank(text)

/** What is read as a whole: JSON, a command; null = it consists of lines. */
function wholeOf(text: string, env: string | undefined): DraftKeys | null {
  const trimmed = text.trim()
  const together = env === undefined ? twoFilesOf(trimmed) : null
  if (together) return fromJson(together.json, together.env) ?? brokenJson
  if (/^[[{]/.test(trimmed)) return fromJson(trimmed, env) ?? brokenJson
  return /^curl\s/.test(trimmed) ? { format: 'curl', drafts: [() => fromCurl(trimmed)] } : null
}

/** `content` = those of the lines that are not blank. */
function draftsOf(lines: readonly string[], content: readonly Line[]): DraftKeys {
  if (content.length > 0 && content.every(({ text }) => isAssignment(text))) {
    return { format: 'env', drafts: content.map((line) => () => fromAssignment(line)) }
  }
  const heading = headingOf(lines)
  if (heading) return { format: isApipoolHeading(heading) ? 'apipool-csv' : 'csv', drafts: fromCsv(lines) }
  return { format: 'lines', drafts: content.map((line) => () => fromLine(line)) }
}

const brokenJson: DraftKeys = {
  format: 'json',
  drafts: [() => ({ line: 1, secret: '', label: null, reason: 'this begins like JSON but is not valid JSON' })],
}

const isAssignment = (line: string) => /^\s*(export\s+)?[A-Za-z_][A-Za-z0-9_.]*\s*=/.test(line)

/** A JSON object and a .env in one text, in either order; null = it is not that. */
function twoFilesOf(text: string): { json: string; env: string } | null {
  if (!text.includes('{')) return null
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
function fromLine({ text, number }: Line): Candidate | Candidate[] {
  const line = text.trim()
  // One assignment among plain lines, as when a .env is pasted below other keys.
  if (/^(export\s+)?[A-Z_][A-Z0-9_]*=/.test(line)) return fromAssignment({ text: line, number })
  const pair = /^([^,\t]{1,128})[,\t]\s*(\S+)$/.exec(line)
  return pair ? candidate(number, unquote(pair[2] ?? ''), unquote(pair[1] ?? '')) : candidate(number, unquote(line), null)
}

/** `NAME=key`, or several keys with commas between them. */
function fromAssignment({ text, number }: Line): Candidate[] {
  const [name = null, value = ''] = Object.entries(parseEnv(text))[0] ?? []
  const secrets = value.split(/[,\s]+/).filter(Boolean)
  return (secrets.length > 0 ? secrets : ['']).map((secret) => candidate(number, secret, name))
}

function fromCurl(text: string): Candidate[] {
  const found = /(?:authorization:\s*bearer\s+|x-api-key:\s*|x-goog-api-key:\s*|api-key:\s*|[?&]key=)([^\s"'&]+)/i.exec(text)?.[1]
  return [found ? candidate(1, found, null) : { line: 1, secret: '', label: null, reason: 'no key header in this command' }]
}
