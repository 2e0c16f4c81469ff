/**
 * Thoughts of other providers in the Responses API's `encrypted_content`, which clients give back as they got it. A prefix tells
 * them from OpenAI's own, which no other provider could read.
 */
import type { Part } from '../types.ts'

const [signed, redacted] = ['keywheel-signed:', 'keywheel-redacted:']

export function sealSignature(signature: string): string {
  return signed + signature
}

export function sealRedacted(data: string): string {
  return redacted + data
}

/** The thought that an item holds; null when its content is sealed by OpenAI and has no text beside it. */
export function unseal(text: string, sealed: string | null): Extract<Part, { kind: 'thinking' | 'redacted-thinking' }> | null {
  if (sealed?.startsWith(redacted)) return { kind: 'redacted-thinking', data: sealed.slice(redacted.length) }
  const signature = sealed?.startsWith(signed) ? sealed.slice(signed.length) : null
  return text === '' && signature === null ? null : { kind: 'thinking', text, signature }
}

/** Sealed by OpenAI itself. */
export function isForeign(sealed: string | null): boolean {
  return sealed !== null && !sealed.startsWith(signed) && !sealed.startsWith(redacted)
}
