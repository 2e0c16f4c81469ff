/**
 * Gemini 3 proves each tool call with a signature and refuses the next request without it; the other formats have no place for
 * one. So a call's id carries it through the clients of those: `<id>__sig__<signature>`, where the signature's base64 is written
 * in the letters that every API allows in an id. It is taken off again when the conversation comes back.
 * Source: ai.google.dev/gemini-api/docs/thought-signatures.
 */
const mark = '__sig__'

/** The id to give to a client. A signature that is not plain base64 is left out. */
export function signedCallId(id: string, signature: string): string {
  if (signature.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(signature)) return id
  return `${id}${mark}${signature.replace(/=+$/, '').replaceAll('+', '-').replaceAll('/', '_')}`
}

/** The call's own id, and the signature if it carries one. */
export function readCallId(given: string): { id: string; signature?: string } {
  // The first mark: a signature may happen to hold the same letters, ids are made without them.
  const at = given.indexOf(mark)
  if (at === -1) return { id: given }
  const letters = given
    .slice(at + mark.length)
    .replaceAll('-', '+')
    .replaceAll('_', '/')
  return { id: given.slice(0, at), signature: letters.padEnd(Math.ceil(letters.length / 4) * 4, '=') }
}
