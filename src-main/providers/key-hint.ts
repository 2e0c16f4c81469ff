/** Telling keys apart by their public prefixes, and showing them without giving them away. */
import type { ProviderId } from '../../src-preload/contract/index.ts'
import { providers } from './registry.ts'

/** Longest first, so that `sk-ant-` is seen before `sk-`. */
const prefixes = Object.values(providers)
  .flatMap(({ id, keyPrefixes }) => keyPrefixes.map((prefix) => ({ id, prefix })))
  .toSorted((a, b) => b.prefix.length - a.prefix.length)

/** With fewer characters than this, the last four would be too much of the key. */
const tailFrom = 20

/** The provider whose prefix the key has; null when none fits. A bare `sk-` is taken for OpenAI, though others use it too. */
export function guessProvider(secret: string): ProviderId | null {
  return prefixOf(secret)?.id ?? null
}

/** Public prefix and, if it has at least 20 characters, the last four: `sk-…ab12`. */
export function keyHintOf(secret: string): string {
  const tail = secret.length >= tailFrom ? secret.slice(-4) : ''
  return `${prefixOf(secret)?.prefix ?? ''}…${tail}`
}

function prefixOf(secret: string) {
  return prefixes.find(({ prefix }) => secret.startsWith(prefix) && secret.length > prefix.length)
}
