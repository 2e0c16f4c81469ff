/** Telling keys apart by their public prefixes, and showing them without giving them away. */
import type { ProviderId } from '../../src-preload/contract/index.ts'
import { providers } from './registry.ts'

/** Longest first, so that `sk-ant-` is seen before `sk-`. */
const prefixes = Object.values(providers)
  .flatMap(({ id, keyPrefixes }) => keyPrefixes.map((prefix) => ({ id, prefix })))
  .toSorted((a, b) => b.prefix.length - a.prefix.length)

/** With fewer characters than this, the last four would be too much of the key. */
const tailFrom = 20

/** Several providers' keys begin so: here a name says more. */
const sharedPrefix = 'sk-'

/**
 * The provider whose prefix the key has; null when none fits. Where the prefix says nothing certain, the name that stands
 * beside the key does (`MISTRAL_API_KEY`, `DEEPSEEK_API_KEY`); else a bare `sk-` is taken for OpenAI.
 */
export function guessProvider(secret: string, name = ''): ProviderId | null {
  const found = prefixOf(secret)
  if (found && found.prefix !== sharedPrefix) return found.id
  return providerNamed(name) ?? found?.id ?? null
}

function providerNamed(name: string): ProviderId | null {
  const vendor = /^([A-Z0-9]+)_(?:API_)?(?:KEY|TOKEN)/.exec(name)?.[1]?.toLowerCase()
  return Object.values(providers).find(({ id }) => id === vendor && id !== 'demo')?.id ?? null
}

/** Public prefix and, if it has at least 20 characters, the last four: `sk-…ab12`. */
export function keyHintOf(secret: string): string {
  const tail = secret.length >= tailFrom ? secret.slice(-4) : ''
  return `${prefixOf(secret)?.prefix ?? ''}…${tail}`
}

function prefixOf(secret: string) {
  return prefixes.find(({ prefix }) => secret.startsWith(prefix) && secret.length > prefix.length)
}
