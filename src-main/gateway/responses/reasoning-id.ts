/** OpenAI's sealed thoughts as a signature for clients of other formats: the item's id and its sealed content. */

const form = /^(rs_[^.]+)\.(.+)$/s

export function signatureOf(id: string, sealed: string): string {
  return `${id}.${sealed}`
}

/** Null = the signature is another provider's. */
export function sealedOf(signature: string | null): { id: string; sealed: string } | null {
  const match = form.exec(signature ?? '')
  return match === null ? null : { id: match[1] as string, sealed: match[2] as string }
}
