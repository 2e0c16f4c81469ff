/** The two tokens of a login: HS256 JWTs with the claims that apipool-server gives them, and the user's epoch. */
import { hash, randomBytes } from 'node:crypto'
import { errors, jwtVerify, SignJWT } from 'jose'
import { z } from 'zod'
import type { Clock } from '../../pool/types.ts'

export interface TokenUser {
  id: string
  username: string
  role: string
  epoch: number
}

/** A refresh token as it is stored: the digest of its jti. */
export interface RefreshToken {
  id: string
  /** Wall ms. */
  expiresAt: number
}

export interface TokenPair {
  access: string
  refresh: string
  stored: RefreshToken
}

export interface Tokens {
  pair(user: TokenUser): Promise<TokenPair>
  /** Null for a token that is foreign, changed, over, of another type or signed in another way. */
  read(token: string, type: TokenType): Promise<{ userId: string; refreshId: string; epoch: number } | null>
}

type TokenType = 'access' | 'refresh'

/** Seconds. */
export const accessLife = 3600
const refreshLife = 30 * 86_400
/** Longer ones are not looked at. */
const longest = 4096

const claims = z.object({ sub: z.string(), jti: z.string(), type: z.string(), epoch: z.int() })

interface TokenDeps {
  clock: Pick<Clock, 'now'>
  /** The secret of this installation, 32 bytes. VAULT_LOCKED. */
  secret(): Promise<Uint8Array>
}

export function createTokens({ clock, secret }: TokenDeps): Tokens {
  const sign = async (user: TokenUser, jti: string, type: TokenType, life: number) => {
    const { id, username, role, epoch } = user
    return new SignJWT({ username, role, type, epoch })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setSubject(id)
      .setJti(jti)
      .setExpirationTime(Math.floor(clock.now() / 1000) + life)
      .sign(await secret())
  }
  return {
    async pair(user) {
      const jti = randomBytes(32).toString('base64url')
      const [access, refresh] = await Promise.all([
        sign(user, jti, 'access', accessLife),
        sign(user, jti, 'refresh', refreshLife),
      ])
      return { access, refresh, stored: { id: digestOf(jti), expiresAt: clock.now() + refreshLife * 1000 } }
    },
    async read(token, type) {
      if (token.length > longest) return null
      const key = await secret()
      try {
        const options = { algorithms: ['HS256'], currentDate: new Date(clock.now()), requiredClaims: ['exp'] }
        const said = claims.safeParse((await jwtVerify(token, key, options)).payload)
        if (!said.success || said.data.type !== type) return null
        const { sub, jti, epoch } = said.data
        return { userId: sub, refreshId: digestOf(jti), epoch }
      } catch (error) {
        if (error instanceof errors.JOSEError) return null
        throw error
      }
    },
  }
}

function digestOf(jti: string): string {
  return hash('sha256', jti, 'hex')
}
