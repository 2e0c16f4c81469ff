/** Keys as other programs read them: apipool's CSV and JSON, a .env, gemini-key-pool's keys.json. Pure but for taking turns. */
import papaparse from 'papaparse'
import type { KeyRow } from '../../storage/types.ts'
import { mapInSlices } from '../../vault/slices.ts'
import type { Catalog } from '../catalog.ts'
import { aliasOf, identifierOf } from './key-identifier.ts'

/** A key on its way out. */
export interface KeyOut extends Pick<KeyRow, 'provider' | 'tags' | 'notes' | 'enabled' | 'expiresAt' | 'limits' | 'label'> {
  identifier: string
  alias: string | null
  /** Absent = it is not handed out. */
  secret?: string | undefined
  /** The highest of its priorities. */
  priority: number
}

/** `secretOf` gives undefined for a secret that stays here. */
export function exportedRows(
  rows: readonly KeyRow[],
  catalog: Pick<Catalog, 'livePoolsOf'>,
  secretOf: (row: KeyRow) => string | undefined,
): Promise<KeyOut[]> {
  return mapInSlices(rows, (row) => {
    const { provider, tags, notes, enabled, expiresAt, limits, label } = row
    const priority = Math.max(...catalog.livePoolsOf(row.id).map((rank) => rank.priority), Number.MIN_SAFE_INTEGER)
    return {
      provider,
      tags,
      notes,
      enabled,
      expiresAt,
      limits,
      label,
      identifier: identifierOf(row),
      alias: aliasOf(row),
      secret: secretOf(row),
      priority: priority === Number.MIN_SAFE_INTEGER ? 0 : priority,
    }
  })
}

/** apipool-server's own headings: identifier, alias, key, tags, description, state. */
const csvHeadings = ['标识符', '别名', '密钥', '标签', '描述', '状态']

/** How a formula begins, whatever follows: Papa's own pattern overlooks one with a line break in it. */
const formula = /^[=+\-@\t\r]/

/** As apipool-server writes it; what a spreadsheet would take for a formula gets an apostrophe in front. */
export function apipoolCsv(keys: readonly KeyOut[]): string {
  const rows = keys.map(({ identifier, alias, secret, tags, notes, enabled }) => [
    identifier,
    alias ?? '',
    secret ?? '',
    // A tag with a comma in it is quoted once more.
    tags.length === 0 ? '' : papaparse.unparse([tags]),
    notes,
    enabled ? '启用' : '停用',
  ])
  return `${papaparse.unparse([csvHeadings, ...rows], { escapeFormulae: formula, newline: '\r\n' })}\r\n`
}

/** What `POST /api/v1/keys/import` takes. */
export function apipoolJson(keys: readonly KeyOut[]): string {
  const listed = keys.map(({ identifier, alias, secret, tags, notes, enabled, expiresAt }) => ({
    identifier,
    ...(secret === undefined ? {} : { raw_key: secret }),
    alias,
    tags,
    description: notes,
    is_active: enabled,
    ...(expiresAt === null ? {} : { expires_at: new Date(expiresAt).toISOString() }),
  }))
  return `${JSON.stringify({ keys: listed }, null, 2)}\n`
}

/** One variable per key; a secret that stays here leaves its variable empty. */
export function envText(keys: readonly KeyOut[]): string {
  const names = variableNames(keys)
  return keys.map(({ secret }, index) => `${names[index]}=${secret === undefined ? '' : quoted(secret)}\n`).join('')
}

/** Every entry names its variable in the .env that goes with it. */
export function geminiKeysJson(keys: readonly KeyOut[]): string {
  const names = variableNames(keys)
  const providers: Record<string, { keys: object[] }> = {}
  for (const [index, key] of keys.entries()) {
    const name = key.provider === 'anthropic' ? 'claude' : key.provider
    providers[name] ??= { keys: [] }
    providers[name].keys.push({
      id: key.identifier,
      api_key: `env:${names[index]}`,
      ...(key.priority === 0 ? {} : { priority: key.priority }),
      ...(Object.keys(key.limits).length === 0 ? {} : { limits: key.limits }),
      ...(key.enabled ? {} : { enabled: false }),
    })
  }
  return `${JSON.stringify({ providers }, null, 2)}\n`
}

/** In the order of the keys; each once. */
function variableNames(keys: readonly KeyOut[]): string[] {
  const taken = new Set<string>()
  const next = new Map<string, number>()
  return keys.map(({ label }) => {
    const plain = label
      .toUpperCase()
      .replaceAll(/[^A-Z0-9]+/g, '_')
      .replaceAll(/^_+|_+$/g, '')
    const base = /^[A-Z]/.test(plain) ? plain : plain === '' ? 'KEY' : `KEY_${plain}`
    let name = base
    let n = next.get(base) ?? 2
    for (; taken.has(name); n += 1) name = `${base}_${n}`
    next.set(base, n)
    taken.add(name)
    return name
  })
}

/** What stands in single quotes or backticks is taken as it is; in double quotes a backslash means something. */
function quoted(secret: string): string {
  if (/^[\w.:/+=-]+$/.test(secret)) return secret
  const mark = ["'", '`', '"'].find((one) => !secret.includes(one))
  return mark === undefined ? secret : `${mark}${secret}${mark}`
}
