/** Who may call: codes that are exchanged once for a page's bearer, and the admin token of scripts. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { KeywheelError } from '../../src-preload/contract/index.ts'
import { limitAttempts } from './attempts.ts'

const codeLife = 10 * 60_000
const sessionLife = 7 * 24 * 3_600_000
/** Oldest first out; a person has a handful of tabs. */
const maxCodes = 8
const maxSessions = 64

export interface Sessions {
  /** A new sign-in code: 128 bit, good once and for 10 minutes. */
  newCode(): string
  /** Exchanges a code for a page's bearer (256 bit, ends after 7 days without a call). Throws CODE_INVALID or RATE_LIMITED. */
  redeem(code: string): string
  /** Throws UNAUTHORIZED unless `authorization` carries a page's bearer, or (with `admin`) the admin token. */
  authorize(authorization: string | undefined, admin: 'admin-too' | 'page-only'): void
}

/** `now` in milliseconds, never going backwards. Nothing but hashes is kept. */
export function createSessions(adminToken: string, now: () => number): Sessions {
  const codes = new Map<string, number>()
  const bearers = new Map<string, number>()
  const admin = createHash('sha256').update(adminToken).digest()
  const wrongCodes = limitAttempts(10, now)
  const wrongTokens = limitAttempts(30, now)

  function isPage(token: string): boolean {
    const hash = digest(token)
    const seen = bearers.get(hash)
    bearers.delete(hash)
    if (seen === undefined || now() - seen >= sessionLife) return false
    remember(bearers, hash, now(), maxSessions)
    return true
  }
  const isAdmin = (token: string) => timingSafeEqual(createHash('sha256').update(token).digest(), admin)

  return {
    newCode() {
      const code = randomBytes(16).toString('base64url')
      remember(codes, digest(code), now(), maxCodes)
      return code
    },
    redeem(code) {
      const hash = digest(code)
      const made = codes.get(hash)
      codes.delete(hash)
      if (made === undefined || now() - made >= codeLife) {
        wrongCodes.wrong()
        throw new KeywheelError('CODE_INVALID')
      }
      const bearer = randomBytes(32).toString('base64url')
      remember(bearers, digest(bearer), now(), maxSessions)
      return bearer
    },
    authorize(authorization, who) {
      const token = /^Bearer ([\x21-\x7e]{1,512})$/i.exec(authorization ?? '')?.[1]
      if (token !== undefined && (isPage(token) || (who === 'admin-too' && isAdmin(token)))) return
      // An old page that has lost its session asks again and again; it shall not lock scripts out, nor hear 429.
      if (token !== undefined && who === 'admin-too') wrongTokens.wrong()
      throw new KeywheelError('UNAUTHORIZED')
    },
  }
}

function digest(value: string): string {
  return createHash('sha256').update(value).digest('base64')
}

/** Maps keep insertion order: the first is the one used longest ago. */
function remember(map: Map<string, number>, key: string, at: number, limit: number): void {
  map.set(key, at)
  const oldest = map.keys().next().value
  if (map.size > limit && oldest !== undefined) map.delete(oldest)
}
