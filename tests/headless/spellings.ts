/** Every way in which a secret may be written down, and a search for all of them at once. */

const piece = 12

/** Texts, each at least 12 characters long, one of which is in whatever holds a good part of `secret` in one of these encodings. */
function spellings(secret: string): { how: string; needle: Buffer }[] {
  const bytes = Buffer.from(secret)
  const whole: [string, string][] = [
    ['raw', secret],
    ['reversed', Array.from(secret).toReversed().join('')],
    ['hex', bytes.toString('hex')],
    ['HEX', bytes.toString('hex').toUpperCase()],
    ['URL-encoded', encodeURIComponent(secret)],
    ['percent-encoded', bytes.toString('hex').replaceAll(/../g, '%$&')],
  ]
  for (const shift of [0, 1, 2]) {
    // What stands before it changes the letters; the first and last ones depend on the neighbours and are left out.
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replaceAll('=', '')
      .slice(4, -4)
    whole.push([`base64 at ${shift}`, encoded], [`base64url at ${shift}`, encoded.replaceAll('+', '-').replaceAll('/', '_')])
  }
  return [
    ...whole.map(([how, text]) => ({ how, needle: Buffer.from(text) })),
    { how: 'UTF-16LE', needle: Buffer.from(secret, 'utf16le') },
    ...Array.from({ length: Math.max(0, secret.length - piece + 1) }, (_, at) => ({
      how: `${piece} characters of it`,
      needle: Buffer.from(secret.slice(at, at + piece)),
    })),
  ]
}

/** How `secret` is written in `place`; empty when it is not there. */
export function findSecret(secret: string, place: Uint8Array | string): string[] {
  const bytes = typeof place === 'string' ? Buffer.from(place) : Buffer.from(place)
  return [...new Set(spellings(secret).flatMap(({ how, needle }) => (bytes.includes(needle) ? [how] : [])))]
}
