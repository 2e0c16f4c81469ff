/** The export document: written from the catalog, read from whatever a person brings. */
import { setImmediate } from 'node:timers/promises'
import { z } from 'zod'
import {
  documentVersion,
  type ExportDocument,
  type ExportedPool,
  type ExportInput,
  exportDocument,
  exportedKey,
  type ImportInput,
  invalid,
  KeywheelError,
  mostDocumentKeys,
  type SealedDocument,
  sealedDocument,
} from '../../../src-preload/contract/index.ts'
import type { PoolRow } from '../../storage/types.ts'
import { mapInSlices } from '../../vault/slices.ts'
import type { Vault } from '../../vault/types.ts'
import type { Catalog } from '../catalog.ts'
import * as age from './age.ts'
import { exportedClient, livingClients } from './clients.ts'
import { exportedPrompt } from './prompts.ts'
import { exportedRemote } from './remotes.ts'
import { exportedRoute } from './routes.ts'
import { exportedSettings } from './settings.ts'

const armourStart = '-----BEGIN AGE ENCRYPTED FILE-----'

export interface ExportDeps {
  catalog: Catalog
  vault: Vault
  appVersion: string
}

export async function writeDocument(input: ExportInput, deps: ExportDeps, now: number): Promise<ExportDocument | SealedDocument> {
  if (input.secrets !== 'sealed') return plainDocument(input, deps, now)
  if (input.passphrase === undefined) throw invalid('passphrase', 'a sealed export needs one')
  const text = JSON.stringify(plainDocument(input, deps, now))
  return { format: 'keywheel-export', version: documentVersion, sealed: 'age', age: await age.seal(text, input.passphrase) }
}

function plainDocument(
  { what, secrets, keys: only }: ExportInput,
  { catalog, vault, appVersion }: ExportDeps,
  now: number,
): ExportDocument {
  const pools = [...catalog.pools.values()].filter((row) => row.deletedAt === null)
  // A secret that cannot be read is left out, so that one damaged record does not keep the others from being saved.
  const damaged = new Set(secrets === 'none' ? [] : vault.damaged())
  // Without one are those that are no keys: the demo's, and what calls through another server are leased.
  const wanted = only && new Set(only)
  const keys = [...catalog.keys.values()].filter(
    (row) => row.deletedAt === null && row.fingerprint !== null && (wanted === undefined || wanted.has(row.id)),
  )
  return {
    format: 'keywheel-export',
    version: documentVersion,
    createdAt: new Date(now).toISOString(),
    appVersion,
    pools: what === 'keys' ? [] : pools.map((row) => exportedPool(row, catalog)),
    keys:
      what === 'pools'
        ? []
        : keys.map((row) => ({
            label: row.label,
            provider: row.provider,
            hint: row.hint,
            tags: row.tags,
            notes: row.notes,
            enabled: row.enabled,
            expiresAt: row.expiresAt,
            identifier: row.identifier,
            clientConfig: row.clientConfig,
            limits: row.limits,
            limitZone: row.limitZone,
            budget: row.budget,
            account: row.account,
            outbound: row.outbound,
            pools: catalog.livePoolsOf(row.id),
            fingerprint: row.fingerprint,
            ...(secrets !== 'none' && !damaged.has(row.id) ? { secret: vault.get(row.id).secret, audience: row.audience } : {}),
          })),
    routes: what === 'keys' ? [] : [...catalog.routes.values()].map(exportedRoute),
    prompts: what === 'keys' ? [] : [...catalog.prompts.values()].map((row) => exportedPrompt(row, catalog)),
    ...(what === 'all' ? ownOf(catalog, now) : { clients: [], remotes: [], settings: {} }),
  }
}

/** What goes with the workspace as a whole only. */
function ownOf(catalog: Catalog, now: number): Pick<ExportDocument, 'clients' | 'remotes' | 'settings'> {
  return {
    clients: livingClients(catalog, now).map((row) => exportedClient(row, catalog)),
    remotes: [...catalog.remotes.values()].map((row) => exportedRemote(row, catalog)),
    settings: exportedSettings(catalog),
  }
}

/** A successor in the trash may come back here, and is nothing elsewhere. */
export function exportedPool(
  { createdAt: _made, updatedAt: _changed, deletedAt: _gone, successor, ...pool }: PoolRow,
  catalog: Pick<Catalog, 'pools'>,
): ExportedPool {
  return { ...pool, successor: catalog.pools.get(successor ?? '')?.deletedAt === null ? successor : null }
}

/** DOCUMENT_INVALID (with the fields that are wrong), DOCUMENT_NEWER, WRONG_PASSPHRASE. */
export async function readDocument({
  document,
  passphrase,
}: Pick<ImportInput, 'document' | 'passphrase'>): Promise<ExportDocument> {
  // Reading a long body took its time; JSON is parsed at one go, and so is what it holds.
  await setImmediate()
  const given = typeof document === 'string' && !document.trimStart().startsWith(armourStart) ? parseJson(document) : document
  const sealed = typeof given === 'string' ? given.trim() : sealedDocument.safeParse(given).data?.age
  if (sealed === undefined) return validate(given)
  if (passphrase === undefined) throw invalid('passphrase', 'this export is sealed; give its passphrase')
  let text: string
  try {
    text = await age.open(sealed, passphrase)
  } catch {
    throw new KeywheelError('WRONG_PASSPHRASE', 'The passphrase does not open this export, or the file was changed.')
  }
  return validate(parseJson(text))
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new KeywheelError('DOCUMENT_INVALID', 'This is neither JSON nor an age file.')
  }
}

async function validate(value: unknown): Promise<ExportDocument> {
  const { format, version, keys } = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>
  if (format === 'keywheel-export' && typeof version === 'number' && version > documentVersion)
    throw new KeywheelError('DOCUMENT_NEWER')
  await setImmediate()
  const { data, error } = shell.safeParse(value)
  const given = Array.isArray(keys) && keys.length <= mostDocumentKeys ? keys : []
  const read = await mapInSlices(given, (key) => exportedKey.safeParse(key))
  const wrong = read.flatMap(
    (one, at) => one.error?.issues.map((issue) => ({ ...issue, path: ['keys', at, ...issue.path] })) ?? [],
  )
  const issues = [...(error?.issues ?? []), ...wrong].toSorted((a, b) => placeOf(a) - placeOf(b))
  if (data && issues.length === 0) return { ...data, keys: read.flatMap((one) => one.data ?? []) }
  throw new KeywheelError('DOCUMENT_INVALID', undefined, { fields: issues.slice(0, 20).map(fieldOf) })
}

/** The document but for its keys, of which there may be so many that they are looked at in slices. */
const shell = exportDocument.extend({ keys: z.array(z.unknown()).max(mostDocumentKeys).default([]) })

/** In the order in which a document has its parts; what is about the whole comes last. */
function placeOf({ path: [part] }: z.core.$ZodIssue): number {
  const place = Object.keys(exportDocument.shape).indexOf(String(part))
  return place < 0 ? Number.POSITIVE_INFINITY : place
}

const fieldOf = (issue: z.core.$ZodIssue) => ({ path: ['document', ...issue.path].join('.'), message: issue.message })
