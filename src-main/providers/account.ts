/** The account that a call drew on, under a name that no other provider's has. */
import type { ProviderId } from '../../src-preload/contract/index.ts'

/** `openai:org-123`; null for an empty name, or one that is none: it is shown, and stored as the name of an account. */
export function accountName(provider: ProviderId, id: string | undefined): string | null {
  const trimmed = id?.trim() ?? ''
  return /^[\w.:/@-]{1,100}$/.test(trimmed) ? `${provider}:${trimmed}` : null
}
