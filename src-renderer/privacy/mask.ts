/**
 * What privacy mode hides of an answer: names, labels, addresses, the tail of tokens. Counts, states and ids stay, and so do slugs,
 * by which all is asked for: they are hidden where they are drawn (`formatPool`). Pure but for the salt.
 */

/** Stands in every masked text and in no text that a person types: a word joiner between bullets. */
const mark = '••\u2060••'

/** Whose `name` identifies somebody; names of models, prompts and providers do not, and pools are told by their slugs. */
const namedNouns: ReadonlySet<string> = new Set([
  'clients',
  'remotes',
  'users',
  'approvals',
  'workspaces',
  'notices',
  'history',
  'transfer',
])

/** Told apart by a code, so that the same key is still known as the same. */
const names: ReadonlySet<string> = new Set([
  'label',
  'keyLabel',
  'clientName',
  'username',
  'email',
  'account',
  'identifier',
  'alias',
])
/** Wholly hidden. */
const hidden: ReadonlySet<string> = new Set([
  'hint',
  'tokenHint',
  'baseUrl',
  'host',
  'hosts',
  'notes',
  'dataDir',
  'caFile',
  'noProxy',
  'outbound',
  'token',
  'secret',
])
/** Words of others, in which names may stand. */
const words: ReadonlySet<string> = new Set(['reason', 'message', 'problem', 'body'])

/** Who tells pools without asking by them: rules of the settings, sentences. */
const poolNouns: ReadonlySet<string> = new Set(['settings', 'history', 'transfer', 'notices'])

const salt = Math.floor(Math.random() * 2 ** 32)

/** `noun` is the first part of the call's path, e.g. `keys`. Gives back the same object when nothing is hidden in it. */
export function maskAnswer<T>(noun: string, answer: T): T {
  return walk(answer, noun, '') as T
}

/** Something masked stands in what is to be sent: it must never be saved. */
export function isMasked(value: unknown): boolean {
  if (typeof value === 'string') return value.includes(mark)
  if (typeof value !== 'object' || value === null) return false
  return Object.values(value).some(isMasked)
}

function walk(value: unknown, noun: string, field: string): unknown {
  if (typeof value === 'string') return maskText(value, noun, field)
  if (Array.isArray(value)) return walkAll<unknown>(value, (item) => walk(item, noun, field))
  if (!isPlain(value)) return value
  if (isPool(value, noun)) return { ...walkFields(value, noun), name: codeName(value.slug) }
  if (isAccount(value)) return { ...value, id: codeName(value.id), keys: walk(value['keys'], noun, 'keys') }
  return walkFields(value, noun)
}

function walkFields(value: Record<string, unknown>, noun: string): Record<string, unknown> {
  const entries = Object.entries(value)
  const masked = walkAll(entries, (entry): [string, unknown] => {
    const [name, inner] = entry
    const next = walk(inner, noun, name)
    return next === inner ? entry : [name, next]
  })
  return masked === entries ? value : Object.fromEntries(masked)
}

/** The same array when no item has changed: what did not change is not drawn anew. */
function walkAll<T>(items: readonly T[], step: (item: T) => T): readonly T[] {
  const next = items.map(step)
  return next.every((item, at) => item === items[at]) ? items : next
}

function maskText(text: string, noun: string, field: string): string {
  if (text === '' || text.includes(mark)) return text
  if (names.has(field)) return codeName(text)
  if (hidden.has(field)) return field === 'outbound' && !text.includes('://') ? text : mark
  if (words.has(field)) return maskWords(text)
  if (namedNouns.has(noun) && field === 'name') return codeName(text)
  if (poolNouns.has(noun) && field === 'pool' && text !== '*') return codeName(text)
  if (noun === 'remotes' && field === 'url') return mark
  if (noun === 'approvals' && field === 'path') return mark
  return text
}

/** One code for its name and its slug: both stand for it. */
function isPool(value: Record<string, unknown>, noun: string): value is { slug: string } & Record<string, unknown> {
  return noun === 'pools' && typeof value['slug'] === 'string' && typeof value['name'] === 'string'
}

/** A quota's owner as people name it; an account of its own is named by its key's id, which says nothing. */
function isAccount(value: Record<string, unknown>): value is { id: string } & Record<string, unknown> {
  return typeof value['id'] === 'string' && (value['source'] === 'set' || value['source'] === 'discovered')
}

/** Organisations, projects, addresses of people and of hosts, as providers' errors quote them. */
function maskWords(text: string): string {
  return text.replace(/\b(?:org|proj|acct|user)[-_][\w-]{4,}|[\w.+-]+@[\w-]+\.[\w.]+|https?:\/\/\S+|[\w-]*…\w{2,}/g, mark)
}

/** What stands for a name. */
export function codeName(text: string): string {
  return text.includes(mark) ? text : `${mark} ${codeOf(text)}`
}

/** Three letters and digits: FNV-1a over the session's salt and the text. */
function codeOf(text: string): string {
  let hash = 0x811c9dc5 ^ salt
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return (hash >>> 0).toString(36).padStart(7, '0').slice(-3).toUpperCase()
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}
