/** Client tokens: how one is made, and what is kept of it. */
import { hash, randomBytes } from 'node:crypto'

/** A new token of 256 random bits. Only `hash` and `hint` may be stored; `token` is shown once. */
export function newToken(): { token: string; hash: string; hint: string } {
  const token = `kw_${randomBytes(32).toString('base64url')}`
  return { token, hash: hashToken(token), hint: token.slice(-4) }
}

/** SHA-256 in hex. A token has 256 random bits, so there is nothing that a slow hash would protect. */
export function hashToken(token: string): string {
  return hash('sha256', token, 'hex')
}
