/** Takes secrets out of a line of the log, wherever in it they are. The last net: what writes to the log leaves them out itself. */

const hidden = '[redacted]'

/** Fields whose value is a credential, at any depth; case does not count. */
const fields: ReadonlySet<string> = new Set([
  'authorization',
  'proxy-authorization',
  'x-api-key',
  'x-goog-api-key',
  'api-key',
  'api_key',
  'apikey',
  'cookie',
  'set-cookie',
  'password',
  'passphrase',
  'secret',
  'token',
  'access_token',
  'refresh_token',
  'client_secret',
])

/** Such a field in JSON that is itself a text of the line. */
const quoted = new RegExp(`("(?:${[...fields].join('|')})"\\s*[:,]\\s*)"(?:[^"\\\\]|\\\\.)*"`, 'gi')

/** Keys by their public beginnings, our own tokens, and credentials where they are written in words or addresses. */
const shapes: readonly (readonly [pattern: RegExp, kept: string])[] = [
  [/\b(?:sk|rk|pk)-[\w-]{8,}/g, hidden],
  [/\b(?:gsk_|xai-|nvapi-|pplx-|csk-|hf_|fw_|r8_|ghp_|github_pat_)[\w-]{8,}/g, hidden],
  [/\bAIza[\w-]{10,}/g, hidden],
  [/\bAQ\.[\w-]{10,}/g, hidden],
  [/\bkw_[\w-]{10,}/g, hidden],
  [/\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g, hidden],
  [/\b(Bearer|Basic)(\s+)[\w.~+/=-]+/gi, `$1$2${hidden}`],
  [/([?&](?:key|api[-_]?key|access_token|token|auth|secret|password)=)[^&\s"\\#]+/gi, `$1${hidden}`],
  [/(\b[a-z][a-z\d+.-]*:\/\/)[^\s/@"\\]+@/gi, `$1${hidden}@`],
]

/** `line` is JSON, as the log writes it; anything else is gone through as a text. */
export function redact(line: string): string {
  try {
    return JSON.stringify(inValue(JSON.parse(line))) + (line.endsWith('\n') ? '\n' : '')
  } catch {
    // Not JSON: it has no fields, but it may have words.
    return inText(line)
  }
}

function inValue(value: unknown): unknown {
  if (typeof value === 'string') return inText(value)
  if (Array.isArray(value)) return value.map((one, index) => (isField(value[index - 1]) ? hidden : inValue(one)))
  if (typeof value !== 'object' || value === null) return value
  // Made from entries: a field may be called __proto__.
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [inText(name), isField(name) ? hidden : inValue(one)]))
}

/** In a list, what follows such a name is its value: raw headers are written so. */
function isField(name: unknown): boolean {
  return typeof name === 'string' && fields.has(name.toLowerCase())
}

function inText(text: string): string {
  let shown = text.replace(quoted, `$1"${hidden}"`)
  for (const [pattern, kept] of shapes) shown = shown.replace(pattern, kept)
  return shown
}
