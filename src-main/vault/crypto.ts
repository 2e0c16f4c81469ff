/** AES-256-GCM, HKDF-SHA256 and HMAC-SHA256: the primitives that Node and Electron (BoringSSL) both have. */
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto'

export const keyBytes = 32
const nonceBytes = 12
const tagBytes = 16

/** Encrypts under a random nonce: nonce (12), ciphertext, tag (16). `label` is authenticated, not stored. */
export function seal(key: Buffer, label: string, plain: Buffer): Buffer {
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes })
  cipher.setAAD(Buffer.from(label))
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}

/** The plain bytes, or null when key, label or any byte differs from what was sealed. */
export function unseal(key: Buffer, label: string, sealed: Buffer): Buffer | null {
  if (sealed.length < nonceBytes + tagBytes) return null
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, nonceBytes), { authTagLength: tagBytes })
  decipher.setAAD(Buffer.from(label))
  decipher.setAuthTag(sealed.subarray(-tagBytes))
  const plain = decipher.update(sealed.subarray(nonceBytes, -tagBytes))
  try {
    return Buffer.concat([plain, decipher.final()])
  } catch {
    // The tag does not match: the one thing that `final` reports.
    return null
  } finally {
    plain.fill(0)
  }
}

/** 32 bytes derived from `key` for one use, named by `info`. */
export function derive(key: Buffer, salt: string, info: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, Buffer.from(salt), Buffer.from(info), keyBytes))
}

/** HMAC-SHA-256, base64url. */
export function mac(key: Buffer, text: string): string {
  return createHmac('sha256', key).update(text).digest('base64url')
}

/** The bytes of a 32-byte value written in base64url, or null when it is not exactly that. */
export function readKeyText(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64url')
  return bytes.length === keyBytes && bytes.toString('base64url') === text ? bytes : null
}
