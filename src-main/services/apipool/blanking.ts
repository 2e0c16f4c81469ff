/** Answers that an apipool call gives back whole: no key in them, however it is written there. */
import type { Vault } from '../../vault/types.ts'
import type { Catalog } from '../catalog.ts'

interface Served {
  catalog: Pick<Catalog, 'keys' | 'liveKeysOf'>
  vault: Pick<Vault, 'get' | 'damaged'>
  /** Slug of the pool that was asked. */
  pool: string
  /** Label of the key that served, as the proxy's header has it; undefined = it does not say. */
  label: string | undefined
}

/** The secrets that the upstream may have been shown: those of the keys with that label, which need not be unique. */
export function secretsOf({ catalog, vault, pool, label }: Served): string[] {
  const labelled = [...catalog.keys.values()].filter((row) => inHeader(row.label) === label)
  const rows = labelled.length > 0 ? labelled : catalog.liveKeysOf(pool)
  const damaged = new Set(vault.damaged())
  return rows.filter(({ id, fingerprint }) => fingerprint !== null && !damaged.has(id)).map(({ id }) => vault.get(id).secret)
}

/** A header takes no more than this; the proxy writes labels so. */
const inHeader = (label: string) => label.replace(/[^\u0020-\u007e]/g, '?').trim()

/**
 * With stars in place of the secrets. The proxy has looked through the bytes as they came; but here they are decoded, and any
 * letter in JSON may be escaped.
 */
export function blanked(body: Uint8Array, secrets: readonly string[]): Uint8Array {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  const plain = secrets.some((secret) => bytes.includes(secret))
    ? Buffer.from(starred(bytes.toString('latin1'), secrets), 'latin1')
    : bytes
  if (!plain.includes('\\')) return plain
  const written = [...secrets, ...secrets.map((secret) => JSON.stringify(secret).slice(1, -1))]
  const text = rewritten(plain)
  return written.some((secret) => text.includes(secret)) ? Buffer.from(starred(text, written)) : plain
}

const starred = (text: string, secrets: readonly string[]) =>
  secrets.reduce((rest, secret) => rest.replaceAll(secret, '*'.repeat(secret.length)), text)

/** Without needless escapes; what is no JSON as a whole may be lines or events of it. */
function rewritten(bytes: Buffer): string {
  const text = bytes.toString()
  try {
    return JSON.stringify(JSON.parse(text))
  } catch {
    const letter = (hex: string) => String.fromCharCode(Number.parseInt(hex, 16))
    return text.replaceAll(/\\u([0-9a-f]{4})|\\(.)/gi, (_, hex?: string, one?: string) =>
      hex === undefined ? (one ?? '') : letter(hex),
    )
  }
}
