/** The formats of language models, by address and as the shapes of errors. */
import type { ApiFormat, WireFormat } from '../../providers/types.ts'

/** Which format a call to a pool speaks, by what its path ends in; null = none of them. */
export function wireFormatOf(rest: string): WireFormat | null {
  const path = rest.split('?', 1)[0] ?? ''
  if (path.endsWith('/chat/completions')) return 'chat'
  if (path.endsWith('/responses')) return 'responses'
  if (path.endsWith('/messages')) return 'messages'
  return path.endsWith(':streamGenerateContent') ? 'gemini' : null
}

/** The API whose clients speak a format. */
export function apiOf(format: WireFormat): ApiFormat {
  switch (format) {
    case 'chat':
    case 'responses':
      return 'openai'
    case 'messages':
      return 'anthropic'
    case 'gemini':
      return 'gemini'
  }
}
