/** Exports for other programs: keys only, as each program reads them. */
import { type ExportedFiles, type ExportInput, invalid } from '../../../src-preload/contract/index.ts'
import type { KeyRow } from '../../storage/types.ts'
import type { Vault } from '../../vault/types.ts'
import type { Catalog } from '../catalog.ts'
import { apipoolCsv, apipoolJson, envText, exportedRows, geminiKeysJson, type KeyOut } from '../keys/key-export.ts'
import * as age from './age.ts'

type File = ExportedFiles['files'][number]
type Format = ExportedFiles['format']

interface FileDeps {
  catalog: Catalog
  vault: Vault
}

/** POOL_NOT_FOUND, VAULT_LOCKED, INVALID_INPUT for a sealed export without passphrase. */
export async function writeFiles(
  { format, pool, keys: only, secrets, passphrase }: Omit<ExportInput, 'format'> & { format: Format },
  { catalog, vault }: FileDeps,
): Promise<ExportedFiles> {
  if (secrets === 'sealed' && passphrase === undefined) throw invalid('passphrase', 'a sealed export needs one')
  const damaged = new Set(secrets === 'none' ? [] : vault.damaged())
  const secretOf = ({ id }: KeyRow) => (secrets === 'none' || damaged.has(id) ? undefined : vault.get(id).secret)
  const keys = await exportedRows(rowsOf(catalog, pool, only), catalog, secretOf)
  const files = filesOf(format, keys)
  if (secrets !== 'sealed' || passphrase === undefined) return { format, files }
  return { format, files: await Promise.all(files.map((file) => sealed(file, passphrase))) }
}

/** Without those that only stand for a key and hold no secret. */
function rowsOf(catalog: Catalog, pool: string | undefined, only: readonly string[] | undefined): KeyRow[] {
  const rows = pool === undefined ? [...catalog.keys.values()] : catalog.liveKeysOf(catalog.pool(pool, 'pool').slug)
  const wanted = only && new Set(only)
  return rows.filter((row) => row.deletedAt === null && row.fingerprint !== null && (wanted === undefined || wanted.has(row.id)))
}

function filesOf(format: Format, keys: readonly KeyOut[]): File[] {
  const env = () => ({ name: '.env', type: 'text/plain', text: envText(keys) })
  switch (format) {
    case 'apipool-csv':
      // Spreadsheets take a file without this mark for one of their own country's code page.
      return [{ name: 'apikeys.csv', type: 'text/csv', text: `\uFEFF${apipoolCsv(keys)}` }]
    case 'apipool-json':
      return [{ name: 'apikeys.json', type: 'application/json', text: apipoolJson(keys) }]
    case 'env':
      return [env()]
    case 'keys-json':
      return [{ name: 'keys.json', type: 'application/json', text: geminiKeysJson(keys) }, env()]
  }
}

async function sealed({ name, text }: File, passphrase: string): Promise<File> {
  return { name: `${name}.age`, type: 'application/age', text: await age.seal(text, passphrase) }
}
