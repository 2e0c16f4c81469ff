/** A key from a passphrase, by scrypt. */
import { randomBytes, type ScryptOptions, scrypt } from 'node:crypto'
import { z } from 'zod'
import { keyBytes } from './crypto.ts'

/** Caps for what is read from a file, so that a forged one cannot take all memory (128·N·r bytes, here ≤ 1 GiB) or all day. */
const caps = { N: 2 ** 20, r: 16, p: 4, bytes: 2 ** 30 }

export const kdfParams = z
  .object({
    kdf: z.literal('scrypt'),
    N: z
      .number()
      .int()
      .min(2 ** 14)
      .max(caps.N),
    r: z.number().int().min(1).max(caps.r),
    p: z.number().int().min(1).max(caps.p),
    salt: z.string().regex(/^[A-Za-z0-9_-]{22,86}$/),
  })
  .refine(({ N, r }) => 128 * N * r <= caps.bytes, 'too much memory')
export type KdfParams = z.infer<typeof kdfParams>

/** New parameters: OWASP's scrypt minimum (N = 2^17, r = 8, p = 1: 128 MiB, about 0.4 s) and a fresh 16-byte salt. */
export function newKdf(): KdfParams {
  return { kdf: 'scrypt', N: 2 ** 17, r: 8, p: 1, salt: randomBytes(16).toString('base64url') }
}

/** 32 bytes from a passphrase, off the main thread. The same text typed on another system (other Unicode form) gives the same key. */
export function stretch(passphrase: string, { N, r, p, salt }: KdfParams): Promise<Buffer> {
  // Node's own limit (32 MiB) refuses N = 2^17.
  const options: ScryptOptions = { N, r, p, maxmem: Math.max(2 ** 28, 160 * N * r) }
  return new Promise((resolve, reject) => {
    scrypt(passphrase.normalize('NFC'), Buffer.from(salt, 'base64url'), keyBytes, options, (error, key) =>
      error ? reject(error) : resolve(key),
    )
  })
}
