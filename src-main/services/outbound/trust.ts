/** Whose certificates are believed: Node's own authorities, the system's, those of NODE_EXTRA_CA_CERTS, and a file of the person's. */
import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls'
import { invalid } from '../../../src-preload/contract/index.ts'
import { OutboundError } from '../../proxy/forward/outbound-failure.ts'
import type { Catalog } from '../catalog.ts'

/**
 * The authorities as they are to be believed now; the same object until settings.caFile changes. Throws OUTBOUND_CA when that file
 * cannot be used: without it some upstreams could not be reached, and nobody would know why.
 */
export function createTrust(catalog: Pick<Catalog, 'settings' | 'observe'>): () => SecureContext {
  let context: SecureContext | undefined
  catalog.observe(({ putSettings }) => {
    if (putSettings?.['caFile'] !== undefined) context = undefined
  })
  // Made at the first use: reading the system's store takes a while.
  return () => (context ??= createSecureContext({ ca: authorities(catalog.settings().caFile) }))
}

/** For settings: INVALID_INPUT naming caFile when it cannot be read, or is no list of certificates in PEM. */
export function checkCaFile(path: string): void {
  try {
    readPem(path)
  } catch (error) {
    throw invalid('caFile', why(error))
  }
}

function authorities(caFile: string | null): string[] {
  return [...new Set([...getCACertificates('default'), ...getCACertificates('system'), ...own(caFile)])]
}

function own(caFile: string | null): string[] {
  if (caFile === null) return []
  try {
    return readPem(caFile)
  } catch (error) {
    throw new OutboundError('OUTBOUND_CA', `The file of certificate authorities in Settings cannot be used: ${why(error)}`)
  }
}

class NoCertificates extends Error {}

function readPem(path: string): string[] {
  const found = readFileSync(path, 'latin1').match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
  if (found.length === 0) throw new NoCertificates()
  for (const one of found) {
    try {
      void new X509Certificate(one)
    } catch {
      throw new NoCertificates()
    }
  }
  return found
}

function why(error: unknown): string {
  if (error instanceof NoCertificates) return 'it holds no certificates in PEM (-----BEGIN CERTIFICATE-----).'
  const { code = 'no reason given' } = error as NodeJS.ErrnoException
  return `it cannot be read (${code}). Choose it again, or remove it.`
}
