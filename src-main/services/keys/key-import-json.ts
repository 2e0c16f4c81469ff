/** Keys out of JSON: lists and maps of keys, what an apipool-server answers, keys.json, our own document. */
import { parse as parseEnv } from 'dotenv'
import type { ProviderId } from '../../../src-preload/contract/index.ts'
import { candidate, candidateOf, providerNamed } from './key-import-fields.ts'
import type { Candidate, Draft, DraftKeys } from './key-import-types.ts'

type Json = Record<string, unknown>

/** `env` = the text of the .env whose variables entries may name as `env:NAME`. Null = this is no JSON. */
export function fromJson(text: string, env: string | undefined): DraftKeys | null {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return null
  }
  const parsed = read(value)
  const variables = env === undefined ? null : parseEnv(env)
  return { ...parsed, drafts: parsed.drafts.map((draft) => () => looked(draft(), variables)) }
}

function read(value: unknown): { format: DraftKeys['format']; drafts: Draft[] } {
  if (!isRecord(value)) return { format: 'json', drafts: fromList(value) }
  if (isRecord(value['providers'])) return { format: 'keys-json', drafts: fromProviders(value['providers']) }
  if (value['format'] === 'keywheel-export') return { format: 'keywheel', drafts: fromDocument(value['keys']) }
  const list = value['items'] ?? value['keys']
  if (typeof list !== 'object' || list === null) return { format: 'json', drafts: fromList(value) }
  const isApipool = Array.isArray(list) && list.some((item) => isRecord(item) && 'identifier' in item)
  return { format: isApipool ? 'apipool-json' : 'json', drafts: fromList(list) }
}

function fromList(list: unknown): Draft[] {
  return entriesOf(list).map(({ item, name }, index) => () => {
    if (typeof item === 'string') return candidate(index + 1, item, name)
    return isRecord(item) ? candidateOf(index + 1, lowered(item), name) : candidate(index + 1, '', name)
  })
}

function entriesOf(value: unknown): { item: unknown; name: string | null }[] {
  if (Array.isArray(value)) return value.map((item) => ({ item, name: null }))
  if (!isRecord(value)) return [{ item: value, name: null }]
  return Object.entries(value).map(([name, item]) => ({ item, name }))
}

/** `{"providers":{"gemini":{"keys":[{"id":"…","api_key":"env:NAME"}]}}}`, as gemini-key-pool has it. */
function fromProviders(providers: Json): Draft[] {
  let line = 0
  return Object.entries(providers).flatMap(([name, entry]): Draft[] => {
    const list = isRecord(entry) ? entry['keys'] : undefined
    const at = line + 1
    line += Array.isArray(list) ? list.length : 1
    if (Array.isArray(list)) {
      const provider = providerNamed(name)
      return list.map((item: unknown, index) => () => fromEntry(at + index, item, provider))
    }
    return [() => ({ ...candidate(at, '', name), reason: `there is no list of keys under "${name.slice(0, 64)}"` })]
  })
}

function fromEntry(line: number, item: unknown, provider: ProviderId | undefined): Candidate {
  if (!isRecord(item)) return candidate(line, typeof item === 'string' ? item : '', null)
  const names = lowered(item)
  const limits = names.get('limits') ?? names.get('model_limits')
  const found = candidateOf(line, new Map([...names, ['identifier', names.get('id')], ['limits', limits]]))
  return provider === undefined ? found : { ...found, extras: { ...found.extras, provider } }
}

/** Its keys, when they are in it in the clear. */
function fromDocument(keys: unknown): Draft[] {
  return fromList(Array.isArray(keys) ? keys : [])
}

function looked(found: Candidate, variables: Record<string, string> | null): Candidate {
  if (!found.secret.startsWith('env:')) return found
  const name = found.secret.slice('env:'.length)
  const value = variables && Object.hasOwn(variables, name) ? variables[name] : undefined
  if (value) return { ...found, secret: value, reason: candidate(found.line, value, null).reason ?? found.reason }
  const where = variables === null ? 'give the .env too' : 'the .env does not have it'
  return { ...found, secret: '', reason: `it names the variable ${name.slice(0, 128)}; ${where}` }
}

const isRecord = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
const lowered = (item: Json) => new Map(Object.entries(item).map(([name, value]) => [name.toLowerCase(), value] as const))
